"""Finds the URL of a request without trying all of them: there are hundreds, and most differ in two places."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.urls import ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

Key = tuple[str, str]
"""What stands first in a path, and behind the id: `projects`, `insights`; empty where anything can."""


def literal(part: str) -> str:
    """The text of a part that is nothing else; empty for one that says more."""
    return part if re.fullmatch(r"[\w-]+", part) else ""


def key_of(pattern: URLPattern | URLResolver) -> Key:
    """Of a URL as it is declared."""
    text = str(pattern.pattern).removeprefix("^").removesuffix("/?$").replace("[^/]", ".")
    first, _, third, *_ = [*(literal(part) for part in text.split("/")), "", "", ""]
    return first, third if first else ""


class Index(URLResolver):
    """The URLs below a prefix; each request is held against those that may be meant, in their order."""

    def __init__(self, prefix: str, urls: Sequence[URLPattern | URLResolver]) -> None:
        super().__init__(RoutePattern(prefix, is_endpoint=False), list(urls))
        self.prefix = prefix
        self.keys = [(key_of(each), each) for each in urls]
        self.known = {part for (key, _) in self.keys for part in key}
        self.found: dict[Key, URLResolver] = {}

    def resolve(self, path: str) -> ResolverMatch:
        parts = [*path.removeprefix(self.prefix).split("/"), "", "", ""]
        first, third = (part if part in self.known else "" for part in (parts[0], parts[2]))
        if (first, third) not in self.found:
            meant = [each for key, each in self.keys if key[0] in {"", first} and key[1] in {"", third}]
            self.found[first, third] = URLResolver(self.pattern, meant)
        return self.found[first, third].resolve(path)
