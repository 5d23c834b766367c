"""The questions of a survey: their form, how they keep their answers, and what is wrong with them.

Contract: posthog-api-release.md 7.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.values.secret_text import is_unknown
from pulumi_posthog.values.suggestion import nearly

LINK: Final = re.compile(r"(https://|mailto:)\S")  # 7.3
BRANCHES: Final = ("next_question", "end", "response_based", "specific_question")  # 7.3
TEXT: Final[Mapping[str, Any]] = {"type": ["string", "null"]}
CONDITIONS: Final[Mapping[str, Any]] = {
    "url": {**TEXT, "description": "On which pages."},
    "urlMatchType": {**TEXT, "description": "How `url` is compared: `icontains`, `exact`, `regex`, ..."},
    "selector": {**TEXT, "description": "Where something with this CSS selector is shown."},
    "events": {
        "type": ["object", "null"],
        "properties": {"values": {"description": "`[{name: EVENT}]`."}},
        "description": "After which events.",
    },
    "actions": {
        "type": ["object", "null"],
        "properties": {"values": {"description": "`[{id: !ref action/NAME}]`."}},
        "description": "After which actions.",
    },
    "deviceTypes": {"type": ["array", "null"], "description": "On which devices."},
    "deviceTypesMatchType": {**TEXT, "description": "How the device types are compared."},
    "linkedFlagVariant": {**TEXT, "description": "Only for this variant of `linked_flag`."},
    "seenSurveyWaitPeriodInDays": {
        "type": ["number", "null"],
        "description": "The number of days after another survey in which it is not shown.",
    },
}
QUESTION: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "type": {
            "enum": ["open", "link", "rating", "single_choice", "multiple_choice"],
            "description": "What is answered.",
        },
        "question": {"type": "string", "description": "What is asked."},
        "description": {**TEXT, "description": "Shown below it."},
        "descriptionContentType": {
            "enum": ["text", "html", None],
            "description": "The format of the description.",
        },
        "optional": {"type": ["boolean", "null"], "description": "Whether people may skip it."},
        "buttonText": {**TEXT, "description": "On the button."},
        "display": {**TEXT, "description": "For a rating: `number` or `emoji`."},
        "scale": {"type": ["number", "null"], "description": "For a rating: the number of steps."},
        "lowerBoundLabel": {**TEXT, "description": "For a rating: the text at its lower end."},
        "upperBoundLabel": {**TEXT, "description": "For a rating: the text at its upper end."},
        "choices": {"type": ["array", "null"], "items": {"type": "string"}, "description": "To choose from."},
        "shuffleOptions": {"type": ["boolean", "null"], "description": "Whether their order is random."},
        "hasOpenChoice": {"type": ["boolean", "null"], "description": "Whether the last one is free text."},
        "link": {**TEXT, "description": "For a link: its address, `https` or `mailto`."},
        "branching": {"type": ["object", "null"], "description": "What comes next."},
        "validation": {"type": ["array", "null"], "description": "Rules for an open answer."},
        "translations": {"type": ["object", "null"], "description": "Translations into other languages."},
    },
    "required": ["type", "question"],
}


def with_ids_of_questions(questions: Any, live: Any) -> list[Any]:
    """Questions with the ids that PostHog has given them, without which their answers are detached (7.3).

    One is the same if its type and its text are, else if its type is and its place.
    """
    rest = [each for each in live if isinstance(each, Mapping) and each.get("id")]
    result: list[Any] = [{**each} for each in questions or ()]

    def give(each: dict[str, Any], matches: list[Any]) -> None:
        if matches and "id" not in each:
            each["id"] = matches[0]["id"]
            rest.remove(matches[0])

    for each in result:
        same = ("type", "question")
        give(each, [other for other in rest if all(other.get(key) == each.get(key) for key in same)])
    for place, each in enumerate(result):
        there = live[place] if place < len(live) else None
        give(each, [other for other in rest if other is there and other.get("type") == each.get("type")])
    return result


def wrong_question(question: Mapping[str, Any]) -> Iterator[Objection]:
    """What is wrong with one question, with places in the question (7.3)."""
    if question["type"] in ("single_choice", "multiple_choice") and not question.get("choices"):
        yield (
            "type",
            f"asks to choose, and has no `choices` ({question['question']})",
            "write what there is to choose",
        )
    link = question.get("link")
    if link and not is_unknown(link) and not LINK.match(link):
        yield (
            "link",
            f'leads to "{link}", and PostHog takes no such link',
            "it begins with `https://` or `mailto:`",
        )
    branching = question.get("branching") or {}
    way = branching.get("type")
    if isinstance(way, str) and way not in BRANCHES and (meant := nearly(way, BRANCHES)):
        yield "branching", f"continues by `{way}`, which does not exist", f"did you mean `{meant}`?"
