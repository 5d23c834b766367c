"""Random hog functions that refer to each other, changed by hand, with lost answers: repeated `up` gets there.

Nothing is made twice, nothing that nobody declared is touched, and what has the same name keeps its id.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.functions import PostHog
from harness.pipeline_stack import Stack
from harness.run import begin_anew
from harness.soak import examples
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.values.variables import KEY_VARIABLE

WIDE = Limits(number=1000, share=1.0, allowed=dict.fromkeys(KINDS, 1000))
BUGS = (TypeError, LookupError, AttributeError, ValueError, AssertionError)
NAMES = ("A", "B", "C", "D")


@st.composite
def files(draw: st.DrawFn) -> str:
    """Some functions: each may refer to one that comes before it in the alphabet, wherever that stands."""
    entries = []
    chosen = draw(st.permutations(sorted(draw(st.sets(st.sampled_from(NAMES))))))
    for name in chosen:
        before = [other for other in chosen if other < name]
        target = draw(st.sampled_from([None, *before]))
        value = f"!ref hog_function/{target}" if target else draw(st.sampled_from(["x", "y"]))
        kind = draw(st.sampled_from(("destination", "transformation", "source_webhook")))
        token = ", token: !env TOKEN" if draw(st.booleans()) else ""
        entries.append(
            f"      {name}: {{type: {kind}, hog: code, enabled: {str(draw(st.booleans())).lower()},"
            " inputs_schema: [{key: to, type: string}, {key: token, type: string, secret: true}],"
            f" inputs: {{to: {value}{token}}}}}"
        )
    exports = [
        f"      {name}: {{type: HTTP, interval: {draw(st.sampled_from(('hour', 'day')))},"
        f" config: {{url: https://{name}.io, token: !env TOKEN}}}}"
        for name in sorted(draw(st.sets(st.sampled_from("XY"))))
    ]
    below = "\n".join(entries) or "      {}"
    return below + ("\n    batch_exports:\n" + "\n".join(exports) if exports else "") + "\n"


EDITS = st.lists(
    st.tuples(st.sampled_from(("delete", "value", "order", "mine")), st.integers(0, 9)), max_size=3
)
LOST = st.lists(st.sampled_from(("POST", "PATCH")), max_size=2)


def edit(posthog: PostHog, what: str, dice: int) -> None:
    """Somebody changes something in PostHog."""
    rows = sorted(posthog.here("1"), key=lambda each: str(each["name"]))
    row = rows[dice % len(rows)]
    match what:
        case "delete" if row["name"] in NAMES:
            row["deleted"] = True
        case "value" if row["inputs"]:
            row["inputs"] = {"to": {"value": "by hand"}}
        case "order" if row["type"] == "transformation":
            row["execution_order"] = 7
        case "mine":
            posthog.make("1", {"name": f"mine {len(posthog.functions)}", "hog": "mine"})


def mine(posthog: PostHog) -> set[str]:
    return {each["id"] for each in posthog.here("1") if each["name"] not in NAMES}


def disturbed(stack: Stack, text: str) -> None:
    """One run that may fail, but not by a bug."""
    try:
        stack.up(text)
    except BUGS:
        raise
    except Exception:
        return  # PostHog's answer was lost, and the run says so


@settings(**examples(20))
@given(st.lists(st.tuples(files(), EDITS, LOST), min_size=1, max_size=4))
def test_repeated_ups_of_functions_and_exports_converge(tmp_path_factory, rounds):
    posthog = PostHog()
    folder = tmp_path_factory.mktemp("model")
    here = Path.cwd()
    try:
        os.chdir(folder)
        with (
            mock.patch.dict(os.environ, {KEY_VARIABLE: posthog.key}),
            mock.patch("pulumi_posthog.api.pacing.Pace.sleep"),
            mock.patch.object(process.run.settings, "limits", WIDE),
        ):
            stack = Stack(folder, posthog)
            for text, edits, lost in rounds:
                for what, dice in edits:
                    edit(posthog, what, dice)
                theirs = mine(posthog)
                posthog.lost = Counter(lost)
                disturbed(stack, text)
                posthog.lost.clear()
                stack.up(text)

                assert stack.up(text) == []
                assert posthog.writes == []
                assert stack.differences(text) == []
                assert mine(posthog) == theirs
                names = Counter((each["type"], each["name"]) for each in posthog.here("1"))
                assert not [name for name, count in names.items() if count > 1]
                declared = {
                    line.split(":")[0].strip() for line in text.splitlines() if line.startswith("      ")
                }
                assert {each["name"] for each in posthog.here("1")} & set(NAMES) == declared & set(NAMES)
                assert {each["name"] for each in posthog.exports.values()} == declared & {"X", "Y"}
    finally:
        os.chdir(here)
        posthog.close()
        begin_anew()
