"""Questions, conditions and appearance of a survey (posthog-api-release.md 7.3 to 7.5)."""

from __future__ import annotations

import re
import uuid
from typing import Any

from rest_framework.exceptions import ValidationError

from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.models import Organization

QUESTION_TYPES = ("open", "link", "rating", "single_choice", "multiple_choice")
BRANCHINGS = ("next_question", "end", "response_based", "specific_question")
CONTENT_TYPES = ("text", "html")
CONDITIONS_OF_EXTERNAL = ("seenSurveyWaitPeriodInDays",)
DANGEROUS = re.compile(
    r"<(script|style|iframe)\b.*?(</\1\s*>|$)|\son\w+\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.I | re.S
)
LINK = re.compile(r"(https://|mailto:)\S+")


def questions(given: Any) -> list[dict[str, Any]] | None:
    """As they are stored: each with an id, HTML without scripts. Raises a 400."""
    if given is None:
        return None
    if not isinstance(given, list):
        raise invalid("questions", "Questions must be a list of objects")
    return [question(each) for each in given]


def question(given: Any) -> dict[str, Any]:
    """A question as it is stored; 400 for one that PostHog refuses."""
    if not isinstance(given, dict):
        raise invalid("questions", "Questions must be a list of objects")
    if given.get("type") not in QUESTION_TYPES:
        raise invalid("questions", f"Question type must be one of {', '.join(QUESTION_TYPES)}")
    text = given.get("question")
    if not isinstance(text, str) or not text.strip():
        raise invalid("questions", "Question text is required")
    if given.get("descriptionContentType") not in {None, *CONTENT_TYPES}:
        raise invalid("questions", "Question descriptionContentType must be one of text, html")
    link = given.get("link")
    if link and not (isinstance(link, str) and LINK.fullmatch(link)):
        raise invalid("questions", "Link must be a URL that starts with https or mailto")
    branching = given.get("branching")
    if branching is not None and (not isinstance(branching, dict) or branching.get("type") not in BRANCHINGS):
        raise invalid("questions", f"Branching is one of {', '.join(BRANCHINGS)}")
    stored = {"id": str(uuid.uuid4()), **given}
    for name in ("question", "description"):
        if isinstance(stored.get(name), str):
            stored[name] = sanitised(stored[name])
    return stored


def sanitised(html: str) -> str:
    """Without what a browser would run."""
    return DANGEROUS.sub("", html)


def check_appearance(appearance: Any, asked: Any, organization: Organization) -> None:
    """What it looks like; `asked` are the survey's questions. Raises a 400."""
    if appearance is None:
        return
    if not isinstance(appearance, dict):
        raise invalid("appearance", "Appearance must be an object")
    if appearance.get("whiteLabel") and organization.feature("white_labelling") is None:
        raise ValidationError("You need to upgrade to PostHog Enterprise to use white labelling")
    if appearance.get("shuffleQuestions") and any(each.get("branching") for each in asked or []):
        raise ValidationError("Questions with branching cannot be shuffled")


def check_conditions(conditions: Any) -> None:
    """The shapes of those that name something. Raises a 400."""
    if conditions is None:
        return
    if not isinstance(conditions, dict):
        raise invalid("conditions", "Conditions must be an object")
    for name in ("actions", "events"):
        part = conditions.get(name)
        values = (part if isinstance(part, dict) else {}).get("values")
        is_list = values is None or (
            isinstance(values, list) and all(isinstance(each, dict) for each in values)
        )
        if (part is not None and not isinstance(part, dict)) or not is_list:
            raise invalid("conditions", f"{name} has a list of values")


def action_ids(conditions: Any) -> list[int]:
    """The actions that conditions name."""
    values = ((conditions or {}).get("actions") or {}).get("values") or []
    return [each["id"] for each in values if isinstance(each.get("id"), int)]


def of_external(conditions: Any) -> list[str]:
    """Conditions that a survey on a page of its own cannot have."""
    found = []
    for name, value in (conditions or {}).items():
        values = value.get("values") if isinstance(value, dict) and "values" in value else value
        if name not in CONDITIONS_OF_EXTERNAL and not name.endswith("MatchType") and values:
            found.append(name)
    return found
