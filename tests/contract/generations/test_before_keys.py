"""Before March 2025 no key may call functions: it is told, nothing is taken for gone, and nothing is written (1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract.generations import EXPORTS, FUNCTIONS, NOTHING
from harness.generations import Generation
from pulumi_posthog.api import NotOffered, NotServed
from pulumi_posthog.reconcile.observe import observe

MINE = '      Mine: {hog: "return event"}'
DENIED = 'PostHog answered 403 Forbidden: "This action does not support Personal API Key access"'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    with Generation("2024", tmp_path_factory.mktemp("posthog")) as posthog:
        yield posthog


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
def test_a_function_is_refused_and_nothing_is_written(stack, posthog, preview):
    stack.up(NOTHING, head=FUNCTIONS)

    with pytest.raises(NotOffered) as refused:
        stack.up(MINE, head=FUNCTIONS, preview=preview)

    assert DENIED in str(refused.value)
    assert str(refused.value).endswith(
        "this server does not offer that to a personal API key, whatever its scopes"
    )
    assert posthog.bodies == []


def test_a_server_without_a_list_of_templates_is_told_as_such(stack, posthog):
    text = MINE.replace("hog:", "template: template-webhook, hog:")
    stack.up(NOTHING, head=FUNCTIONS)

    with pytest.raises(NotServed) as refused:
        stack.up(text, head=FUNCTIONS)

    path = f"/api/projects/{posthog.project_id()}/hog_function_templates/"
    assert str(refused.value) == (
        f"GET {path}: this server has no list of hog function template objects; it is older than 2025, or has them"
        " switched off: take what is made from them out of the file"
    )
    assert posthog.bodies == []


def test_what_was_made_before_is_neither_gone_nor_deleted(stack, posthog):
    posthog.call("PATCH", "/_sandbox/settings", {"age": 2026})
    stack.up(MINE, head=FUNCTIONS)
    posthog.call("PATCH", "/_sandbox/settings", {"age": 2024})

    live = stack.live()
    observed = observe(stack.load(MINE, head=FUNCTIONS), live)
    live.reader.close()
    with pytest.raises(NotOffered):
        stack.up(MINE, head=FUNCTIONS)
    with pytest.raises(NotOffered):
        stack.up(NOTHING, head=FUNCTIONS)

    assert [(address, type(error)) for address, error in observed.unread.items()] == [
        (("hog_function", "Web/Mine"), NotOffered)
    ]
    posthog.call("PATCH", "/_sandbox/settings", {"age": 2026})
    assert [each["name"] for each in posthog.functions()] == ["GeoIP", "Mine"]
    assert stack.up(MINE, head=FUNCTIONS) == []


def test_an_export_says_that_functions_are_left_out_and_batch_exports_are_in_it(stack):
    copy = "      Copy: {type: NoOp, interval: day, config: {}}"
    stack.up(copy, head=EXPORTS)
    assert stack.up(copy, head=EXPORTS) == []

    exported = stack.exported()

    assert f"projects.Web.hog_functions: {DENIED}" in exported.left_out
    assert "      Copy: {type: NoOp, interval: day}\n" in exported.files["posthog.yaml"]
