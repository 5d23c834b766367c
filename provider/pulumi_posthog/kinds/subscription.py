"""A subscription sends pictures of an insight or a dashboard, by mail, to Slack or to a URL, again and again.

Contract: posthog-api-analytics.md 5. A new one is sent at once (5.3), so a POST is never repeated. To whom is one text
on the wire, which is an address book by mail and a secret else; here it is a field of its own for each of the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pulumi_posthog.kinds.annotation import is_instant, sent_instant
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.lookups import EMAIL
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import IN_PROJECT
from pulumi_posthog.kinds.tiles import known_as
from pulumi_posthog.kinds.words import Against, IdPlace, Items, Page
from pulumi_posthog.values.json_value import Json, instant
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.secret_text import is_unknown

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ABOUT: Final = ("insight", "dashboard")
MOST_EXPORTED: Final = 6  # insights of a dashboard (5.2)


def addresses_in(text: str) -> list[str]:
    """The addresses that PostHog has as one text, each once."""
    return list(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A subscription as PostHog answers it -> its fields: addresses apart from what is secret."""
    result = {name: value for name, value in answer.items() if name != "target_value"}
    target = answer.get("target_value")
    if answer.get("target_type") == "email":
        result["target_emails"] = addresses_in(target or "")
    elif "target_value" in answer:
        result["target_value"] = target
    if "dashboard_export_insights" in answer:
        result["dashboard_export_insights"] = [
            each["id"] if isinstance(each, Mapping) else each
            for each in answer["dashboard_export_insights"] or ()
        ]
    return result


def confided(answer: Mapping[str, Any]) -> Iterator[str]:
    """Where it is sent, unless by mail: anybody who has such a URL can write there."""
    target = answer.get("target_value")
    if answer.get("target_type") != "email" and isinstance(target, str) and target:
        yield target


def joined(addresses: Json) -> Json:
    """Addresses as a request has them: one text, with commas."""
    return ",".join(addresses) if isinstance(addresses, list) else addresses


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What PostHog refuses, or accepts and cannot send (5.2)."""
    about = [name for name in ABOUT if fields.get(name) is not None]
    if len(about) != 1:
        yield (
            about[-1] if about else "",
            f"is about {' and '.join(about) if about else 'nothing'}",
            "write one of `insight` and `dashboard`",
        )
    exported = fields.get("dashboard_export_insights")
    if isinstance(exported, list):
        if about == ["insight"] and exported:
            yield (
                "dashboard_export_insights",
                "says which insights of a dashboard are sent, and is about an insight",
                "leave `dashboard_export_insights` out",
            )
        elif about == ["dashboard"] and not 1 <= len(exported) <= MOST_EXPORTED:
            yield (
                "dashboard_export_insights",
                f"sends {len(exported)} insights of a dashboard",
                f"PostHog sends 1 to {MOST_EXPORTED}",
            )
    yield from _checked_target(fields)
    yield from _checked_schedule(fields)


def _checked_target(fields: Mapping[str, Any]) -> Iterator[Objection]:
    target = fields.get("target_type")
    if target is None or is_unknown(target):
        return
    wanted, other = (
        ("target_emails", "target_value") if target == "email" else ("target_value", "target_emails")
    )
    if fields.get(other) is not None:
        yield other, f"has `{other}` and the target type `{target}`", f"write `{wanted}` in its place"
    elif not fields.get(wanted) and not is_unknown(fields.get(wanted)):
        yield "target_type", f"has the target type `{target}` and does not say where", f"write `{wanted}`"
    if target != "slack" and fields.get("integration_id") is not None:
        yield (
            "integration_id",
            f"has `integration_id` and the target type `{target}`",
            "leave it out: only Slack has one",
        )


def _checked_schedule(fields: Mapping[str, Any]) -> Iterator[Objection]:
    times: dict[str, datetime] = {}
    for name in ("start_date", "until_date"):
        value = fields.get(name)
        if not isinstance(value, str) or is_unknown(value):
            continue
        if not is_instant(value):
            yield (
                name,
                f'has the {name} "{value}", which is not a point in time',
                "write it as in 2026-03-02T09:00:00Z, or a day alone, whose beginning in UTC is meant",
            )
            continue
        times[name] = datetime.fromisoformat(str(instant(value.strip())).replace("Z", "+00:00"))
    if len(times) == 2 and times["until_date"] < times["start_date"]:
        yield "until_date", "ends before it begins, so it is never sent", "write a later `until_date`"


def noted(fields: Mapping[str, Any]) -> Iterator[str]:
    """What servers of different ages want."""
    if fields.get("dashboard") is not None and fields.get("dashboard_export_insights") is None:
        yield (
            "is about a dashboard and has no `dashboard_export_insights`, without which servers since 2026 make none"
        )
    if fields.get("target_type") == "slack" and fields.get("integration_id") is None:
        yield "is sent to Slack and has no `integration_id`, without which servers since 2026 make none"


def misfits(fields: Mapping[str, Any], dashboard: Mapping[str, Any]) -> Iterator[Objection]:
    """Insights that are to be sent and are not on the dashboard. Nothing where it is not known what is on it."""
    tiles = dashboard.get("tiles")
    if not isinstance(tiles, list):
        return
    there = {
        name
        for each in tiles
        if isinstance(each, Mapping) and not each.get("deleted") and each.get("insight") is not None
        for name in _names(each["insight"])
    }
    for place, each in enumerate(fields.get("dashboard_export_insights") or ()):
        if not is_unknown(each) and not _names(each) & there:
            called = each.name if isinstance(each, Reference) else f"with the id {each}"
            yield (
                f"dashboard_export_insights.{place}",
                f"sends the insight {called}, which is not on its dashboard",
                "give it a tile there, or take it out",
            )


def _names(insight: Any) -> set[str]:
    return known_as(insight["id"] if isinstance(insight, Mapping) else insight)


def pairs(live: Sequence[Any], declared: Sequence[Any]) -> list[int | None]:
    """For each declared insight, the place of the live one that it is; None where it is not there.

    Order does not matter.
    """
    result: list[int | None] = []
    for each in declared:
        left = (place for place in range(len(live)) if place not in result)
        result.append(next((place for place in left if known_as(live[place]) & known_as(each)), None))
    return result


def called(insight: Any) -> str:
    """What a person calls an insight."""
    return insight.name if isinstance(insight, Reference) else str(insight)


def mailed(live: Json, desired: Json) -> str | None:
    """Whom a change mails at once (5.3), as the end of a sentence; None for nobody.

    Somebody who is added again may have unsubscribed.
    """
    before = live or []
    added = [each for each in desired or () if each not in before]
    if not added:
        return None
    return (
        f"is sent at once to {', '.join(added)}: PostHog removes everybody who unsubscribes by a mail's link, so"
        " take such an address out of the file"
    )


SUBSCRIPTION = Kind(
    name="subscription",
    resource="Subscription",
    section="projects.*.subscriptions",
    doc="A subscription sends an insight or a dashboard to people, a Slack channel or a URL, again and again.",
    purpose=(
        "Keep in the file who gets which figures, beside the figures themselves. You see who has "
        "unsubscribed. PostHog sends a new subscription at once."
    ),
    page=Page("*Subscriptions* of an insight or a dashboard", "/project/{project}/subscriptions/{id}"),
    collection="/api/projects/{project}/subscriptions/",
    parent="project",
    natural_keys=(
        ("insight", "target_type", "title"),
        ("dashboard", "target_type", "title"),
        ("title",),
    ),
    read_scope="subscription:read",
    write_scope="subscription:write",
    page_size=1000,
    deletion=Deletion.PATCH,
    delete_by_patch=lambda _: {"deleted": True},  # DELETE answers 405
    restored=True,
    posted_once=True,  # PostHog sends a new one at once
    against=Against(field="dashboard", needs="tiles", misfits=misfits),
    activity_scopes=("Subscription",),
    from_api=from_api,
    confided=confided,
    checked=checked,
    noted=noted,
    fields=(
        IN_PROJECT,
        Field(
            name="title",
            doc="The title that PostHog and the mail show. It is the key of the entry, unless the entry has `title`.",
            max_length=100,
            from_key=True,
            also_in_body=True,
        ),
        Field(
            name="insight",
            type=Type.INTEGER,
            doc="The insight that is sent, by its name or its id.",
            nullable=True,
            default=None,
            names="insight",
            replaces_between=(None,),
        ),
        Field(
            name="dashboard",
            type=Type.INTEGER,
            doc="The dashboard that is sent, by its name or its id.",
            nullable=True,
            default=None,
            names="dashboard",
            replaces_between=(None,),
        ),
        Field(
            name="dashboard_export_insights",
            type=Type.LIST,
            doc=f"Which insights of the dashboard are sent, by name or id: 1 to {MOST_EXPORTED}.",
            items={"type": ["string", "integer"]},
            default=[],
            items_by=Items(pairs=pairs, called=called),
            ids=(IdPlace(path="*", names="insight", bare=True),),
            since=2026,
        ),
        Field(
            name="target_type",
            doc="How it is sent.",
            required=True,
            choices=("email", "slack", "webhook"),
        ),
        Field(
            name="target_emails",
            type=Type.STRINGS,
            doc=(
                "For `email`: exactly these addresses. If somebody unsubscribes, PostHog removes the "
                "address, and that is a difference."
            ),
            items={"type": "string", "pattern": EMAIL, "patternErrorMessage": "must be an e-mail address"},
            unordered=True,
            sent_as="target_value",
            logged_as=("target_value",),
            wire=joined,
            side_effect=mailed,
        ),
        Field(
            name="target_value",
            doc="Of `webhook` the URL, of `slack` the channel as `C0123ABC|#channel`: a secret, so `!env NAME`.",
            secret=True,
        ),
        Field(
            name="integration_id",
            type=Type.INTEGER,
            doc="For `slack`: the workspace, as in `slack/Acme`, or its id. Connect it on PostHog's page.",
            nullable=True,
            default=None,
            names="integration",
            since=2026,
        ),
        Field(
            name="frequency",
            doc="How often it is sent.",
            required=True,
            choices=("daily", "weekly", "monthly", "yearly"),
        ),
        Field(
            name="interval",
            type=Type.INTEGER,
            doc="The number of days, weeks, months or years between two.",
            minimum=1,
            default=1,
        ),
        Field(
            name="byweekday",
            type=Type.STRINGS,
            doc="On which days of the week: `monday` to `sunday`.",
            nullable=True,
            default=None,
            items={"type": "string", "enum": list(DAYS)},
            unordered=True,
        ),
        Field(
            name="bysetpos",
            type=Type.INTEGER,
            doc="For a month: which of these days. 1 is the first, -1 the last.",
            nullable=True,
            default=None,
        ),
        Field(
            name="count",
            type=Type.INTEGER,
            doc="The number of times after which it ends.",
            minimum=1,
            nullable=True,
            default=None,
        ),
        Field(
            name="start_date",
            doc="When it is sent first, as in 2026-03-02T09:00:00Z. Later ones are sent at the same time of day.",
            required=True,
            timestamp=True,
            wire=sent_instant,
        ),
        Field(
            name="until_date",
            doc="When it ends.",
            nullable=True,
            default=None,
            timestamp=True,
            wire=sent_instant,
        ),
        Field(
            name="enabled",
            type=Type.BOOLEAN,
            doc="Whether it is sent.",
            default=True,
            since=2026,
        ),
        Field(
            name="invite_message",
            doc="A text in the first mail. Afterwards, PostHog shows it to nobody.",
            write_only=True,
        ),
        Field(name="created_at", read_only=True),
    ),
)
