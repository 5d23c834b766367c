"""Random configurations, random live objects, random faults and kills: repeated `up` always gets there.

`make test` runs about thirty examples, the same each time, `make soak` thousands; hypothesis prints the seed of a
failure. Most run the engine's calls in this process, a share of them the real `pulumi`.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from harness.drivers import RealPulumi
from harness.model import Model, models
from harness.soak import examples
from harness.stack import Stack
from harness.world import DISTURBANCES, ROUNDS, Disturbance, converge, lose_little
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.stack.dynamic import process

REAL_SHARE = 100  # of so many examples in a soak, one runs the real command line, which takes half a minute
FOLDERS = itertools.count()


@settings(**examples(16))
@given(ROUNDS)
def test_repeated_ups_converge_whatever_happens(anew, posthog, rounds):
    converge(anew(), posthog, rounds)


@settings(**examples(9))
@given(ROUNDS)
def test_no_run_loses_more_than_the_rails_allow_whatever_happens(anew, posthog, monkeypatch, rounds):
    monkeypatch.setattr(process.run.settings, "limits", Limits())

    lose_little(anew(), posthog, rounds)


# An empty file is refused by the program, which the engine in this process does without.
DECLARING = models().filter(lambda model: bool(model.entries))
# A real run waits between its tries: none of the faults that it has to sit out.
QUICK = DISTURBANCES.map(
    lambda each: replace(
        each, another=False, faults=tuple(fault for fault in each.faults if "times=6" not in fault)
    )
)


def nothing_moves(rounds: list[tuple[Model, Disturbance]]) -> bool:
    """Whether what is in folders stays there: a file has to say `previously` of what it moves, and no model does."""
    places: dict[str | None, set[str]] = {}
    for model, _ in rounds:
        for kind, name, project, fields in model.entries:
            if kind == "file_system_entry" and dict(fields).get("ref"):
                places.setdefault(project, set()).add(name)
    return all(len(names) == 1 for names in places.values())


@pytest.mark.e2e
@settings(**examples(2, share=REAL_SHARE), phases=(Phase.explicit, Phase.generate))
@given(st.lists(st.tuples(DECLARING, QUICK), min_size=1, max_size=2).filter(nothing_moves))
def test_with_the_real_command_line_too(tmp_path, posthog, rounds):
    posthog.call("POST", "/_sandbox/reset")
    posthog.allow_legacy_destinations()
    stack = Stack(tmp_path / str(next(FOLDERS)), posthog, SNOWFLAKE_PASSWORD="hush")
    for name, value in {
        "maxRemovals": "1000",
        "maxRemovalShare": "1",
        "allowRemovals": ",".join(f"{kind}=1000" for kind in KINDS),
    }.items():
        stack.set(name, value)

    converge(RealPulumi(stack), posthog, rounds)


def test_an_object_of_that_name_in_another_project_does_not_hide_that_one_is_removed(
    anew, posthog, monkeypatch
):
    monkeypatch.setattr(process.run.settings, "limits", Limits())
    calm = Disturbance()

    def project(name: str, *destinations: str) -> Model:
        fields = (("plugin", 1),)
        return Model(
            (
                ("project", name, None, (("name", name),)),
                *(
                    ("pipeline_destination", f"{name}/{each}", name, (("name", each), *fields))
                    for each in destinations
                ),
            ),
        )

    lose_little(
        anew(), posthog, [(project("Shop", "Orders", "Users"), calm), (project("Web", "Orders"), calm)]
    )
