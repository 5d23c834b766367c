"""Persons who must not exist -> findings: how many there are, and nothing of who they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pulumi_posthog.drift.finding import Finding, Status
from pulumi_posthog.erasures.erase import said
from pulumi_posthog.erasures.present import Sighting, words
from pulumi_posthog.kinds.lookups import PERSON
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile.limits import Limits, erasure_refusal


def path_of(sighting: Sighting) -> str:
    """Where it is in the YAML: "projects.Web.persons"."""
    return f"{PROJECT.section}.{sighting.erasure.project}.{PROJECT.persons}"


def findings(sighting: Sighting, limits: Limits | None) -> Iterator[Finding]:
    """What there is to say about one project; what the limits say, where `limits` are known."""
    path, count = path_of(sighting), len(sighting.found)
    common: dict[str, Any] = {
        "kind": PERSON.name,
        "object": path,
        "whole": True,
        "where": sighting.erasure.where,
    }
    if sighting.error is not None:
        error = sighting.error
        problem = f"{error.method} {error.path}: {error.problem}" if error.path else error.problem
        message = f"could not be looked at: {problem}"
        yield Finding(status=Status.UNREAD, path=path, message=message, hint=error.hint, **common)
    for origin in sighting.erasure.missing:
        yield Finding(
            status=Status.UNREAD,
            path=f"{path}.{origin.source}",
            message="could not be looked at: there is no such variable or file here",
            hint=f"it names persons who must not exist; {origin.where}",
            **common,
        )
    for identifier, several in sighting.found.unclear:
        yield Finding(
            status=Status.REFUSED,
            path=f"{path}.{identifier.where}",
            message=f"this {said(identifier.by)} means {several:,} persons: no person is erased",
            hint=f"name the one by a distinct id, or all by `{{{identifier.by}: ..., several: true}}`",
            **common,
        )
    refusal = erasure_refusal(count, sighting.erasure.project, limits) if limits else None
    if refusal:
        message, _, hint = refusal.partition("\n  hint: ")
        yield Finding(status=Status.REFUSED, path=path, message=message, hint=hint, **common)
    if count:
        yield Finding(
            status=Status.CHANGED,
            path=f"{path}.absent",
            live=count,
            declared=0,
            message=words(count),
            hint="`pulumi up` erases them",
            **common,
        )
