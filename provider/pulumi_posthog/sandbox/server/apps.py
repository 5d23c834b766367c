"""Django's name for the sandbox."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

from django.apps import AppConfig, apps


class SandboxConfig(AppConfig):
    """Shown as the heading of the admin page."""

    name = "pulumi_posthog.sandbox"
    label = "sandbox"
    verbose_name = "PostHog"

    def import_models(self) -> None:
        """What all families share first, then each family with what it stores."""
        self.models = apps.all_models[self.label]
        self.models_module = import_module("pulumi_posthog.sandbox.rules.models")
        families = import_module("pulumi_posthog.sandbox.families")
        for module in walk_packages(families.__path__, f"{families.__name__}."):
            import_module(module.name)

    def ready(self) -> None:
        """The pages come after those of Django, which they take the place of."""
        import_module("pulumi_posthog.sandbox.control.admin")
        import_module("pulumi_posthog.sandbox.control.data_admin")
