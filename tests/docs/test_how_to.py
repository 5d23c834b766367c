"""The how-to pages, followed from the top: their files written, their commands run, their outputs looked for."""

from __future__ import annotations

import pytest

from harness.stack import HEADER, Stack

from . import pages

# Their commands need a machine of the reader's; `killed-run.md` is tests/e2e/test_incidents.py, `plugin.md`
# tests/e2e/test_plugin.py.
NOT_RUN = {"README.md", "harden.md", "killed-run.md", "plugin.md", "state.md"}
GUIDES = [page for page in sorted((pages.DOCS / "how-to").glob("*.md")) if page.name not in NOT_RUN]
# What the reader has set already.
SECRETS = {"ORDERS_HOOK_TOKEN": "hush-hush-very-secret"}
# Of a page that is about no file in particular.
SOMETHING = f"{HEADER}roles:\n  Analysts: {{}}\n"


@pytest.mark.e2e
@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_a_page_does_what_it_says(page, stack: Stack):
    if "pipeline_destinations:" in page.read_text():
        stack.posthog.allow_legacy_destinations()
    if "export --output posthog.yaml" not in page.read_text():
        stack.folder.joinpath("posthog.yaml").write_text(SOMETHING)

    pages.read(page, stack.environment | SECRETS, stack.folder, header=HEADER)


@pytest.mark.parametrize("page", sorted(NOT_RUN - {"README.md"}))
def test_a_page_that_is_not_run_has_no_block_that_looks_as_if_it_were(page):
    assert pages.steps(pages.DOCS / "how-to" / page) == ()


def test_every_page_is_in_the_list_of_pages():
    listed = (pages.DOCS / "how-to" / "README.md").read_text()

    assert [page.name for page in GUIDES if f"({page.name})" not in listed] == []
