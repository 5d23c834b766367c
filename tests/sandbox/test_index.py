"""The index of URLs finds what trying them one by one finds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


def a_path_of(pattern: str) -> str:
    """One that matches: 7 for what can be anything, the first of several words."""
    path = pattern.removeprefix("^").removesuffix("/?$")
    path = re.sub(r"\(\?P<collection>([^)|]*)[^)]*\)", r"\1", path)
    return re.sub(r"\(\?P<\w+>[^)]*\)", "7", path)


@pytest.mark.parametrize("tail", ["", "/", "x/", "/more/"])
def test_each_path_leads_where_all_urls_in_their_order_lead(database: Path, tail: str) -> None:
    from django.urls import URLResolver
    from django.urls.resolvers import RoutePattern

    from pulumi_posthog.sandbox.server.routes import api, urlpatterns

    one_by_one = URLResolver(RoutePattern("api/", is_endpoint=False), list(api))
    paths = [f"api/{a_path_of(str(each.pattern))}{tail}" for each in api]

    found = [urlpatterns[0].resolve(path) for path in paths]

    expected = [one_by_one.resolve(path) for path in paths]
    assert [(each.func, each.kwargs) for each in found if each] == [
        (each.func, each.kwargs) for each in expected if each
    ]
    assert len({each.func for each in found if each}) > 1


def test_few_urls_are_tried_for_a_request(database: Path) -> None:
    from pulumi_posthog.sandbox.server.routes import api, urlpatterns

    index = urlpatterns[0]
    index.resolve("api/projects/7/insights/")

    tried = index.found["projects", "insights"].url_patterns  # type: ignore[union-attr]
    assert len(tried) < len(api) / 10
