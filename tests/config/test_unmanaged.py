"""`state: unmanaged` in a file: which entries are given up, and what of them has to be right."""

import pytest

TWO = """\
roles:
  Support:
    state: unmanaged
    members: [bo@acme.io]
  Ops: {}
projects:
  Web:
    site_apps:
      Banner: {state: unmanaged}
  Shop:
    state: unmanaged
    previously: Store
    timezone: Europe/Paris
    file_system:
      Boards: {type: folder}
"""


def test_an_entry_is_given_up_with_all_that_is_below_it(load):
    found = load(TWO)

    assert [entry.name for entry in found.entries] == ["Ops", "Web"]
    assert [(entry.kind.name, entry.name, entry.previously) for entry in found.unmanaged] == [
        ("role", "Support", ()),
        ("project", "Shop", ("Store",)),
        ("site_app", "Web/Banner", ()),
    ]


def test_a_file_may_give_everything_up(load):
    assert load("roles: {Support: {state: unmanaged}}").entries == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "roles: {Support: {state: gone}}",
            'state of role "Support" must be "unmanaged", not "gone"',
        ),
        (
            "roles: {Support: {state: unmanaged, colour: red}}",
            'role "Support" has no field "colour"',
        ),
        (
            "roles: {Support: {state: unmanaged}, support: {}}",
            'role "Support" is the same to PostHog as role "support", at posthog.yaml:4:38',
        ),
        (
            "projects: {Web: {site_apps: {Banner: {state: absent}}}}",
            'site app "Banner" lacks "plugin"',
        ),
    ],
)
def test_what_is_wrong_is_told_all_the_same(load, text, problem):
    assert problem in "\n".join(load.problems(text))
