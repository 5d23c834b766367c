"""Django's name for the sandbox."""

from __future__ import annotations

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """Shown as the heading of the admin page."""

    name = "pulumi_posthog.sandbox"
    label = "sandbox"
    verbose_name = "PostHog"
