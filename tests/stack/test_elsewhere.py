"""What comes below another parent under the same name is replaced, and counts."""

from __future__ import annotations

import pytest

from pulumi_posthog.reconcile.limits import removals
from pulumi_posthog.stack import elsewhere

WEB_AND_SHOP = {"project": {"": {"web": "", "shop": ""}}}
CALLED = {("project", "web"): "Web", ("project", "shop"): "Shop"}


def counted(now, *, projects=WEB_AND_SHOP, renamed=None, declared=None, called=None):
    """How many of two dashboards of "web" count as replaced, where they are below `now`."""
    before = {**WEB_AND_SHOP, "dashboard": {"web": {"one": "", "two": ""}}}
    after = {**projects, "dashboard": {now: {"one": "", "two": ""}}}
    marked = elsewhere.replaced(before, after, renamed or {}, declared or {}, called or {})
    return len(removals(marked, after, renamed or {})["dashboard"]["web"])


def test_below_another_declared_parent_they_count():
    assert (counted("web"), counted("shop")) == (0, 2)


@pytest.mark.parametrize(("own", "count"), [("Web", 0), ("Site", 2)])
def test_below_a_parent_of_another_resource_name_they_count_where_that_is_another_object(own, count):
    projects = {"project": {"": {"site": "", "shop": ""}}}

    assert counted("site", projects=projects, declared={"project": {"site": own}}, called=CALLED) == count
    assert counted("site", projects=projects) == 0  # nobody knows


def test_below_a_parent_that_was_renamed_or_is_not_known_they_do_not():
    projects = {"project": {"": {"site": "", "shop": ""}}}

    assert counted("site", projects=projects, renamed={"project": {"web": "site"}}, called=CALLED) == 0
    assert counted("") == 0


def test_what_a_state_has_of_a_kind_that_there_was_is_left():
    before = {"plugin": {"web": {"one": ""}}}

    assert elsewhere.replaced(before, {"plugin": {"shop": {"one": ""}}}, {}, {}, {}) == before
