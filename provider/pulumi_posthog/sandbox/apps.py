"""Django's name for the sandbox."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """Shown as the heading of the admin page."""

    name = "pulumi_posthog.sandbox"
    label = "sandbox"
    verbose_name = "PostHog"

    def import_models(self) -> None:
        """A second module of models, so that neither is too long to read."""
        super().import_models()
        import_module("pulumi_posthog.sandbox.analytics.models")
