"""`pulumi-posthog export`: what lives in PostHog as a configuration that changes nothing."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cli.lab import ORGANIZATION, PASSWORD, Lab, declared
from pulumi_posthog.config.source import Source
from pulumi_posthog.export.text import text_of

NASTY = [
    "yes",
    "null",
    "1e5",
    "2026",
    "0o17",
    "~",
    "!env HOME",
    "# no comment",
    "a: b",
    "- item",
    "{x}",
    'it\'s "quoted"',
    "ünïcödé 🦔",
    "with/slash",
    "*star",
    "&anchor",
]


def exported(lab: Lab, *arguments: str) -> str:
    run = lab.run("export", "--host", lab.posthog.url, *arguments)
    assert run.status == 0, run.err
    return run.out


def test_an_export_loads_again_and_differs_in_nothing_on_servers_of_every_age(lab_of_any_age: Lab):
    lab = lab_of_any_age
    exported(lab, "--output", "exported.yaml")

    assert lab.run("validate", "exported.yaml").status == 0
    run = lab.run("drift", "exported.yaml", "--undeclared")
    assert run.status == 0, run.text


def test_an_export_says_what_was_set_and_leaves_defaults_out(lab: Lab):
    found = declared(exported(lab))

    assert found["organization"] == {
        "host": lab.posthog.url,
        "id": ORGANIZATION,
        "settings": {"name": "Acme"},
    }
    web = found["projects"]["Web"]
    assert web["timezone"] == "Europe/Berlin"
    assert web["app_urls"] == ["https://acme.io"]
    assert "session_recording_opt_in" not in web
    # Of a mapping whose other keys are left alone, no key says nothing.
    assert "workflows_config" not in web
    assert web["file_system"] == {"Marketing": {"type": "folder"}, "Marketing/Launches": {"type": "folder"}}
    assert found["roles"]["Analysts"] == {"members": ["ana@acme.io", "bo@acme.io"]}


def test_a_secret_becomes_a_reference_to_a_variable_and_the_file_says_which(lab: Lab):
    text = exported(lab)

    destination = declared(text)["projects"]["Web"]["pipeline_destinations"]["Orders to Snowflake"]
    assert destination["config"]["password"] == {"env": "WEB_ORDERS_TO_SNOWFLAKE_PASSWORD"}
    assert destination["config"]["account"] == "acme"
    assert "#   WEB_ORDERS_TO_SNOWFLAKE_PASSWORD" in text
    assert "password: !env WEB_ORDERS_TO_SNOWFLAKE_PASSWORD\n" in text


def test_two_exports_of_the_same_organization_are_the_same(lab: Lab):
    first = exported(lab)
    role = lab.posthog.role("Guests")
    lab.call("DELETE", f"roles/{role['id']}/")
    lab.call("POST", "roles/", {"name": "Guests"})

    assert exported(lab) == first


def test_any_name_survives(lab: Lab):
    for name in NASTY:
        lab.call("POST", "projects/", {"name": name})
        lab.call("POST", "roles/", {"name": name})

    # The names of these: everything of so many projects would be more requests than a minute has.
    exported(lab, "--output", "exported.yaml", "--split", "--only", "project,role,role_members")

    run = lab.run("drift", "exported.yaml", "--undeclared", "--format", "json")
    assert run.status == 0, run.text
    assert run.json["compared"] >= 3 * len(NASTY)  # projects, roles and their members


@given(
    st.text(
        st.characters(exclude_categories=("Cs",), exclude_characters="\0")
        | st.sampled_from(" \n'\"" + string.punctuation)
    )
)
def test_every_text_is_read_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, text: str):
    path = tmp_path_factory.getbasetemp() / "texts.yaml"
    path.write_text(text_of({"a": [text], "b": {"c": text}}), encoding="utf-8")

    source = Source(path, environment={}, secret=None, offline=True)

    assert source.problems == []
    root = source.root
    assert root is not None
    assert root.value["a"].value[0].value == text
    assert root.value["b"].value["c"].value == text


def test_split_writes_a_file_per_project_and_one_of_the_roles(lab: Lab):
    exported(lab, "--output", "split/posthog.yaml", "--split")

    folder = lab.folder / "split"
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")} == {
        "posthog.yaml",
        "projects/web.yaml",
        "projects/shop.yaml",
        "roles.yaml",
        *(["projects/default-project.yaml"] if lab.posthog.project("Default project") else []),
    }
    assert lab.run("drift", "split/posthog.yaml", "--undeclared").status == 0


def test_an_existing_file_is_not_overwritten_unless_forced(lab: Lab):
    before = (lab.folder / "posthog.yaml").read_text()

    run = lab.run("export", "--host", lab.posthog.url, "--output", "posthog.yaml", "--split")

    assert run.status == 5
    assert "nothing was written" in run.err
    assert (lab.folder / "posthog.yaml").read_text() == before
    assert not (lab.folder / "projects").exists()
    assert lab.run("export", "--host", lab.posthog.url, "--output", "posthog.yaml", "--force").status == 0


def test_one_kind_and_one_project(lab: Lab):
    assert declared(exported(lab, "--only", "role"))["roles"] == {
        "Analysts": {},
        "Engineering": {},
        "Guests": {},
    }
    assert declared(exported(lab, "--project", "shop", "--only", "project"))["projects"] == {
        "Shop": {
            name: value
            for name, value in declared(exported(lab))["projects"]["Shop"].items()
            if name != "hog_functions"  # PostHog makes one in each project
        }
    }
    assert "roles" not in declared(exported(lab, "--project", "Shop"))


def test_an_export_of_nothing_says_so(lab: Lab):
    run = lab.run("export", "--host", lab.posthog.url, "--only", "role", "--project", "Web")

    assert run.status == 4
    assert "warning: nothing of what was asked for is there" in run.err
    assert run.err.endswith("0 objects\n")


def test_what_posthog_files_by_itself_is_not_exported(lab: Lab):
    web = lab.posthog.project("Web")["id"]
    lab.call(
        "POST", f"/api/projects/{web}/file_system/", {"path": "Unfiled/Notes", "type": "folder", "meta": {}}
    )

    assert "Unfiled" not in exported(lab)


def test_what_a_configuration_cannot_say_is_left_out_and_told(lab: Lab):
    web = lab.posthog.project("Web")["id"]
    for path, type_ in (("Marketing/odd//path", "folder"), ("Marketing/A doc", "doc-file")):
        lab.call("POST", f"/api/projects/{web}/file_system/", {"path": path, "type": type_, "meta": {}})

    run = lab.run("export", "--host", lab.posthog.url, "--output", "exported.yaml")

    assert run.status == 0
    assert "left out: projects.Web.file_system.Marketing/A doc" in run.err
    assert "left out: projects.Web.file_system.Marketing/odd//path" in run.err
    assert lab.run("drift", "exported.yaml").status == 0


def test_two_rows_for_one_dashboard_are_told_apart_by_id(lab: Lab):
    web = lab.posthog.project("Web")["id"]
    for path in ("Marketing/Board", "Sales/Board"):
        body = {"path": path, "type": "dashboard", "ref": "4711", "meta": {}}
        lab.call("POST", f"/api/projects/{web}/file_system/", body)

    exported(lab, "--output", "exported.yaml")

    assert lab.run("drift", "exported.yaml").status == 0


def test_two_projects_of_one_name_are_not_mixed_up(old_lab: Lab):
    lab = old_lab
    lab.call("POST", "projects/", {"name": "Shop"})

    run = lab.run("export", "--host", lab.posthog.url, "--output", "exported.yaml")

    assert run.status == 0
    assert "left out: projects.Shop" in run.err
    assert "id" in declared((lab.folder / "exported.yaml").read_text())["projects"]["Shop"]
    assert lab.run("drift", "exported.yaml").status == 0


def test_a_list_that_cannot_be_read_is_missing_and_the_status_says_so(lab: Lab):
    key = lab.key_without("plugin:read")

    run = lab.run("export", "--host", lab.posthog.url, POSTHOG_PERSONAL_API_KEY=key)

    assert run.status == 4
    assert "could not be read: projects.Web.pipeline_destinations" in run.err
    assert "# Could not be read:" in run.out
    assert "pipeline_destinations" not in declared(run.out)["projects"]["Web"]


def test_an_export_that_would_wait_too_long_writes_nothing(lab: Lab):
    limits = {"POSTHOG_REQUESTS_PER_MINUTE": "4", "POSTHOG_MAX_WAIT": "1"}

    run = lab.run("export", "--host", lab.posthog.url, "--output", "exported.yaml", **limits)

    assert run.status == 9
    assert not (lab.folder / "exported.yaml").exists()


def test_json_has_the_files_and_what_there_is_to_know_about_them(lab: Lab):
    run = lab.run("export", "--host", lab.posthog.url, "--format", "json")

    assert run.status == run.json["exit_code"] == 0
    assert list(run.json["files"]) == ["posthog.yaml"]
    assert run.json["variables"] == ["WEB_ORDERS_TO_SNOWFLAKE_PASSWORD"]
    assert PASSWORD not in run.out


def test_the_organization_may_be_named_by_id_slug_or_name_or_not_at_all(lab: Lab):
    for name in (ORGANIZATION, "acme", "ACME", ""):
        run = lab.run("export", "--host", lab.posthog.url, "--organization", name, "--only", "role")
        assert run.status == 0, run.err


def test_an_export_begins_with_the_modeline_and_its_schema_lies_beside_it(lab: Lab):
    exported(lab, "--output", "out/posthog.yaml")

    assert (lab.folder / "out/posthog.yaml").read_text().startswith("# yaml-language-server: $schema=")
    assert (lab.folder / "out/posthog.schema.json").read_text() == lab.run("schema").out


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ([], 2, "which PostHog?"),
        (["--host", "http://acme.example"], 2, "write https"),
        (["--host", "HOST", "--organization", "Nobody"], 2, "it sees: Acme"),
        (["--host", "HOST", "--project", "Wep"], 2, "did you mean Web?"),
        (["--host", "HOST", "--only", "projects"], 2, "did you mean project?"),
        (["--host", "HOST", "--split"], 2, "--output posthog.yaml"),
    ],
)
def test_bad_input_is_one_line_and_a_hint(lab: Lab, arguments: list[str], status: int, said: str):
    run = lab.run("export", *(lab.posthog.url if each == "HOST" else each for each in arguments))

    assert run.status == status
    assert said in run.err
    assert run.out == ""


def test_the_written_yaml_means_the_same_to_another_reader(lab: Lab, tmp_path: Path):
    text = exported(lab)

    assert set(declared(text)) == {"organization", "projects", "roles"}
    assert yaml.compose(text) is not None
