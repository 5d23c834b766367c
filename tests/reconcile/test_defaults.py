"""Which live values nobody has to say: PostHog's defaults, and what it puts into a new project."""

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.defaults import needs_saying

PROJECT = KINDS["project"]
INTERNAL = {"key": "id", "type": "cohort", "value": 7, "operator": "not_in"}


@pytest.mark.parametrize(
    ("field", "fresh", "set_by_somebody"),
    [
        ("timezone", "UTC", "Europe/Berlin"),
        ("session_recording_opt_in", False, True),
        ("app_urls", [], ["https://acme.io"]),
        ("test_account_filters", [INTERNAL], [INTERNAL, {"key": "email", "type": "person"}]),
        (
            "revenue_analytics_config",
            {"base_currency": "USD", "events": [], "goals": [], "filter_test_accounts": False},
            {"base_currency": "EUR", "events": [], "goals": [], "filter_test_accounts": False},
        ),
        (
            "marketing_analytics_config",
            {"sources_map": {}, "conversion_goals": [], "attribution_window_days": 90},
            {"sources_map": {}, "conversion_goals": [], "attribution_window_days": 30},
        ),
        ("extra_settings", {"recorder_script": "posthog-recorder"}, {"recorder_script": "x", "mine": 1}),
        ("primary_dashboard", 6, None),
        ("default_data_theme", 1, None),
    ],
)
def test_what_a_new_project_has_needs_no_saying_and_what_somebody_set_does(field, fresh, set_by_somebody):
    told = PROJECT.field(field)

    assert not needs_saying(told, fresh)
    assert needs_saying(told, set_by_somebody) is (set_by_somebody is not None)
