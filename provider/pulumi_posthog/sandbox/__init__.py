"""A local PostHog: a real Django REST framework application that keeps PostHog's published rules.

It is written from PostHog's public API reference, independently of the provider: nothing here imports the
rest of the package and nothing there imports this, so a mistake in one is caught by the other.
"""

from __future__ import annotations

from pulumi_posthog.sandbox.options import Options, SandboxError

__all__ = ["Options", "SandboxError", "serve"]


def serve(options: Options) -> None:
    """Run in the foreground until SIGTERM or SIGINT; `SandboxError` says what the user can put right."""
    # Django is imported only here: `pulumi-posthog --help` must not wait for it, nor need the extra.
    try:
        from pulumi_posthog.sandbox import server
    except ModuleNotFoundError as missing:
        raise SandboxError(
            f"the sandbox needs {missing.name}: pip install 'pulumi-posthog[sandbox]'"
        ) from missing

    server.serve(options)
