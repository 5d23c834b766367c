"""A state that an earlier version wrote, with every type of resource: either provider takes it over.

`old_state.json` is what `pulumi stack export` printed after version 0.1.0 had applied `old_state.yaml`. Only ids, host
and organization are put in anew, because they are the sandbox's.
"""

from __future__ import annotations

import json
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from harness.drivers import descendants, kill, take_the_lock_away
from harness.sandbox import Sandbox
from harness.stack import DOORS, DYNAMIC_DOOR, Stack, type_of

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("legacy_destinations")]

HERE = Path(__file__).parent
FILE = (HERE / "old_state.yaml").read_text()
HOST, ORGANIZATION = "http://127.0.0.1:1", "0191c0de-0000-0000-0000-000000000000"
SECRETS = {
    "SNOWFLAKE_PASSWORD": "hush-hush-very-secret",
    "GONE": "zoe@nowhere.io",
}
RESOURCES = 14


def ids_in(stack: Stack) -> dict[str, str]:
    """URN -> id of each resource of ours in the state."""
    ours = ((urn, resource) for urn, resource in stack.state().items() if "providers:" not in urn)
    return {urn: resource["id"] for urn, resource in ours if resource.get("id")}


def in_place(posthog: Sandbox, ids: dict[str, str]) -> dict[str, Any]:
    """The old state, as if its run had made the objects with these ids: URN -> id."""
    text = (HERE / "old_state.json").read_text()
    state = json.loads(text.replace(HOST, posthog.url).replace(ORGANIZATION, posthog.organization))
    for resource in state["deployment"]["resources"]:
        if resource["urn"] in ids:
            resource["id"] = ids[resource["urn"]]
        for properties in (resource.get("inputs", {}), resource.get("outputs", {})):
            for name in {"project", "role", "__subject"} & properties.keys():
                properties[name] = ids[resource["parent"]]
    return dict(state)


@pytest.mark.parametrize("door", DOORS)
def test_a_state_of_an_earlier_version_is_taken_over_as_it_is(tmp_path, posthog, door):
    maker = Stack(tmp_path / "maker", posthog, door=DYNAMIC_DOOR, **SECRETS)
    maker.write(FILE)
    made = maker.up()
    assert made.status == 0, made.text
    ids = ids_in(maker)
    stack = Stack(tmp_path / "stack", posthog, door=door, **SECRETS)
    stack.write(FILE)
    (stack.folder / "old.json").write_text(json.dumps(in_place(posthog, ids)))
    imported = stack.pulumi("stack", "import", "--file", "old.json")
    assert imported.status == 0, imported.text
    posthog.count_anew()

    preview, up, again = stack.preview(), stack.up(), stack.up()

    for run in (preview, up, again):
        assert run.status == 0, run.text
        assert not {"create", "created", "delete", "deleted", "replace", "replaced"} & run.changes.keys(), (
            run.text
        )
    assert again.changes == {"unchanged": RESOURCES}, again.text
    assert not [path for path in posthog.writes() if "/query/" not in path]
    texts = [preview.text, up.text, json.dumps(stack.state())]
    assert not [secret for secret in SECRETS.values() for text in texts if secret in text]
    assert sorted(ids_in(stack).values()) == sorted(ids.values())


@pytest.mark.parametrize("to", DOORS)
def test_a_state_whose_move_was_killed_half_way_is_moved_to_its_end(tmp_path, posthog, to):
    away = next(door for door in DOORS if door != to)
    stack = Stack(tmp_path / "stack", posthog, door=away, real=True)
    stack.write("roles:\n" + "".join(f"  Role {number}: {{}}\n" for number in range(15)))
    assert stack.up().status == 0
    before = ids_in(stack)
    stack.through(to)
    running = subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"],
        cwd=stack.folder,
        env=stack.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while len(types_of_roles(stack)) < 2:
        assert running.poll() is None, "it ended before it could be killed"
    family = descendants(running.pid)
    kill(family)
    running.wait()
    take_the_lock_away(stack)
    posthog.count_anew()

    moved, again = stack.up(), stack.up()

    for run in (moved, again):
        assert run.status == 0, run.text
        assert not {"created", "deleted", "replaced"} & run.changes.keys(), run.text
    assert posthog.writes() == {}
    assert sorted(ids_in(stack).values()) == sorted(before.values())
    assert types_of_roles(stack) == {type_of("Role", to)}


def types_of_roles(stack: Stack) -> set[str]:
    """As they are in the state's file now; nothing while Pulumi changes it."""
    (file,) = (stack.folder / "state").rglob("test.json")
    with suppress(ValueError, OSError):
        resources = json.loads(file.read_text())["checkpoint"]["latest"]["resources"]
        return {each["type"] for each in resources if each["type"].endswith(":Role")}
    return set()
