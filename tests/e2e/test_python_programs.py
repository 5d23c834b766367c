"""Programs in Python without YAML: `with posthog.guarded():` puts the limits around them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.six_roles import NAMES, there
from harness.stack import Stack

pytestmark = pytest.mark.e2e

MEMBERS = ["ana@acme.io", "bo@acme.io", "cy@acme.io"]
HEAD = "import pulumi\nimport pulumi_posthog as posthog\n\n"


def program(stack: Stack, *lines: str, guarded: bool = True) -> None:
    """The stack's program: these lines within the block."""
    body = "".join(f"    {line}\n" for line in lines)
    (stack.folder / "__main__.py").write_text(
        HEAD + ("with posthog.guarded():\n" if guarded else "if True:\n") + (body or "    pass\n")
    )


def roles(names: list[str]) -> list[str]:
    return [f"posthog.Role({name!r}, name={name!r})" for name in names]


@pytest.fixture
def six(stack: Stack) -> Stack:
    """A program with six roles, and a folder in a project, applied."""
    stack.begin("six", apply_six)
    return stack


def apply_six(stack: Stack) -> None:
    stack.set("host", stack.posthog.url)
    stack.set("organization", stack.posthog.organization)
    program(
        stack,
        *roles(NAMES),
        "web = posthog.Project('web', name='Web')",
        "posthog.FileSystemEntry('folder', project=web.id, path='M', type='folder')",
        "first = posthog.Role('Six', name='Six')",
        *(f"posthog.RoleMembership({who!r}, role=first.id, user={who!r})" for who in MEMBERS),
    )
    run = stack.up()
    assert run.status == 0, run.text


def test_a_second_run_changes_nothing(six):
    run = six.up()

    assert set(run.changes) == {"unchanged"}, run.text
    assert six.posthog.writes() == {}


def test_most_of_what_it_declared_is_gone_and_nothing_is_deleted(six):
    program(six, *roles(NAMES[:2]))

    for run in (six.preview(), six.up(), six.up("--continue-on-error")):
        assert run.status != 0, run.text
        assert "5 of 7 roles would be removed or replaced" in run.text
        assert '3 of 3 role memberships of "Six" would be removed' in run.text
        assert "pulumi config set posthog:allowRemovals role=5" in run.text
        assert six.posthog.writes() == {}
    assert there(six) == set(NAMES)

    six.set("allowRemovals", "role=5,role_membership=3")
    allowed = six.up()
    assert allowed.status == 0, allowed.text
    assert there(six) == set(NAMES[:2])


def test_all_that_is_in_a_project_comes_to_another_one_under_the_same_names(stack):
    stack.set("host", stack.posthog.url)
    stack.set("organization", stack.posthog.organization)

    def in_project(name: str) -> None:
        projects = [f"{each} = posthog.Project('{each}', name='{each}')" for each in ("web", "shop")]
        boards = [
            f"posthog.Dashboard('{each}', project={name}.id, name='{each}')" for each in ("a", "b", "c")
        ]
        program(stack, *projects, *boards)

    in_project("web")
    assert stack.up().status == 0
    in_project("shop")
    stack.posthog.count_anew()

    for run in (stack.preview(), stack.up("--refresh=false")):
        assert run.status != 0, run.text
        assert '3 of 3 dashboards of "web" would be removed or replaced' in run.text
    assert stack.posthog.writes() == {}


@pytest.mark.parametrize(
    "text",
    [
        HEAD
        + "with posthog.guarded():\n    posthog.Role('Role 0', name='Role 0')\n    raise ValueError('half way')\n",
        HEAD
        + "with posthog.guarded():\n    posthog.Role('Role 0', name='Role 0')\n    posthog.get_project('Wep')\n",
        HEAD + "with posthog.guarded():\n    raise SystemExit(0)\n",
        HEAD + "with posthog.guarded():\n    pass\n",
        HEAD,
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n",
    ],
    ids=["raises", "finds nothing", "exits", "an empty block", "no block", "is killed"],
)
def test_a_program_that_ends_early_deletes_nothing(six, text):
    (six.folder / "__main__.py").write_text(text)

    run = six.up("--continue-on-error")

    assert run.status != 0, run.text
    assert six.posthog.writes() == {}
    assert there(six) == set(NAMES)
    if "half way" in text:
        assert "ValueError: half way" in run.text
    if "Wep" in text:
        assert run.text.count('there is no project "Wep"\n  hint: known: ') == 1, run.text
        assert "Traceback" not in run.text


def released_in(stack: Stack, path: str) -> list[Any]:
    return [
        each for family in ("cohorts", "feature_flags") for each in stack.posthog.all(f"{path}/{family}/")
    ]


CRITERIA = (
    "{'properties': {'type': 'OR', 'values': [{'type': 'AND', 'values': ["
    "{'type': 'person', 'key': 'plan', 'operator': 'exact', 'value': ['pro']}]}]}}"
)
SPLIT = (
    "{'groups': [{}], 'multivariate': {'variants': [{'key': 'control', 'rollout_percentage': 50},"
    " {'key': 'test', 'rollout_percentage': 50}]}}"
)


def released(cohort: str | None = None) -> list[str]:
    """A flag for a cohort, a trial of another flag, and a third one; with the cohort's id, what they use has left."""
    among = f"{{'type': 'cohort', 'key': 'id', 'operator': 'in', 'value': {cohort or 'staff.id.apply(int)'}}}"
    left = [
        f"staff = posthog.Cohort('staff', project=web.id, name='Staff', filters={CRITERIA})",
        f"split = posthog.FeatureFlag('split', project=web.id, key='split', filters={SPLIT})",
        "posthog.FeatureFlag('page', project=web.id, key='page', filters={'groups': [{}]})",
    ]
    return [
        "web = posthog.Project('web', name='Web')",
        *([] if cohort else left),
        f"posthog.FeatureFlag('beta', project=web.id, key='beta', filters={{'groups': [{{'properties': [{among}]}}]}})",
        "posthog.Experiment('trial', project=web.id, name='Trial', feature_flag_key="
        + ("'split')" if cohort else "split.key)"),
    ]


def test_a_program_that_comes_under_the_guard_has_it_from_then_on_and_deletes_nothing_that_is_used(stack):
    stack.set("host", stack.posthog.url)
    stack.set("organization", stack.posthog.organization)
    program(stack, *roles(NAMES), *released(), guarded=False)
    first = stack.up()
    assert first.status == 0, first.text
    stack.posthog.count_anew()

    program(stack, *roles(NAMES), *released())
    run = stack.up()

    assert run.status == 0, run.text
    assert stack.posthog.writes() == {}
    path = f"/api/projects/{stack.posthog.project('Web')['id']}"
    ids = {each.get("key", each["name"]): each["id"] for each in released_in(stack, path)}
    needs = {"type": "flag", "key": str(ids["page"]), "operator": "flag_evaluates_to", "value": True}
    stack.posthog.call(
        "POST", f"{path}/feature_flags/", {"key": "by-hand", "filters": {"groups": [{"properties": [needs]}]}}
    )
    stack.set("allowRemovals", "feature_flag=2")
    program(stack, *roles(NAMES), *released(cohort=str(ids["Staff"])))
    kept = stack.up("--continue-on-error")
    assert kept.status != 0, kept.text
    assert 'this cohort is not deleted: "beta", which stays, names it' in kept.text
    assert 'this feature flag is not deleted: "trial", which stays, names it' in kept.text
    assert "Cannot delete this feature flag because other flags depend on it: by-hand" in kept.text
    assert {
        each.get("key", each["name"]): each["id"] for each in released_in(stack, path)
    }.items() >= ids.items()
    stack.posthog.count_anew()

    (stack.folder / "__main__.py").write_text(HEAD)
    assert stack.up().status != 0
    assert stack.posthog.writes() == {}
    assert there(stack) == set(NAMES)


def test_a_resource_is_renamed_by_its_alias_and_not_counted(six):
    program(
        six,
        *roles(NAMES[3:]),
        *(
            f"posthog.Role('new {name}', name={name!r},"
            f" opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name={name!r})]))"
            for name in NAMES[:3]
        ),
    )
    six.set("allowRemovals", "role_membership=3")

    run = six.up()

    assert run.status == 0, run.text
    assert there(six) == set(NAMES)


def test_what_a_file_declares_is_counted_by_the_guard_of_the_file_alone_and_is_used_in_the_program(stack):
    stack.write("projects:\n  Web: {}\nroles:\n  Readers: {}\n  Viewers: {}\n")
    program(
        stack,
        "declared = posthog.deploy('posthog.yaml')",
        "web = declared['project', 'Web']",
        "posthog.Role('Writers', name='Writers', opts=pulumi.ResourceOptions(depends_on=[web]))",
        "pulumi.export('declared', sorted(name for _, name in declared))",
        "pulumi.export('web', web.id)",
        "pulumi.export('token', web.api_token)",
        "pulumi.export('late', web.id.apply(lambda _: declared['role', 'Readers'].id))",
    )
    preview = stack.preview()
    assert preview.status == 0, preview.text

    run = stack.up()

    assert run.status == 0, run.text
    counted = {
        urn.rsplit("::", 1)[1]: json.loads(resource["inputs"]["__managed"])
        for urn, resource in stack.state().items()
        if "__managed" in resource.get("inputs", {})
    }
    assert len(counted) == 2
    assert counted.pop("program") == {"role": {"": {"Writers": ""}}}
    (of_the_file,) = counted.values()
    assert list(of_the_file["project"][""]) == ["Web"]
    assert list(of_the_file["role"][""]) == ["Readers", "Viewers"]
    (of_the_stack,) = (each["outputs"] for urn, each in stack.state().items() if "pulumi:pulumi:Stack" in urn)
    assert isinstance(of_the_stack.pop("token"), dict)  # encrypted
    assert of_the_stack == {
        "declared": ["Readers", "Viewers", "Web"],
        "web": str(stack.posthog.project("Web")["id"]),
        "late": stack.posthog.role("Readers")["id"],
    }

    # By a transform, the engine asks the program, which waits for it in an `apply`.
    text, transform = (stack.folder / "__main__.py").read_text(), "pulumi.runtime.register_resource_transform"
    for transforming in (
        text.replace("declared = ", f"{transform}(lambda _: None); declared = "),
        f"{text}{transform}(lambda _: None)\n",
    ):
        (stack.folder / "__main__.py").write_text(transforming)
        transformed = stack.pulumi("preview", timeout=90)
        assert transformed.status == 0, transformed.text
        assert transformed.changes == {"unchanged": 7}, transformed.text


OF_MANY_KINDS = [
    "posthog.OrganizationSettings('settings', members_can_create_projects=True)",
    "web = posthog.Project('web', name='Web', timezone='Europe/Berlin', app_urls=['https://acme.io'])",
    "theirs = posthog.get_project('Default project')",  # a parent that no state has
    "posthog.FileSystemEntry('notes', project=theirs.id, path='Notes', type='folder')",
    "posthog.FileSystemEntry('folder', project=web.id, path='Marketing', type='folder')",
    "readers = posthog.Role('readers', name='Readers')",
    "posthog.RoleMembers('readers', role=readers.id, members=['ana@acme.io', 'bo@acme.io'])",
    "writers = posthog.Role('writers', name='Writers')",
    "posthog.RoleMembership('cy', role=writers.id, user='cy@acme.io')",
    f"staff = posthog.Cohort('staff', project=web.id, name='Staff', filters={CRITERIA})",
    "among = {'type': 'cohort', 'key': 'id', 'operator': 'in', 'value': staff.id.apply(int)}",
    "posthog.FeatureFlag('beta', project=web.id, key='beta', filters={'groups': [{'properties': [among]}]})",
    "series = [{'kind': 'EventsNode', 'event': '$pageview'}]",
    "trend = {'kind': 'InsightVizNode', 'source': {'kind': 'TrendsQuery', 'series': series}}",
    "visits = posthog.Insight('visits', project=web.id, name='Visits', query=trend)",
    "tiles = [{'insight': visits.id}, {'text': {'body': 'How we are doing'}}]",
    "posthog.Dashboard('board', project=web.id, name='Board', tiles=tiles)",
    "posthog.Annotation('launch', project=web.id, content='Launch', date_marker='2026-01-02T00:00:00Z')",
    "posthog.HogFunction('hook', project=web.id, name='Hook', type='destination', template='template-webhook',"
    " inputs={'url': 'https://hooks.acme.io/x', 'headers': {'Authorization': pulumi.Output.secret('hush')}})",
    "posthog.HealthCheck('alive', project=web, last='1h', expect='>= 0')",
]


def test_what_differs_from_a_program_of_many_kinds_is_told_without_a_file(stack):
    stack.set("host", stack.posthog.url)
    stack.set("organization", stack.posthog.organization)
    program(stack, *OF_MANY_KINDS)
    first = stack.up()
    assert first.status == 0, first.text
    stack.posthog.count_anew()

    same = stack.command("drift", "--stack", "test", "--who", "0")
    assert (same.status, "there is no configuration" in same.text) == (0, True), same.text

    organization = f"/api/organizations/{stack.posthog.organization}"
    project = f"/api/projects/{stack.posthog.project('Web')['id']}"
    flag, hook, board = (
        next(each for each in stack.posthog.all(f"{project}/{path}/") if each["name"] == name or name is None)
        for path, name in (("feature_flags", None), ("hog_functions", "Hook"), ("dashboards", "Board"))
    )
    reading = stack.posthog.role("Readers")["id"]
    (ana,) = (
        each
        for each in stack.posthog.all(f"{organization}/roles/{reading}/role_memberships/")
        if each["user"]["email"] == "ana@acme.io"
    )
    for method, path, body in (
        ("PATCH", f"{organization}/", {"members_can_create_projects": False}),
        ("PATCH", f"{project}/", {"timezone": "Asia/Tokyo"}),
        ("PATCH", f"{project}/feature_flags/{flag['id']}/", {"active": False, "filters": {"groups": [{}]}}),
        ("PATCH", f"{project}/hog_functions/{hook['id']}/", {"deleted": True}),
        ("PATCH", f"{project}/dashboards/{board['id']}/", {"name": "Bored"}),
        ("DELETE", f"{organization}/roles/{reading}/role_memberships/{ana['id']}/", None),
    ):
        stack.posthog.call(method, path, body)

    elsewhere = stack.posthog.project("Default project")["id"]
    (notes,) = stack.posthog.all(f"/api/projects/{elsewhere}/file_system/?search=Notes")
    stack.posthog.call("DELETE", f"/api/projects/{elsewhere}/file_system/{notes['id']}/")

    told = stack.command("drift", "--stack", "test", "--who", "0", "--format", "json")

    report = json.loads(told.text[told.text.index("{") :])
    assert sorted((each["status"], each["path"]) for each in report["findings"]) == [
        ("changed_live", "organization.settings.members_can_create_projects"),
        ("changed_live", "projects.Web.dashboards.Board.name"),
        ("changed_live", "projects.Web.feature_flags.beta.filters.groups[0].properties"),
        ("changed_live", "projects.Web.timezone"),
        ("changed_live", "roles.Readers.members[ana@acme.io]"),
        ("gone", f"projects.{elsewhere}.file_system.Notes"),
        ("gone", "projects.Web.hog_functions.Hook"),
    ]
    undeclared = stack.command("drift", "--stack", "test", "--who", "0", "--undeclared")
    assert (undeclared.status, "projects.Default project" in undeclared.text) == (7, False), undeclared.text

    again = stack.up()

    assert again.status == 0, again.text
    after = stack.command("drift", "--stack", "test", "--who", "0")
    assert after.status == 0, after.text
