"""PostHog shows no such organization -> what to say."""

from __future__ import annotations

from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.problem import ConfigError, Problem


def no_such_organization(live: Live) -> ConfigError:
    """What to say when PostHog answers 404 for the organization itself: the file or the key is a wrong one."""
    problem = f"{live.reader.connection.host} shows this key no organization {live.organization_id}"
    hint = "check organization.host and organization.id, and whose key it is"
    return ConfigError([Problem(problem, hint=hint)])
