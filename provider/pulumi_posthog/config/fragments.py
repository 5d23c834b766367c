"""The parts of the schema that no kind declares: the organization, options, persons, checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_posthog.values import duration

UUID_PATTERN = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"


def described(words: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """`schema` with a description, which may have Markdown in it."""
    return {"description": words, "markdownDescription": words, **schema}


OPTIONS = described(
    "How the tool treats this file; nothing here is sent to PostHog.",
    {
        "type": "object",
        "properties": {
            "drift": described(
                "What `pulumi-posthog drift` does with this file.",
                {
                    "type": "object",
                    "properties": {
                        "ignore": described(
                            "Differences that `pulumi-posthog drift` leaves out for a while; never a removal.",
                            {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "properties": {
                                        "path": described(
                                            "What it is about, as in `projects.Web.timezone`; `*` is any text.",
                                            {"type": "string", "minLength": 1},
                                        ),
                                        "reason": described("Why.", {"type": "string", "minLength": 1}),
                                        "owner": described(
                                            "Whom to ask.", {"type": "string", "minLength": 1}
                                        ),
                                        "until": described(
                                            "The last day, as in 2026-12-31.",
                                            {
                                                "type": "string",
                                                "pattern": r"^\d{4}-\d{2}-\d{2}$",
                                                "patternErrorMessage": "must be a day such as 2026-12-31",
                                            },
                                        ),
                                    },
                                    "required": ["path", "reason", "owner", "until"],
                                    "additionalProperties": False,
                                },
                            },
                        )
                    },
                    "additionalProperties": False,
                },
            )
        },
        "additionalProperties": False,
    },
)
# Whatever is wrong with one of these, its text is in no message: so `writeOnly`, as for a secret.
PERSON = {"type": "string", "writeOnly": True, "file": True}
PERSONS = described(
    "Persons who must not exist in the project. A run erases them, and erases them again when they come back.",
    {
        "type": "object",
        "properties": {
            "absent": described(
                "E-mail addresses and distinct ids: each `!env NAME` or `!file path` names one in each line.",
                {
                    "type": "array",
                    "writeOnly": True,
                    "items": {
                        "writeOnly": True,
                        "file": True,
                        "anyOf": [
                            PERSON,
                            {
                                "type": "object",
                                "writeOnly": True,
                                "properties": {
                                    "email": described("Known by this e-mail address, exactly.", PERSON),
                                    "distinct_id": described("Known by this distinct id.", PERSON),
                                    "several": described(
                                        "Whether one of them may mean more than one person, who are all erased.",
                                        {"type": "boolean"},
                                    ),
                                },
                                "additionalProperties": False,
                            },
                        ],
                    },
                },
            ),
            "delete_events": described(
                "Whether their events are deleted as well. PostHog does that once a week.",
                {"type": "boolean", "default": False},
            ),
        },
        "required": ["absent"],
        "additionalProperties": False,
    },
)
ORGANIZATION = described(
    "Which organization this file is about: checked against the API key before anything else is read.",
    {
        "type": "object",
        "properties": {
            "host": described(
                "PostHog's address: `https://eu.posthog.com`, `https://us.posthog.com`, or your own.",
                {"type": "string", "minLength": 1},
            ),
            "id": described(
                "The organization's id, a UUID: PostHog shows it under Settings, Organization.",
                {"type": "string", "pattern": UUID_PATTERN, "patternErrorMessage": "must be a UUID"},
            ),
        },
        "required": ["host", "id"],
        "additionalProperties": False,
    },
)


def _duration(words: str) -> dict[str, Any]:
    return described(
        words,
        {
            "type": "string",
            "pattern": duration.PATTERN,
            "patternErrorMessage": f"must be {duration.WORDS}",
        },
    )


CHECK: dict[str, Any] = {
    "type": "object",
    "properties": {
        "query": described(
            "HogQL: what to ask. It gives one row, unless the condition is about `rows`.",
            {"type": "string", "minLength": 1},
        ),
        "events": described(
            "What to ask a server that is too old for queries: how many events came in, counted up to 1,000.",
            {
                "type": "object",
                "properties": {
                    "event": described("Of this name only.", {"type": "string", "minLength": 1}),
                    "last": _duration("Up to how long ago: `1h`."),
                },
                "required": ["last"],
                "additionalProperties": False,
            },
        ),
        "expect": described(
            'The condition: `"> 0"`, `"between 10 and 20"`, `"== \'ok\'"`, of a column by its name as in '
            "`errors < 5 and total > 100`, or of the number of rows as in `rows == 0`.",
            {"type": "string", "minLength": 1},
        ),
        "within": _duration(
            "How long to ask again until it holds, such as `10m`; without it, it is asked once."
        ),
        "every": _duration(
            "The time between two attempts; without it a tenth of `within`, and 5 seconds to a minute."
        ),
        "timeout": _duration("How long one query may run before it is cancelled; without it `5m`."),
        "description": described("What it means when it does not hold.", {"type": "string"}),
    },
    "required": ["expect"],
    "additionalProperties": False,
}
