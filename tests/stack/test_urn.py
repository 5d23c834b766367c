"""Pulumi's name of a resource: what is in it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import pulumi
from pulumi_posthog.api import Invalid, Unauthorized
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.stack.declarations import Declaration
from pulumi_posthog.stack.declared import in_component as of_the_sdk
from pulumi_posthog.stack.handlers.guard import check_consulted
from pulumi_posthog.stack.places import declared, with_place
from pulumi_posthog.stack.plugin.registrar import in_component, in_stack
from pulumi_posthog.stack.run import Run
from pulumi_posthog.stack.urn import COMPONENT, PLUGIN_TYPE, moved, name_of, type_of
from pulumi_posthog.stack.urn import TYPE as DYNAMIC_TYPE

TYPE = "pulumi-python:dynamic/posthog:Role"
PARENT = "pulumi-python:dynamic/posthog:Project"
NAMES = ["A", "Team::data", "::", "with blanks / and é", "$posthog:Role::x", ""]


def urn(name: str, types: str = TYPE) -> str:
    return f"urn:pulumi:prod::acme::{types}::{name}"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("types", [TYPE, f"{PARENT}${TYPE}", f"my:own:Component${PARENT}${TYPE}"])
def test_a_name_is_all_that_comes_after_the_types_and_the_last_type_is_its_own(name, types):
    assert (name_of(urn(name, types)), type_of(urn(name, types))) == (name, "Role")


def test_what_is_not_ours_has_no_type_of_ours():
    assert type_of(urn("posthog:Role", "aws:s3/bucket:Bucket")) is None


@pytest.mark.parametrize("text", ["", "Role", "urn:pulumi:prod::acme"])
def test_what_is_no_name_of_a_resource_has_neither(text):
    assert (name_of(text), type_of(text)) == (None, None)


@pytest.mark.parametrize("name", ["Data", "Data::core", "::"])
def test_an_error_about_an_object_names_its_place_whatever_it_is_called(tmp_path: Path, name):
    file = tmp_path / "posthog.yaml"
    file.write_text(
        f"""\
organization: {{host: https://eu.posthog.com, id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c}}
roles:
  "{name}": {{members: []}}
"""
    )

    said = with_place(CannotApply("PostHog does not let it"), urn(name), lambda: declared(file))

    assert said == f'{file}:3:3: role "{name}": PostHog does not let it'


def test_an_error_of_a_program_names_the_resource_that_it_is_about():
    error = Invalid("PostHog refuses it", method="POST", path="/api/roles/")

    assert (
        with_place(error, urn("analysts"), lambda: None)
        == 'role "analysts": POST /api/roles/: PostHog refuses it'
    )


def test_a_wrong_key_is_told_once_whatever_was_asked_for():
    run = Run()
    errors = [
        Unauthorized("the key is wrong", method="GET", path=path, hint="renew it") for path in ("/a/", "/b/")
    ]

    said = [
        run.once(with_place(error, urn(name), lambda: None)) for name, error in zip("AB", errors, strict=True)
    ]

    assert said == [
        "the key is wrong; renew it",
        "the same error as that of another resource, which is told in full",
    ]


def test_that_a_stack_may_not_be_destroyed_is_told_once_whatever_was_to_go(monkeypatch):
    run = Run()
    monkeypatch.delenv("POSTHOG_ALLOW_DESTROY", raising=False)

    said = []
    for name in "AB":
        with pytest.raises(CannotApply) as refused:
            check_consulted(run, guarded=True)
        said.append(run.once(with_place(refused.value, urn(name), lambda: None)))

    assert said == [str(refused.value), "the same error as that of another resource, which is told in full"]


@pytest.mark.parametrize(
    "types", [f"{PARENT}${TYPE}", f"{COMPONENT}$posthog:index:Project$posthog:index:Role"]
)
def test_the_name_of_a_resource_before_its_stack_moved_has_all_its_types_of_the_other_provider(types):
    assert moved(urn("a::b$c", types), DYNAMIC_TYPE) == urn("a::b$c", f"{PARENT}${TYPE}")
    assert moved(urn("a::b$c", types), PLUGIN_TYPE) == urn(
        "a::b$c", "posthog:index:Project$posthog:index:Role"
    )


def test_types_of_others_keep_their_names_when_a_stack_moves():
    assert moved(urn("x", f"my:own:Component${TYPE}"), PLUGIN_TYPE) == urn(
        "x", "my:own:Component$posthog:index:Role"
    )


@pytest.mark.parametrize(
    ("parent", "aliases", "before"),
    [
        (f"{COMPONENT}$posthog:index:Project", in_component, "posthog:index:Project"),
        (
            "posthog:index:Project",
            lambda each, parent: in_stack(each, parent, "urn:pulumi:prod::acme"),
            f"{COMPONENT}$posthog:index:Project",
        ),
    ],
    ids=["to a component", "to a program"],
)
def test_what_is_in_another_resource_is_found_also_where_only_that_has_moved(parent, aliases, before):
    """Pulumi looks for it below the earlier names of a parent only in the run that moves the parent."""
    inside = Declaration(
        key=("file_system_entry", "F"),
        type="FileSystemEntry",
        properties={},
        about="F",
        parent=("project", "P"),
    )

    found = {
        (alias.spec.name, alias.spec.type, alias.spec.parentUrn)
        for alias in aliases(inside, urn("P", parent))
    }

    assert found == {
        ("F", "posthog:index:FileSystemEntry", urn("P", before)),
        ("F", "pulumi-python:dynamic/posthog:FileSystemEntry", ""),
        ("F", "pulumi-python:dynamic/posthog:FileSystemEntry", urn("P", PARENT)),
    }


def test_a_resource_of_the_sdk_is_found_in_the_component_under_all_its_names_and_below_a_parent_that_moved_alone():
    web = declaration("Project", "Web", previously=("Shop",))
    folder = declaration("FileSystemEntry", "F", parent=("project", "Web"), previously=("E",))

    async def aliases() -> list[str]:
        parent = SimpleNamespace(urn=pulumi.Output.from_input(urn("Web", PARENT)))
        mine = [*of_the_sdk(web, {}), *of_the_sdk(folder, {("project", "Web"): parent})]
        return [
            each if isinstance(each, str) else (each.name, each.type_, await each.parent.future())
            for each in mine
        ]

    before = urn("Web", f"{COMPONENT}$posthog:index:Project")
    assert asyncio.run(aliases()) == [
        before.replace("prod::acme", f"{pulumi.get_stack()}::{pulumi.get_project()}"),
        f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{COMPONENT}$posthog:index:Project::Shop",
        ("F", "posthog:index:FileSystemEntry", before),
        ("E", "posthog:index:FileSystemEntry", before),
    ]


def declaration(type_: str, name: str, **more: Any) -> Declaration:
    return Declaration(key=(type_.lower(), name), type=type_, properties={}, about=name, **more)


def test_a_refused_query_is_told_at_its_place_although_posthog_names_no_field(tmp_path: Path):
    file = tmp_path / "posthog.yaml"
    file.write_text(
        """\
organization: {host: https://eu.posthog.com, id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c}
projects:
  Web:
    insights:
      Signups:
        description: New ones
        query: {kind: InsightVizNode, source: {kind: TrendsQuery, serie: []}}
"""
    )
    name = urn("Web/Signups", "pulumi-python:dynamic/posthog:Insight")
    refused = Invalid("no", method="POST", path="/api/projects/1/insights/", code="parse_error")
    another = Invalid("no", method="POST", path="/api/projects/1/insights/", code="invalid_input")

    said = [with_place(error, name, lambda: declared(file)) for error in (refused, another)]

    assert [text.partition(": ")[0].rpartition("posthog.yaml")[2] for text in said] == [":7:9", ":5:7"]
