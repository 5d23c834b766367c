"""`pulumi-posthog sandbox`: a local PostHog to try everything against."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

from pulumi_posthog.sandbox.options import DEFAULT_KEY, DEFAULT_PORT


def sandbox(
    *,
    port: Annotated[int, Option(metavar="N", help="0 picks a free one.")] = DEFAULT_PORT,
    key: Annotated[
        str, Option(metavar="KEY", help="Personal API key of the organization's owner.")
    ] = DEFAULT_KEY,
    host: Annotated[str, Option(metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None,
        Option(metavar="NAME", help="A name beside localhost under which it may be asked for; repeatable."),
    ] = None,
    db: Annotated[
        Path | None, Option(metavar="FILE", help="SQLite file to keep; temporary without it.")
    ] = None,
    seed: Annotated[
        Path | None, Option(metavar="FILE", help="A posthog.yaml to fill an empty database from.")
    ] = None,
    age: Annotated[int, Option(metavar="YEAR", help="Which PostHog to be: 2024, 2025 or 2026.")] = 2026,
    legacy_destinations: Annotated[
        bool,
        Option(
            help="Let legacy destinations and site apps be created in every age; PostHog itself stopped in 2025."
        ),
    ] = False,
    latency_ms: Annotated[float, Option(metavar="N", help="Wait before each answer, in milliseconds.")] = 0.0,
    rate_limit: Annotated[
        list[str] | None,
        Option(metavar="480/min", help="Per key, such as 480/min or 120/hour:hogql; repeatable."),
    ] = None,
    fault: Annotated[
        list[str] | None,
        Option(metavar="'KIND METHOD PATH times=1'", help="What goes wrong; repeatable."),
    ] = None,
    extra_key: Annotated[
        list[str] | None,
        Option(
            metavar="KEY:SCOPES",
            help="Another key, such as phx_reader:project:read,plugin:read; repeatable.",
        ),
    ] = None,
    admin_password: Annotated[
        str | None,
        Option(metavar="TEXT", help="Of the user admin on the page /admin/; made up and said without it."),
    ] = None,
    deletion_seconds: Annotated[
        float, Option(metavar="N", help="How long a deleted project stays pending (age 2026), in seconds.")
    ] = 30.0,
    demo_data_seconds: Annotated[
        float, Option(help="How long a new demo project is generating its data, in seconds.")
    ] = 0.0,
    export_seconds: Annotated[float, Option(help="How long an export has no content, in seconds.")] = 0.0,
    query_seconds: Annotated[float, Option(help="How long a query runs, in seconds.")] = 0.0,
    sample_data: Annotated[
        str,
        Option(
            metavar="seed|all|none", help="Which projects have persons and events: those of the seed, or all."
        ),
    ] = "seed",
    order_seed: Annotated[int, Option(metavar="N", help="Shuffles the lists that have no order.")] = 0,
    threads: Annotated[int, Option(metavar="N", help="Requests that are answered at the same time.")] = 32,
) -> None:
    """Run a local PostHog until Ctrl-C. It follows PostHog's own rules."""
    from pulumi_posthog.sandbox import Options, serve

    serve(
        Options(
            port=port,
            key=key,
            host=host,
            allow_host=tuple(allow_host or ()),
            db=db,
            seed=seed,
            age=age,
            legacy_destinations=legacy_destinations,
            latency_ms=latency_ms,
            rate_limit=tuple(rate_limit or ()),
            fault=tuple(fault or ()),
            extra_key=tuple(extra_key or ()),
            admin_password=admin_password,
            deletion_seconds=deletion_seconds,
            demo_data_seconds=demo_data_seconds,
            export_seconds=export_seconds,
            query_seconds=query_seconds,
            sample_data=sample_data,
            order_seed=order_seed,
            threads=threads,
        )
    )
