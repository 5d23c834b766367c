"""Waiting until PostHog has finished what a request began."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pulumi_posthog.api import Forbidden, NotFound, Writer
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.spelling import one_line

LONGEST_WAIT: Final = 600.0  # seconds
EVERY: Final = 5.0  # seconds from one look to the next
SAY_EVERY: Final = 30.0  # seconds


class Settling:
    """Waits for what PostHog does by itself with new objects; says once when it may not ask."""

    def __init__(self, writer: Writer, say: Callable[[str], object], longest: float = LONGEST_WAIT) -> None:
        self._writer = writer
        self._say = say
        self._longest = longest
        self._may_ask = True

    def wait(self, kind: Kind, path: str, name: str, answer: Json) -> None:
        """Return when the object at `path` is no longer busy, after `longest` seconds, or when nobody may ask."""
        busy = kind.busy
        if busy is None or not self._may_ask or not answer.get(busy.sign):
            return
        waited = 0.0
        while self._is_busy(f"{path}{busy.path}", busy.answer, busy.words, kind):
            if waited >= self._longest:
                self._say(
                    f'{kind.title} "{one_line(name)}" is {busy.words} after {waited:.0f} s: the run continues'
                )
                return
            if waited % SAY_EVERY == 0:
                self._say(
                    f'{kind.title} "{one_line(name)}" is {busy.words}:'
                    f" waited {waited:.0f} s of at most {self._longest:.0f} s"
                )
            self._writer.pace.sleep(EVERY)
            waited += EVERY

    def _is_busy(self, path: str, name: str, words: str, kind: Kind) -> bool:
        try:
            return bool(self._writer.get_object(path, key=None).get(name))
        except (Forbidden, NotFound):
            self._may_ask = False
            self._say(
                f"PostHog does not tell this key whether a {kind.title} is {words}: the run continues without waiting"
            )
            return False
