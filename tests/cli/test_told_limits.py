"""What the command says about limits: its own and those of a query."""

from __future__ import annotations

import pytest

from pulumi_posthog.cli.verbs.explain import _persons
from pulumi_posthog.cli.verbs.query import limits_itself
from pulumi_posthog.reconcile.limits import Limits


@pytest.mark.parametrize(
    ("query", "has"),
    [
        ("select event from events LIMIT 3", True),
        ("select event from events limit 3", True),
        ("select 'limit 3' from events", False),
        ('select "limit" from events -- limit 3', False),
        ("select a /* limit 3 */ from events", False),
        ("select rate_limit from events", False),
        ({"kind": "HogQLQuery", "query": "select 1 limit 1"}, True),
        ({"kind": "EventsQuery", "select": ["*"], "limit": 3}, True),
        ({"kind": "EventsQuery", "select": ["*"]}, False),
    ],
)
def test_a_query_that_has_a_limit_is_told_from_one_that_has_none(query, has):
    assert limits_itself(query) is has


def test_explain_says_the_limit_that_a_run_has(monkeypatch):
    monkeypatch.setattr("pulumi_posthog.reconcile.limits.Limits", lambda: Limits(erasures=77))

    facts = dict(_persons("projects.persons", []).facts)

    assert facts["at most"] == "77 persons of a project in one run: posthog:maxErasures."
