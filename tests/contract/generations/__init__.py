"""Pipelines against the sandbox in each generation in which PostHog's rules differ (posthog-api-cdp.md 0.1)."""

import pytest

# For what does not differ between the generations: with the oldest and the newest of them.
ends = pytest.mark.parametrize("server", ["2025", "later 2026"], indirect=True)

PROJECT = "organization: {host: HOST, id: ORGANIZATION}\nprojects:\n  Web:\n"
FUNCTIONS = f"{PROJECT}    hog_functions:\n"
EXPORTS = f"{PROJECT}    batch_exports:\n"
ENVIRONMENT = {"TOKEN": "t0ken-t0ken", "SITE": "s1te-s1te-s1te", "USER_NAME": "exporter-user"}
NOTHING = "      {}"
GEOIP = "      GeoIP: {type: transformation, template: template-geoip, enabled: true}\n"


def many(number: int, *, off: int = 0) -> str:
    """That many transformations; the first `off` of them are not enabled."""
    return "".join(
        f'      T{place}: {{type: transformation, enabled: {str(place >= off).lower()}, hog: "return event"}}\n'
        for place in range(number)
    )
