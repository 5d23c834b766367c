"""States of other stacks -> who manages what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.adoption import claims
from pulumi_posthog.stack import other_stacks
from pulumi_posthog.stack.handlers.configuration import configure
from pulumi_posthog.stack.location import Location
from pulumi_posthog.stack.other_stacks import UnknownOwners, owners, projects_of_stack
from pulumi_posthog.stack.run import Run, Settings
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


def test_the_projects_of_a_stack_are_told_from_other_objects_that_have_the_same_number(tmp_path, monkeypatch):
    cohort = resource("cohort", "7", inputs={"project": "3"})
    text = tmp_path / state(tmp_path, resource("project", "2"), resource("role", "1"), cohort)
    monkeypatch.setattr(other_stacks, "_of_stack", lambda _name, _folder: text.read_text())

    assert projects_of_stack("dev", tmp_path) == {"2", "3"}


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UnknownOwners, match=r"nowhere\.json cannot be read: No such file"):
        owners(["nowhere.json"], tmp_path)


# -- where nobody names them ---------------------------------------------------------------------------------------

HERE, THERE = "0191c0de-0000-0000-0000-000000000001", "0191c0de-0000-0000-0000-000000000002"
URN = "urn:pulumi:dev::acme::posthog:index:Role::Ops"


def placed(kind: str, id_: str, organization: str) -> dict[str, object]:
    return resource(kind, id_, inputs=Location("https://eu.posthog.com", organization).as_property)


@pytest.fixture
def pulumi(monkeypatch):
    """Pulumi, as it would answer: command -> what it prints, or why not."""
    answers = {}

    def said(command, _folder):
        answer = answers[command[command.index("--stack") + 1] if "--stack" in command else "ls"]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, str) else json.dumps(answer)

    monkeypatch.setattr(other_stacks, "_said", said)
    return answers


def deployment(*resources):
    return {"deployment": {"resources": resources}}


def test_all_stacks_beside_are_asked_about_their_objects_of_this_organization(pulumi):
    pulumi["ls"] = [{"name": name} for name in ("dev", "staging", "acme/production")]
    pulumi["staging"] = deployment(placed("role", "r1", HERE), placed("project", "1", THERE))
    pulumi["acme/production"] = deployment(placed("project", "2", HERE))

    assert Run(Settings(other_stacks=None)).owners(HERE, URN, conflicts=True) == {
        ("role", "r1"): "staging",
        ("project", "2"): "acme/production",
    }


def test_a_stack_that_cannot_be_read_is_told_and_the_others_count(pulumi, capsys):
    pulumi["ls"] = [{"name": name} for name in ("dev", "broken", "staging")]
    pulumi["broken"] = UnknownOwners("`pulumi stack export --stack broken`: locked")
    pulumi["staging"] = deployment(placed("role", "r1", HERE))

    assert Run(Settings(other_stacks=None)).owners(HERE, URN, conflicts=True) == {("role", "r1"): "staging"}
    assert (
        "what the stack broken manages is unknown, and nothing is refused for it" in capsys.readouterr().err
    )


@pytest.mark.parametrize("answer", [UnknownOwners("no Pulumi here"), "no JSON", {"name": 1}, [1], None])
def test_where_stacks_cannot_be_listed_that_is_told_once_and_nothing_is_refused(pulumi, capsys, answer):
    pulumi["ls"] = answer

    run = Run(Settings(other_stacks=None))

    assert [run.owners(HERE, URN, conflicts=True) for _ in range(2)] == [{}, {}]
    assert capsys.readouterr().err.count("what other stacks manage is unknown") == 1


@pytest.mark.parametrize(("urn", "conflicts"), [(URN, False), ("", True)])
def test_nobody_is_asked_where_nothing_can_be_anybody_elses(pulumi, urn, conflicts):
    assert Run(Settings(other_stacks=None)).owners(HERE, urn, conflicts=conflicts) == {}


@pytest.mark.parametrize(
    ("setting", "sources"),
    [(None, None), ("none", ()), ("", ()), ("dev, web.json", ("dev", "web.json"))],
)
def test_the_setting_names_stacks_or_none(setting, sources):
    run = Run()

    configure(run, {"otherStates": setting}.get)

    assert run.settings.other_stacks == sources
