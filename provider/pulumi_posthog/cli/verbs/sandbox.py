"""`pulumi-posthog sandbox`: a local PostHog to try everything against."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from typer import Option

from pulumi_posthog.sandbox.options import DEFAULT_PORT, refuse_flags, secrets_of


def sandbox(
    *,
    port: Annotated[int, Option(metavar="N", help="0 picks a free one.")] = DEFAULT_PORT,
    key: Annotated[str | None, Option(hidden=True)] = None,
    host: Annotated[str, Option(metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None,
        Option(
            metavar="NAME", help="Another host name, beside localhost, under which it answers; repeatable."
        ),
    ] = None,
    db: Annotated[
        Path | None,
        Option(metavar="FILE", help="A SQLite file for the data. Without it, the data is temporary."),
    ] = None,
    seed: Annotated[
        Path | None, Option(metavar="FILE", help="A posthog.yaml that fills an empty database.")
    ] = None,
    age: Annotated[
        int, Option(metavar="YEAR", help="The year of the PostHog that it imitates: 2024, 2025 or 2026.")
    ] = 2026,
    later_2026: Annotated[
        bool, Option(help="With age 2026: imitate PostHog since about July, or before.")
    ] = True,
    legacy_destinations: Annotated[
        bool,
        Option(
            help="Allow making legacy destinations and site apps in every age. PostHog itself stopped this in 2025."
        ),
    ] = False,
    latency_ms: Annotated[float, Option(metavar="N", help="Wait before each answer, in milliseconds.")] = 0.0,
    rate_limit: Annotated[
        list[str] | None,
        Option(
            metavar="480/min",
            help="A rate limit for each key, such as 480/min or 120/hour:hogql; repeatable.",
        ),
    ] = None,
    fault: Annotated[
        list[str] | None,
        Option(metavar="'KIND METHOD PATH times=1'", help="A fault to simulate; repeatable."),
    ] = None,
    extra_key: Annotated[list[str] | None, Option(hidden=True)] = None,
    admin_password: Annotated[str | None, Option(hidden=True)] = None,
    deletion_seconds: Annotated[
        float, Option(metavar="N", help="How long a deleted project stays pending (age 2026), in seconds.")
    ] = 30.0,
    demo_data_seconds: Annotated[
        float, Option(metavar="N", help="How long a new demo project takes to generate its data, in seconds.")
    ] = 0.0,
    export_seconds: Annotated[
        float, Option(metavar="N", help="How long an export has no content, in seconds.")
    ] = 0.0,
    query_seconds: Annotated[float, Option(metavar="N", help="How long a query runs, in seconds.")] = 0.0,
    sample_data: Annotated[
        str,
        Option(
            metavar="seed|all|none",
            help="Which projects have persons and events: those of the seed, all, or none.",
        ),
    ] = "seed",
    order_seed: Annotated[int, Option(metavar="N", help="Shuffles the lists that have no order.")] = 0,
    threads: Annotated[
        int, Option(metavar="N", help="How many requests are answered at the same time.")
    ] = 32,
) -> None:
    """Run a local PostHog until Ctrl-C. It follows PostHog's own rules.

    Its secrets come from the environment. POSTHOG_SANDBOX_KEY is the personal API key of the organization's owner
    (phx_sandbox without it). POSTHOG_SANDBOX_EXTRA_KEYS are more keys of the owner with their scopes and blanks
    between them, such as phx_reader:project:read,plugin:read. POSTHOG_SANDBOX_ADMIN_PASSWORD is the password of
    the user admin on the page /admin/ (made up and said without it).
    """
    from pulumi_posthog.sandbox import Options, serve

    # The three hidden options are there to be refused, with the way out.
    refuse_flags({"key": key, "extra_key": extra_key, "admin_password": admin_password})

    serve(
        Options(
            port=port,
            host=host,
            allow_host=tuple(allow_host or ()),
            db=db,
            seed=seed,
            age=age,
            later_2026=later_2026,
            legacy_destinations=legacy_destinations,
            latency_ms=latency_ms,
            rate_limit=tuple(rate_limit or ()),
            fault=tuple(fault or ()),
            deletion_seconds=deletion_seconds,
            demo_data_seconds=demo_data_seconds,
            export_seconds=export_seconds,
            query_seconds=query_seconds,
            sample_data=sample_data,
            order_seed=order_seed,
            threads=threads,
            **secrets_of(os.environ),
        )
    )
