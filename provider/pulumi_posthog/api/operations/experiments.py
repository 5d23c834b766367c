"""Experiments, who is held out of them, and the metrics that they share (posthog-api-release.md 5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.api.operations.operation import Operations, operation
from pulumi_posthog.api.paging import Json


class Experiments(Operations):
    """Comparisons of a flag's variants: `Experiments(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/experiments/",)

    @operation("GET", "", scope="experiment:read")
    def list(
        self,
        *,
        archived: str | None = None,
        created_by_id: int | None = None,
        search: str | None = None,
        order: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of experiments; newer servers leave out their metrics. `archived: "true"` lists those alone."""

    def iterate(self, *, archived: str | None = None, page_size: int = 100) -> Iterator[Json]:
        """Experiments one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, archived=archived, limit=page_size)

    @operation("POST", "", scope="experiment:write feature_flag:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes an experiment, and its flag where there is none with that key."""

    @operation("GET", "{id}/", scope="experiment:read")
    def get(self, id: int) -> Json:
        """One experiment, with its metrics."""

    @operation("PATCH", "{id}/", scope="experiment:write feature_flag:write")
    def update(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; dates start and stop it, `deleted` deletes it. Send `parameters` complete, or not at all."""

    @operation("DELETE", "{id}/", scope="experiment:write", answers=(405,))
    def delete(self, id: int) -> Json:
        """Always answered with 405: use `update` with `deleted: true`."""

    @operation("POST", "{id}/pause/", scope="experiment:write feature_flag:write", answers=(200,), since=2026)
    def pause(self, id: int) -> Json:
        """Switches the flag of a running one off."""

    @operation(
        "POST", "{id}/resume/", scope="experiment:write feature_flag:write", answers=(200,), since=2026
    )
    def resume(self, id: int) -> Json:
        """Switches the flag of one that is paused on again."""


class ExperimentHoldouts(Operations):
    """People who are kept out of experiments: `ExperimentHoldouts(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/experiment_holdouts/",)

    @operation("GET", "", scope="experiment_holdout:read experiment:read")
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of holdouts."""

    @operation("POST", "", scope="experiment_holdout:write experiment:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes a holdout; its `filters` are needed."""

    @operation("GET", "{id}/", scope="experiment_holdout:read experiment:read")
    def get(self, id: int) -> Json:
        """One holdout."""

    @operation("PATCH", "{id}/", scope="experiment_holdout:write experiment:write")
    def update(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Changes fields, and rewrites the flag of each experiment that has it."""

    @operation("DELETE", "{id}/", scope="experiment_holdout:write experiment:write", answers=(204,))
    def delete(self, id: int) -> Json:
        """Deletes a holdout for good, and takes it out of the flags."""


class ExperimentSavedMetrics(Operations):
    """Metrics that several experiments have: `ExperimentSavedMetrics(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/experiment_saved_metrics/",)

    @operation("GET", "", scope="experiment_saved_metric:read")
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of metrics, by their names."""

    @operation("POST", "", scope="experiment_saved_metric:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes a metric; `name` and `query` are needed."""

    @operation("GET", "{id}/", scope="experiment_saved_metric:read")
    def get(self, id: int) -> Json:
        """One metric."""

    @operation("PATCH", "{id}/", scope="experiment_saved_metric:write")
    def update(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Changes fields."""

    @operation("DELETE", "{id}/", scope="experiment_saved_metric:write", answers=(204,))
    def delete(self, id: int) -> Json:
        """Deletes a metric for good."""
