"""Warehouse saved query for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Required, TypedDict

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class WarehouseSavedQueryQueryArgs(TypedDict, total=False):
    """What is in `query`.

    kind: PostHog takes no other kind: it may be left out.
    query: The SQL, without placeholders.
    """

    kind: pulumi.Input[Literal["HogQLQuery"]]
    query: Required[pulumi.Input[str]]


class WarehouseSavedQueryIncrementalArgs(TypedDict, total=False):
    """What is in `incremental`.

    enabled: Whether only new rows are calculated.
    incremental_key: The column that says which rows are new.
    unique_key: The column, or the columns, that identify a row.
    lookback_seconds: How far back rows are calculated once more.
    """

    enabled: pulumi.Input[bool]
    incremental_key: pulumi.Input[str | None]
    unique_key: pulumi.Input[str | Sequence[pulumi.Input[str]] | None]
    lookback_seconds: pulumi.Input[int | None]


class WarehouseSavedQuery(Resource):
    """A view of the data warehouse is SQL with a name. Other SQL reads it like a table.

    Arguments:
        project: The `id` of the project that it is in.
        query: Its SQL, in PostHog's own form: `{kind: HogQLQuery, query: !text q.sql}`. Views that
            it names are made before it, if they are declared. PostHog runs it when it is saved.
        name: Its name in SQL.
        description: Shown in PostHog.
        sync_frequency: How often PostHog calculates its rows and stores them. With `never`, PostHog
            calculates them whenever somebody asks.
        incremental: For a view whose rows are stored: how PostHog calculates only the new ones.
        folder_id: The id of the folder of views that it is in, in PostHog's SQL editor.
        dag_id: The id of the graph of views that calculates it.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).

    Outputs:
        managed_viewset_kind: For a view that PostHog manages itself: its purpose.
    """

    managed_viewset_kind: pulumi.Output[str]
    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        query: pulumi.Input[WarehouseSavedQueryQueryArgs],
        name: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset = UNSET,
        sync_frequency: pulumi.Input[
            Literal["15min", "30min", "1hour", "6hour", "12hour", "24hour", "7day", "30day", "never"]
        ]
        | Unset = UNSET,
        incremental: pulumi.Input[WarehouseSavedQueryIncrementalArgs] | Unset | None = UNSET,
        folder_id: pulumi.Input[str] | Unset | None = UNSET,
        dag_id: pulumi.Input[str] | Unset | None = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["warehouse_saved_query"]
        given: dict[str, Any] = {
            "project": project,
            "query": query,
            "name": name,
            "description": description,
            "sync_frequency": sync_frequency,
            "incremental": incremental,
            "folder_id": folder_id,
            "dag_id": dag_id,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
