"""Which entries make room for which others, where PostHog takes only so many of them."""

from __future__ import annotations

from pathlib import Path

from pulumi_posthog import config
from pulumi_posthog.reconcile.caps import room_first, room_makers

HEAD = """organization: {host: https://eu.posthog.com, id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c}
projects:
  Web:
    hog_functions:
"""


def declared(folder: Path, *functions: tuple[str, str, bool]) -> config.Desired:
    """(name, type, enabled) of each function, in the order of the file."""
    rows = "".join(
        f"      {name}: {{type: {type_}, enabled: {str(enabled).lower()}, hog: a}}\n"
        for name, type_, enabled in functions
    )
    path = folder / "posthog.yaml"
    path.write_text(HEAD + rows)
    return config.load(path, environment={}, offline=True)


def test_what_is_disabled_comes_before_what_is_enabled(tmp_path):
    desired = declared(tmp_path, ("On", "transformation", True), ("Off", "transformation", False))

    assert room_makers(desired) == {
        ("hog_function", "Web/On"): (("hog_function", "Web/Off"),),
    }
    assert [entry.name for entry in room_first(desired)] == ["Web", "Web/Off", "Web/On"]


def test_what_two_caps_count_does_not_wait_for_each_other(tmp_path):
    desired = declared(tmp_path, ("Events", "transformation", True), ("Logs", "transformation_log", True))

    assert room_makers(desired) == {}
