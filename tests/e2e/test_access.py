"""Who may do what, with the real Pulumi, through both doors."""

from __future__ import annotations

import pytest

from harness.stack import Stack

pytestmark = pytest.mark.e2e

HEADER = """organization:
  host: !env POSTHOG_HOST
  id: !env POSTHOG_ORGANIZATION_ID
"""


def test_settings_are_taken_over_changed_healed_and_forgotten(stack: Stack):
    path = f"/api/organizations/{stack.posthog.organization}/"
    stack.write(
        "  settings: {enforce_2fa: true, default_role: Everybody}\nroles: {Everybody: {}}\n", header=HEADER
    )

    refused = stack.preview()

    assert refused.status != 0
    assert "pulumi config set posthog:allowRisks organization.settings.enforce_2fa" in refused.text
    stack.set("allowRisks", "organization.settings.enforce_2fa")
    made = stack.up()
    assert made.status == 0, made.text
    live = stack.posthog.get(path)
    role = stack.posthog.role("Everybody")["id"]
    assert (live["enforce_2fa"], live["default_role_id"]) == (True, role)

    stack.posthog.call("PATCH", path, {"default_role_id": None})
    healed = stack.up()
    assert healed.status == 0, healed.text
    assert stack.posthog.get(path)["default_role_id"] == role

    stack.write("roles: {Everybody: {}}\n", header=HEADER)
    stack.posthog.count_anew()
    left = stack.up()
    assert left.status == 0, left.text
    assert "stay in PostHog as they are" in left.text
    assert stack.posthog.writes() == {}
