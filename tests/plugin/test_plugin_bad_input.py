"""What is wrong with a program, its settings or its installation is one error that says what to do, in any language."""

import pytest

from harness.plugin import Answer, Plugin
from pulumi_posthog.values.version import __version__

HOST = "http://127.0.0.1:9"  # where nobody answers: nothing here may ask
ORGANIZATION = "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c"


@pytest.fixture
def plugin(monkeypatch, tmp_path):
    """The plugin in a project, with an address and a key from the environment."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: tried\nruntime: yaml\n")
    monkeypatch.setenv("POSTHOG_HOST", HOST)
    monkeypatch.setenv("POSTHOG_ORGANIZATION_ID", ORGANIZATION)
    monkeypatch.setenv("POSTHOG_PERSONAL_API_KEY", "phx_key")
    plugin = Plugin()
    assert plugin.configure() == Answer({})
    return plugin


def test_without_a_key_nothing_begins(plugin, monkeypatch):
    monkeypatch.delenv("POSTHOG_PERSONAL_API_KEY")

    assert Plugin().configure().error == (
        "there is no PostHog API key\n"
        "  hint: set POSTHOG_PERSONAL_API_KEY to a personal API key (PostHog: Settings, Personal API keys)"
    )


def test_a_limit_that_makes_no_sense_stops_the_run(plugin):
    assert "maxRemovals" in Plugin().configure(maxRemovals="many").error


def test_a_setting_that_the_provider_has_not_is_told_with_the_one_that_is_meant(plugin):
    assert plugin.check_configuration(organisation=ORGANIZATION).objections == (
        'the provider has no property "organisation"\n  hint: did you mean "organization"?',
    )


def test_without_an_organization_a_resource_says_how_to_name_it(plugin, monkeypatch):
    monkeypatch.delenv("POSTHOG_ORGANIZATION_ID")
    lost = Plugin()
    lost.configure()

    (objection,) = lost.check("Role", name="Analysts").objections

    assert objection.startswith("which PostHog organization?\n  hint: `pulumi config set posthog:host ")


def test_a_program_of_another_version_is_told_how_to_install_both(plugin):
    assert plugin.check("Guard", __version="0.0.1", __managed="{}").error == (
        f"the program has pulumi-posthog 0.0.1, and the provider plugin is of {__version__}\n"
        "  hint: install both in one virtual environment, and name its folder under `plugins:` in Pulumi.yaml"
    )


@pytest.mark.parametrize(
    ("type_", "meant"),
    [("posthog:index:Rolle", "Role"), ("posthog:index:Projects", "Project"), ("posthog:core:Role", "Role")],
)
def test_an_unknown_type_is_told_with_the_one_that_is_meant(plugin, type_, meant):
    assert plugin.check(type_, name="x").error == (
        f'there is no resource type "{type_}"\n  hint: did you mean "{meant}"?'
    )


@pytest.mark.parametrize(
    ("type_", "properties", "objection"),
    [
        (
            "Project",
            {"name": "Web", "timezoone": "UTC"},
            'a project has no property "timezoone"\n  hint: did you mean "timezone"?',
        ),
        (
            "Project",
            {"name": "Web", "timezone": "Europe/Pariss"},
            'timezone must be a time zone, not "Europe/Pariss"\n  hint: did you mean "Europe/Paris"?',
        ),
        ("Project", {"name": "Web", "week_start_day": 9}, "week_start_day must be one of 0, 1, null, not 9"),
        ("Project", {"name": "Web", "api_token": "phc_x"}, "api_token is set by PostHog: take it out"),
        ("Project", {"name": "Web", "state": "gone"}, 'state must be "absent", or be left out'),
        (
            "Role",
            {},
            'a role needs "name"\n  hint: A name that is unique within the organization, whatever its case.',
        ),
        ("HogFunction", {"project": "1", "name": "x", "inputs": "{"}, "inputs is not JSON: "),
        (
            "Check",
            {"project": "1", "expekt": "> 0"},
            'a check has no property "expekt"\n  hint: did you mean ',
        ),
        ("Guard", {}, "a guard is made by `deploy()` and by `with guarded():`, and by no other program"),
        ("AbsentPersons", {}, "absent persons are declared in a posthog.yaml"),
    ],
)
def test_what_is_wrong_with_a_property_is_told_beside_it(plugin, type_, properties, objection):
    answer = plugin.check(type_, **properties)

    assert answer.objections[0].startswith(objection)
    assert answer.error == ""


def test_what_lies_in_another_object_is_imported_by_both_ids(plugin):
    (first, hint) = plugin.read("FileSystemEntry", "7").error.splitlines()

    assert first.endswith("whose id is needed too")
    assert hint == "  hint: pulumi import posthog:index:FileSystemEntry NAME <project id>/7"


@pytest.mark.parametrize("type_", ["Guard", "Check", "AbsentPersons"])
def test_what_is_nothing_in_posthog_is_not_imported(plugin, type_):
    assert plugin.read(type_, "7").error == f"a {type_} is not an object in PostHog: it can't be imported"


def test_a_file_that_is_not_there_is_told_with_how_to_make_one(plugin):
    assert plugin.construct(file="nope.yaml").error == (
        "there is no file nope.yaml\n"
        "  hint: `pulumi-posthog export` writes one from what lives in PostHog, `pulumi-posthog init` an example"
    )


def test_what_is_wrong_with_the_file_is_told_with_its_places(plugin, tmp_path):
    text = f"organization: {{host: {HOST}, id: {ORGANIZATION}}}\nroles:\n  Ops: {{nmae: x}}\n"
    (tmp_path / "posthog.yaml").write_text(text)

    assert plugin.construct().error.startswith("posthog.yaml:3:")


def test_a_second_component_is_refused_and_so_are_others_and_their_properties(plugin):
    assert plugin.construct("Organisation").error == (
        'there is no component "posthog:index:Organisation"\n  hint: there is posthog:index:Organization'
    )
    assert plugin.construct(fil="posthog.yaml").error == (
        'an organization has no property "fil"\n  hint: did you mean "file"?'
    )
    assert plugin.construct(name="other").error == (
        'a stack has one Organization, and "acme" is it: "other" is not registered\n'
        "  hint: put both into one file, with `!include`, or into two stacks"
    )
