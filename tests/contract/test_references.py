"""`!ref kind/name` and bare names in place of ids: what they mean, what a state and a report show, what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.functions import PostHog
from harness.pipeline_stack import HEAD, Stack
from harness.run import begin_anew
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.reconcile.plan import plan
from pulumi_posthog.reconcile.shown import rows
from pulumi_posthog.values.variables import KEY_VARIABLE

ACTION = """
      Signups:
        template: template-webhook
        inputs: {url: https://a.io}
        filters: {actions: [{id: !ref action/Signed up, name: Signed up, type: actions, order: 0}]}
"""
SHARED = """
      Second: {hog: "b", inputs_schema: [{key: first, type: string}], inputs: {first: !ref hog_function/First}}
      First: {hog: "a"}
"""


@pytest.fixture
def posthog() -> Iterator[PostHog]:
    server = PostHog(projects=("Web", "Shop"))
    server.lists["1", "actions"] = [{"id": 41, "name": "Signed up"}, {"id": 42, "name": "Paid"}]
    server.lists["1", "dashboards"] = [{"id": 5, "name": "Growth"}, {"id": 6, "name": "Team"}]
    server.lists["1", "cohorts"] = [
        {"id": 9, "name": "Beta testers"},
        {"id": 10, "name": "Twin"},
        {"id": 11, "name": "Twin"},
    ]
    yield server
    server.close()


@pytest.fixture
def stack(tmp_path: Path, posthog: PostHog, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    monkeypatch.chdir(tmp_path)
    begin_anew()
    yield Stack(tmp_path, posthog)
    begin_anew()


def state_of(stack: Stack, name: str) -> dict[str, object]:
    return stack.engine.state["hog_function", name].outputs


def test_an_action_that_nobody_declares_is_found_by_its_name_and_sent_as_a_text(stack, posthog):
    stack.up(ACTION)

    (action,) = posthog.named("Signups")["filters"]["actions"]
    assert action["id"] == "41"
    state = state_of(stack, "Web/Signups")
    assert json.loads(state["filters"])["actions"][0]["id"] == "!ref action/Signed up"
    assert state["__ids"] == {"action/Signed up": "41"}
    assert stack.up(ACTION) == []
    assert stack.differences(ACTION) == []


def test_another_id_at_that_place_is_shown_by_its_name(stack, posthog):
    stack.up(ACTION)
    posthog.named("Signups")["filters"]["actions"][0]["id"] = "42"
    live = stack.live()

    observed = observe(stack.load(ACTION), live)

    live.reader.close()
    ((difference,),) = [change.differences for change in plan(observed.readable, observed.for_plan).changes]
    assert [(row.path, row.live, row.declared) for row in rows(difference)] == [
        ("filters['actions'][0]['id']", "!ref action/Paid", "!ref action/Signed up")
    ]
    assert stack.up(ACTION) == [("update", ("hog_function", "Web/Signups"))]
    assert posthog.named("Signups")["filters"]["actions"][0]["id"] == "41"


def test_what_is_declared_is_made_before_what_refers_to_it_whatever_the_order_of_the_file(stack, posthog):
    stack.up(SHARED)

    first = posthog.named("First")["id"]
    assert posthog.named("Second")["inputs"]["first"] == {"value": first}
    assert '"first": "!ref hog_function/First"' in state_of(stack, "Web/Second")["inputs"]
    assert stack.up(SHARED) == []
    assert stack.differences(SHARED) == []


def test_what_refers_to_something_that_is_made_anew_follows_it(stack, posthog):
    stack.up(SHARED)

    operations = stack.up(SHARED.replace('First: {hog: "a"', 'First: {type: source_webhook, hog: "a"'))

    assert operations == [
        ("replace", ("hog_function", "Web/First")),
        ("update", ("hog_function", "Web/Second")),
    ]
    assert posthog.named("Second")["inputs"]["first"] == {
        "value": posthog.named("First", "source_webhook")["id"]
    }


def test_a_field_that_refers_by_nature_takes_the_bare_name(stack, posthog):
    head = HEAD.replace("    hog_functions:", "    primary_dashboard: Growth\n    hog_functions:")

    stack.up("      {}", head=head)

    assert posthog.projects["1"]["primary_dashboard"] == 5
    assert stack.engine.state["project", "Web"].outputs["primary_dashboard"] == "!ref dashboard/Growth"
    assert stack.differences("      {}", head=head) == []
    posthog.projects["1"]["primary_dashboard"] = 6
    assert stack.differences("      {}", head=head) == ["update Web: ['primary_dashboard']"]
    stack.up("      {}", head=head)
    assert posthog.projects["1"]["primary_dashboard"] == 5


def test_a_cohort_is_named_in_the_filters_of_a_project(stack, posthog):
    filters = "[{key: id, type: cohort, operator: not_in, value: !ref cohort/Beta testers}]"
    head = HEAD.replace("    hog_functions:", f"    test_account_filters: {filters}\n    hog_functions:")

    stack.up("      {}", head=head)

    assert posthog.projects["1"]["test_account_filters"][0]["value"] == 9
    assert stack.up("      {}", head=head) == []


WRONG = """
      A: {hog: a, inputs_schema: [{key: x, type: json}], inputs: {x: !ref cohort/Beta tester}}
      B: {hog: a, inputs_schema: [{key: x, type: json}], inputs: {x: !ref cohort/Twin}}
"""


def test_a_filter_on_an_action_that_nobody_has_is_told_with_its_place(stack):
    assert stack.problems(ACTION.replace("action/Signed up", "action/Signed out")) == [
        'posthog.yaml:9:34: there is no action "Signed out": none is declared here, and PostHog has none in this'
        ' project\n  hint: did you mean "Signed up"?'
    ]


def test_what_nobody_has_and_what_several_are_is_told_with_its_place(stack):
    assert stack.problems(WRONG) == [
        'posthog.yaml:6:70: there is no cohort "Beta tester": none is declared here, and PostHog has none in this'
        ' project\n  hint: did you mean "Beta testers"?',
        "posthog.yaml:7:70: 2 objects answer to !ref cohort/Twin: 10, 11\n"
        "  hint: write the id of the one that is meant in its place, or rename the others",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "      A: {hog: a, inputs_schema: [{key: x, type: json}], inputs: {x: !ref cohrt/Beta}}",
            'posthog.yaml:5:70: !ref knows no kind "cohrt"\n  hint: did you mean "cohort"?',
        ),
        (
            "      A: {hog: a, inputs_schema: [{key: x, type: json}], inputs: {x: !ref Beta}}",
            "posthog.yaml:5:70: !ref takes a kind and a name\n  hint: write `!ref kind/name`",
        ),
        (
            "      A: {hog: a, inputs_schema: [{key: x, type: json}], inputs: {x: !ref hog_function/B}}\n"
            "      B: {hog: a, inputs_schema: [{key: x, type: json}], inputs: {x: !ref hog_function/A}}",
            "posthog.yaml:6:70: !ref hog_function/A makes a loop: Web/A -> Web/B -> Web/A\n"
            "  hint: what is referred to is made first: take one of the references out",
        ),
        (
            "      A: {hog: a, inputs_schema: [{key: x, type: json}], inputs: {x: !ref hog_function/S}}\n"
            "  Shop:\n    hog_functions:\n      S: {hog: a}",
            'posthog.yaml:5:70: hog_function/S is declared in project "Shop", and an id of one project means nothing'
            ' in another\n  hint: declare it in project "Web" as well',
        ),
        (
            "      A: {hog: a, description: !ref cohort/Beta testers}",
            "posthog.yaml:5:32: !ref cohort/Beta testers has no meaning here\n  hint: `!ref` gives the id of an"
            " object: use it in a field that holds an id, or anywhere in a JSON document",
        ),
    ],
    ids=["kind", "form", "loop", "across projects", "place"],
)
def test_a_reference_that_can_mean_nothing_is_refused_before_posthog_is_asked(stack, posthog, text, problem):
    found = stack.problems(text)

    assert found == [problem]
    assert not posthog.requests


def test_a_text_that_looks_like_a_reference_stays_a_text(stack, posthog):
    text = """
      A: {hog: a, inputs_schema: [{key: x, type: string}], inputs: {x: "!ref cohort/Beta testers"}}
"""
    stack.up(text)

    assert posthog.named("A")["inputs"]["x"] == {"value": "!ref cohort/Beta testers"}
    assert stack.up(text) == []


SETTINGS = """
      A:
        hog: a
        enabled: !config live
        inputs_schema: [{key: x, type: json}, {key: y, type: json}, {key: z, type: string}]
        inputs: {x: !config hosts, y: !config most, z: !config name}
"""


def test_a_plain_value_of_the_stacks_configuration_has_the_type_that_is_wanted(stack, posthog):
    settings = {"live": "true", "hosts": '["a.io", "b.io"]', "most": "30", "name": "Acme"}

    stack.up(SETTINGS, settings=settings)

    made = posthog.named("A")
    assert made["enabled"] is True
    assert {key: item["value"] for key, item in made["inputs"].items()} == {
        "x": ["a.io", "b.io"],
        "y": 30,
        "z": "Acme",
    }


def test_a_setting_that_is_not_there_is_told_with_its_place(stack):
    assert stack.problems("      A: {hog: !config code}") == [
        'posthog.yaml:5:16: the stack configuration has no "code"\n  hint: set it: pulumi config set posthog:code'
    ]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/etc/passwd", "!text /etc/passwd is an absolute path"),
        ("../other.hog", "!text ../other.hog is outside the configuration's folder"),
        (".env", "!text .env is a file that no configuration reads"),
        ("no.hog", "!text no.hog: there is no file no.hog"),
    ],
)
def test_the_text_of_a_file_is_read_beside_the_configuration_only(stack, path, words):
    (problem,) = stack.problems(f"      A: {{hog: !text {path}}}")

    assert problem.startswith(f"posthog.yaml:5:16: {words}")
