"""How many requests 50 projects with 10 functions and a batch export each take, and that `estimate` knows it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from harness.functions import PostHog
from harness.pipeline_stack import Stack
from harness.run import begin_anew
from pulumi_posthog.cli.look import Look
from pulumi_posthog.cli.verbs.estimate import at_most, of_look
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.reconcile.plan import plan
from pulumi_posthog.stack.program import resolved
from pulumi_posthog.values.variables import KEY_VARIABLE

EXPORT = {"name": "E", "interval": "day", "destination": {"type": "NoOp", "config": {}}}
PROJECTS, FUNCTIONS = 50, 10
WHOLE = {"projects": 1 + PROJECTS, "hog_functions": PROJECTS, "batch_exports": 1}


@pytest.mark.parametrize(
    ("full", "lists"),
    [(True, WHOLE), (False, {**WHOLE, "hog_functions": PROJECTS * (1 + FUNCTIONS)})],
    ids=["the list has all fields", "the list leaves fields out"],
)
def test_a_run_that_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full, lists):
    posthog = PostHog(full=full, projects=tuple(f"P{place}" for place in range(PROJECTS)))
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POSTHOG_REQUESTS_PER_MINUTE", "1000000")
    monkeypatch.setenv("POSTHOG_REQUESTS_PER_HOUR", "10000000")
    begin_anew()
    stack = Stack(tmp_path, posthog)
    head = "organization: {host: HOST, id: ORGANIZATION}\nprojects:\n"
    text = "".join(
        f"  P{project}:\n    hog_functions:\n"
        + "".join(f"      F{place}: {{hog: code}}\n" for place in range(FUNCTIONS))
        + "    batch_exports: {E: {type: NoOp, interval: day}}\n"
        for project in range(PROJECTS)
    )
    try:
        for project in posthog.projects:
            for place in range(FUNCTIONS):
                posthog.make(project, {"name": f"F{place}", "hog": "code"})
        for project in posthog.projects:
            posthog.answer("POST", f"/api/projects/{project}/batch_exports/", EXPORT)
        posthog.count_anew()

        assert stack.differences(text, head=head) == []

        assert posthog.writes == []
        sent: Counter[str] = Counter()
        for request, number in posthog.requests.items():
            parts = request.removesuffix("/").split("/")
            family = next(name for name in reversed(parts) if name in (*lists, "api"))
            sent[family] += number
        assert {name: sent[name] for name in lists} == lists
    finally:
        posthog.close()
        begin_anew()


OWN_CODE = "{hog: code}"
FROM_TEMPLATE = "{template: template-webhook, inputs: {url: https://a.io, signing_secret: !env SIGNING}}"


@pytest.mark.parametrize(
    ("full", "function"),
    [(True, FROM_TEMPLATE), (False, OWN_CODE)],
    ids=["of a template, and the list has all fields", "of own code, and the list leaves fields out"],
)
def test_an_estimate_is_what_runs_then_send(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full, function):
    posthog = PostHog(full=full, projects=tuple(f"P{place}" for place in range(PROJECTS)))
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POSTHOG_REQUESTS_PER_MINUTE", "1000000")
    monkeypatch.setenv("POSTHOG_REQUESTS_PER_HOUR", "10000000")
    begin_anew()
    stack = Stack(tmp_path, posthog)
    head = "organization: {host: HOST, id: ORGANIZATION}\nprojects:\n"
    text = "".join(
        f"  P{project}:\n    hog_functions:\n"
        + "".join(f"      F{place}: {function}\n" for place in range(FUNCTIONS))
        + "    batch_exports: {E: {type: NoOp, interval: day}}\n"
        for project in range(PROJECTS)
    )

    def estimated() -> tuple[int, int]:
        live = stack.live()
        try:
            observed = observe(stack.load(text, head=head), live)
            found = of_look(Look(live, observed, plan(observed.readable, observed.for_plan)), ())
        finally:
            live.reader.close()
        return found.reads, found.writes

    def run() -> tuple[int, int]:
        posthog.count_anew()
        live = stack.live()
        desired = resolved(stack.load(text, head=head), live, say=lambda _: None)
        live.reader.close()
        assert stack.engine.up(desired).errors == []
        writes = len(posthog.writes)
        return sum(posthog.requests.values()) - writes, writes

    try:
        first, made = estimated(), run()
        then, unchanged = estimated(), run()

        assert made == first
        assert made[1] == PROJECTS * (FUNCTIONS + 1)
        # The stack has the ids of the projects by now, and does not ask for their list.
        assert unchanged == (then[0] - 1, 0)
        most = at_most(stack.load(text, head=head))
        assert (most.reads >= max(made[0], unchanged[0]), most.writes >= made[1]) == (True, True)
    finally:
        posthog.close()
        begin_anew()
