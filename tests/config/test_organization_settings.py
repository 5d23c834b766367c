"""`organization.settings` in a file: one entry without a key of its own."""

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.reconcile.path import path_of

SETTINGS = KINDS["organization_settings"]
ADDRESS = "organization:\n  host: https://eu.posthog.com\n  id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c\n"


def test_the_settings_are_one_entry(load):
    desired = load(f"{ADDRESS}  settings: {{enforce_2fa: true, default_role: Analysts}}\n", header="")

    (entry,) = desired.entries
    assert entry == Entry(
        kind=SETTINGS,
        name="settings",
        fields={"enforce_2fa": True, "default_role": "!ref role/Analysts"},
        positions=entry.positions,
    )
    assert path_of(entry, desired) == "organization.settings"


def test_a_mistake_is_told_at_its_place_and_by_the_name_of_the_field(load):
    settings = "  settings:\n    members_can_invite: 3\n    members_can_invit: true\n"

    problems = load.problems(f"{ADDRESS}{settings}", header="")

    assert [str(problem).partition("\n")[0] for problem in problems] == [
        "posthog.yaml:5:25: members_can_invite of organization settings must be true or false or null, not 3",
        'posthog.yaml:6:5: organization settings has no field "members_can_invit"',
    ]


def test_what_is_left_to_people_is_refused_with_the_reason(load):
    (problem,) = load.problems(f"{ADDRESS}  settings: {{is_ai_training_opted_in: true}}\n", header="")

    assert str(problem) == (
        "posthog.yaml:4:14: is_ai_training_opted_in of organization settings is not managed here: it is a legal"
        " consent, which a person has to give in PostHog\n  hint: take it out"
    )
