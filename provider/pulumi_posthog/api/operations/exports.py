"""Exports: a dashboard or an insight as a file (posthog-api.md 10.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO, Final

from pulumi_posthog.api.errors import GaveUp, IncompleteRead, Invalid
from pulumi_posthog.api.operations.operation import Operations, below_project, operation
from pulumi_posthog.api.pacing import Patience
from pulumi_posthog.api.paging import Json

LONGEST: Final = 600.0  # seconds
# What PostHog calls the formats, by the endings that such files have.
MEDIA_TYPES: Final[Mapping[str, str]] = {
    "png": "image/png",
    "pdf": "application/pdf",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "webm": "video/webm",
}


class Exports(Operations):
    """Exports of a project: `Exports(client, project=42)`; to make one takes a Writer."""

    PREFIXES = below_project("exports")

    @operation("GET", "", scope="export:read")
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of exports."""

    def iterate(self, *, page_size: int = 100) -> Iterator[Json]:
        """Exports one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, limit=page_size)

    @operation("POST", "", scope="export:write")
    def create(
        self,
        *,
        export_format: str,
        dashboard: int | None = None,
        insight: int | None = None,
        export_context: Mapping[str, Json] | None = None,
    ) -> Json:
        """Begins an export of a dashboard, an insight or what the context says; `export_format` is a media type."""

    @operation("GET", "{id}/", scope="export:read")
    def get(self, id: int | str) -> Json:
        """One export; `has_content` says whether its file is there, `exception` what went wrong."""

    @operation("GET", "{id}/content/", scope="export:read", formats=("file",))
    def content(self, id: int | str, target: IO[bytes]) -> Json:
        """Writes the file to `target` and returns its size in bytes."""

    def finished(
        self,
        id: int | str,
        *,
        within: float = LONGEST,
        progress: Callable[[float], object] = lambda _seconds: None,
    ) -> Json:
        """Waits until the file of an export is there; returns the export.

        `within` is in seconds; `progress` hears for how many it has waited. Raises Invalid when PostHog could not make
        the file, GaveUp when it takes longer, and as `get`.
        """
        path = self._path(self.PREFIXES[0], f"{id}/")
        patience = Patience(self.client.pace, within)
        while True:
            export = self.get(id)
            if not isinstance(export, dict):
                raise IncompleteRead("the answer is not an export", method="GET", path=path)
            if str(export.get("has_content")).casefold() == "true":
                return export
            if export.get("exception"):
                raise Invalid(
                    f'PostHog could not make the file: "{self.client.quoted(str(export["exception"]))}"',
                    method="GET",
                    path=path,
                )
            progress(patience.waited)
            if not patience.wait():
                raise GaveUp(
                    f"PostHog has not finished the file within {within:g} s",
                    method="GET",
                    path=path,
                    hint="allow it more time; a smaller dashboard is ready sooner",
                )
