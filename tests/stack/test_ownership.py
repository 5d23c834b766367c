"""States of other stacks -> who manages what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.adoption import claims
from pulumi_posthog.stack.other_stacks import UnknownOwners, owners
from pulumi_posthog.stack.urn import TYPE

MEMBERS, MEMBERSHIP, ROLE = KINDS["role_members"], KINDS["role_membership"], KINDS["role"]


def state(folder: Path, *resources: dict[str, object]) -> str:
    (folder / "state.json").write_text(json.dumps({"deployment": {"resources": resources}}))
    return "state.json"


def resource(kind: str, id_: str, **more: object) -> dict[str, object]:
    return {"type": f"{TYPE}{KINDS[kind].resource}", "id": id_, **more}


def owner(found, kind, parent, id_):
    return next((found[claim] for claim in claims(kind, parent, id_) if claim in found), None)


def test_an_object_is_known_by_its_id(tmp_path):
    found = owners([state(tmp_path, resource("role", "r1"), resource("project", "2"))], tmp_path)

    assert owner(found, ROLE, None, "r1") == "state.json"
    assert owner(found, ROLE, None, "2") is None
    assert owner(found, ROLE, None, None) is None


def test_an_exact_list_and_a_membership_of_one_role_are_in_conflict_two_memberships_are_not(tmp_path):
    one = owners([state(tmp_path, resource("role_membership", "m1", inputs={"role": "r1"}))], tmp_path)
    exact = owners([state(tmp_path, resource("role_members", "r1", inputs={"role": "r1"}))], tmp_path)

    assert owner(one, MEMBERS, "r1", "r1") == "state.json"
    assert owner(one, MEMBERS, "r2", "r2") is None
    assert owner(one, MEMBERSHIP, "r1", None) is None
    assert owner(exact, MEMBERSHIP, "r1", None) == "state.json"
    assert owner(exact, MEMBERSHIP, "r2", None) is None


def test_what_is_on_its_way_out_and_what_others_provide_is_nobodys(tmp_path):
    gone, foreign = resource("role", "r1", delete=True), {"type": "aws:s3/bucket:Bucket", "id": "r2"}

    assert owners([state(tmp_path, gone, foreign, {"type": f"{TYPE}Guard", "id": "guard"})], tmp_path) == {}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"deployment": 1}', '{"deployment": {"resources": [1]}}'])
def test_what_is_no_state_is_told(tmp_path, text):
    (tmp_path / "state.json").write_text(text)

    with pytest.raises(UnknownOwners, match=r"state\.json is not the state of a Pulumi stack"):
        owners(["state.json"], tmp_path)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UnknownOwners, match=r"nowhere\.json cannot be read: No such file"):
        owners(["nowhere.json"], tmp_path)
