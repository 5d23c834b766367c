"""Site apps decide a project's `inject_web_apps`: drift in projects that functions and configs cause (6.7; 2.11)."""

from __future__ import annotations

from pulumi_posthog.sandbox.families.hog_functions.models import living
from pulumi_posthog.sandbox.families.plugins import PluginConfig, families
from pulumi_posthog.sandbox.rules.models import Project


def recompute_inject_web_apps(project: Project) -> None:
    """True while something is enabled that runs on the project's pages."""
    enabled = PluginConfig.objects.select_related("plugin").filter(project=project, enabled=True)
    wanted = (
        any("frontend_app" in families(row.plugin.capabilities) for row in enabled)
        or living(project).filter(enabled=True, type__in=("site_app", "site_destination")).exists()
    )
    if bool(project.setting("inject_web_apps")) != wanted:
        project.settings = {**project.settings, "inject_web_apps": wanted}
        project.save(update_fields=["settings", "updated_at"])
