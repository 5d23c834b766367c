"""A managed reverse proxy: events are sent to a domain of your own (posthog-api-access.md 6). PostHog Cloud alone."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.words import Page
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.spelling import one_line


def going(answer: Mapping[str, Json]) -> bool:
    """Whether PostHog is taking it away already."""
    return answer.get("status") == "deleting"


def awaited(answer: Mapping[str, Json]) -> str | None:
    """What a person has to do before it works."""
    domain, target = (one_line(str(answer.get(each))) for each in ("domain", "target_cname"))
    match answer.get("status"):
        case "waiting":
            return f"waits for a CNAME record of {domain} that leads to {target}"
        case "erroring" | "timed_out" | "warning" as status:
            said = f": {one_line(str(answer['message']))}" if answer.get("message") else ""
            return f"is {status}{said}; a CNAME record of {domain} has to lead to {target}"
    return None


PROXY_RECORD = Kind(
    name="proxy_record",
    resource="ProxyRecord",
    section="proxy_records",
    doc=(
        "A reverse proxy that PostHog runs for one of your domains. Events reach it also where PostHog's "
        "own domain is blocked."
    ),
    purpose="Keep the domains to which events are sent beside the settings of the projects that get them.",
    page=Page("*Settings*, *Organization*, *Managed reverse proxy*", "/settings/organization-proxy"),
    collection="/api/organizations/{organization}/proxy_records/",
    natural_keys=(("domain",),),
    read_scope="organization:read",
    write_scope="organization:write",
    since=2025,
    not_everywhere=True,
    going=going,
    awaited=awaited,
    unmanaged={"retry": "no key can make PostHog try again: take the entry out, run, and declare it again"},
    fields=(
        Field(
            name="domain",
            doc="One of your domains that nothing else uses: `e.acme.io`.",
            pattern=r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$",
            pattern_words="a domain in lower case",
            max_length=253,
            from_key=True,
            replace_on_changes=True,
        ),
        Field(name="target_cname", doc="The target of the domain's CNAME record.", read_only=True),
        Field(name="status", doc="The status of the proxy in PostHog.", read_only=True),
    ),
)
