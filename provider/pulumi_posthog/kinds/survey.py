"""A survey asks people something, in your product or by your own code.

Contract: posthog-api-release.md 7. Each owns hidden flags, which PostHog deletes with it, and one that a person has
attached by its id as well (7.6): such a survey is left alone. A PATCH without `conditions` loses the actions in them,
so all of them have them. PUT fails. What a write answers lacks fields, so each is followed by a GET.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.conditions import broken, is_date
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.flag_filters import CLEARED, FILTERS, FLAG_FILTERS, tidied, wrong_filters
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import DATED, FOLDER, IN_PROJECT
from pulumi_posthog.kinds.survey_questions import CONDITIONS, QUESTION, with_ids_of_questions, wrong_question
from pulumi_posthog.kinds.words import NOW, IdPlace, Lifecycle, Move, Page
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.secret_text import is_unknown

OWNED: Final = re.compile(r"survey-targeting-[0-9a-f]{10}(-custom|-sampling)?")
ITERATIONS: Final = ("iteration_count", "iteration_frequency_days")
SAMPLING: Final = (
    "response_sampling_interval_type",
    "response_sampling_interval",
    "response_sampling_limit",
)


def is_owned(flag: Any) -> bool:
    """Whether a flag in a survey's answer is the survey's own."""
    return isinstance(flag, Mapping) and OWNED.fullmatch(str(flag.get("key"))) is not None


def with_ids_of_actions(conditions: Any) -> Any:
    """Conditions with the ids of actions, where PostHog answers them whole (7.4)."""
    if not isinstance(conditions, Mapping) or not isinstance(conditions.get("actions"), Mapping):
        return conditions
    values = [{"id": each["id"]} for each in conditions["actions"].get("values") or ()]
    actions = {**conditions["actions"], "values": values}
    kept = {key: value for key, value in conditions.items() if key != "actions"}
    return {**kept, "actions": actions} if values else kept


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A survey as PostHog answers it -> its fields: of what it is about, the ids; of its own flag, the filters."""
    result = {**answer}
    if "linked_flag_id" in answer:
        linked = answer["linked_flag_id"]
        result["linked_flag"] = None if linked is None else str(linked)
    else:
        result.pop("linked_flag", None)
    if "linked_insight_id" in answer:
        insight = answer["linked_insight_id"]
        result["linked_insight"] = None if insight is None else str(insight)
    else:
        result.pop("linked_insight", None)
    flag = answer.get("targeting_flag")
    result["targeting_flag"] = flag.get("key") if isinstance(flag, Mapping) else None
    result["targeting_flag_filters"] = flag["filters"] if flag and is_owned(flag) else None
    if "conditions" in answer:
        result["conditions"] = with_ids_of_actions(answer["conditions"]) or None
    return result


def state(answer: Mapping[str, Any]) -> Json:
    """The state that dates say (7.7)."""
    if answer.get("archived"):
        return "archived"
    if answer.get("end_date"):
        return "stopped"
    return "running" if answer.get("start_date") else "draft"


def rests(declared: Mapping[str, Any], live: Mapping[str, Any]) -> str | None:
    """Why one that is to run stays stopped: PostHog stops it when it has as many answers as were asked for (7.2).

    No answer says who stopped it. Anybody who wants more answers declares another limit.
    """
    limit = live.get("responses_limit")
    if (declared.get("status"), live.get("status")) != ("running", "stopped") or limit is None:
        return None
    if declared.get("responses_limit", limit) != limit:
        return None
    return (
        f"is stopped, and stays so: PostHog stops it after {limit} answers (`responses_limit`). Declare another limit"
        " to continue it, or `status: stopped`"
    )


def kept_by(values: Mapping[str, Any]) -> str | None:
    """Why a survey is left alone: somebody has attached a flag that is not its own. None for any other.

    PostHog would delete that flag with it (7.6).
    """
    key = values.get("targeting_flag")
    if key is None or OWNED.fullmatch(str(key)):
        return None
    return (
        f'its people are chosen by the flag "{key}", which is not its own, and PostHog would change and delete'
        " that with it"
    )


def to_api(fields: Mapping[str, Any], live: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields to send.

    Its own flag is removed by a key of its own in the body. Else all of its filters are sent, because PostHog merges
    them (7.6).
    """
    body = {**fields}
    if "targeting_flag_filters" in body:
        filters = body.pop("targeting_flag_filters")
        if filters:
            body["targeting_flag_filters"] = {**CLEARED, **filters}
        elif live:
            body["remove_targeting_flag"] = True
    return body


def alongside(body: Mapping[str, Any], answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body with what PostHog would forget, or refuse it without.

    That is the conditions, the ids of questions, and all fields of a group that belongs together.
    """
    result = {**body}
    if "questions" in body:
        result["questions"] = with_ids_of_questions(body["questions"], answer.get("questions") or ())
    if "conditions" not in body and answer.get("conditions") is not None:
        result["conditions"] = with_ids_of_actions(answer["conditions"])
    if (result.get("conditions") or {}).get("linkedFlagVariant") and "linked_flag_id" in answer:
        result.setdefault("linked_flag_id", answer["linked_flag_id"])
    for group in (ITERATIONS, SAMPLING):
        if any(name in body for name in group):
            for name in group:
                if answer.get(name) is not None:
                    result.setdefault(name, answer[name])
    return result


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What PostHog refuses with words that say less (7.3, 7.5)."""
    filters = fields.get("targeting_flag_filters") or {}
    for place, group in enumerate(filters.get("groups") or ()):
        if not group.get("properties") and group.get("rollout_percentage") in (None, 100):
            yield (
                f"targeting_flag_filters.groups.{place}",
                "is for everybody, and PostHog takes no such targeting",
                "leave `targeting_flag_filters` out: without it, the survey is for everybody",
            )
    if isinstance(filters, Mapping):
        yield from wrong_filters(filters, "targeting_flag_filters")
    appearance, questions = fields.get("appearance") or {}, fields.get("questions") or ()
    if appearance.get("shuffleQuestions") and any(each.get("branching") for each in questions):
        yield (
            "appearance.shuffleQuestions",
            "shuffles its questions, and one of them says which comes next",
            "leave out `branching`, or `shuffleQuestions`",
        )
    conditions = fields.get("conditions") or {}
    if fields.get("type") == "external_survey":
        for name in ("linked_flag", "targeting_flag_filters"):
            if fields.get(name):
                yield name, f"is an external survey, which takes no `{name}`", "take it out"
    if conditions.get("linkedFlagVariant") and not fields.get("linked_flag"):
        yield (
            "conditions.linkedFlagVariant",
            "is for one variant of a flag, and has no `linked_flag`",
            "write which flag",
        )
    yield from wrong_within(fields)
    for one, other in (ITERATIONS, ITERATIONS[::-1]):
        if fields.get(one) is not None and fields.get(other) is None:
            yield one, f"has `{one}` and no `{other}`", "PostHog needs both"


def exported(values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The values without what is as if absent; None for one that somebody else keeps."""
    if kept_by(values):
        return None
    result = {**values}
    for name in ("questions", "conditions", "appearance"):
        if values.get(name):
            result[name] = SURVEY.field(name).document(values[name], values[name])
    filters = values.get("targeting_flag_filters")
    if isinstance(filters, Mapping):
        result["targeting_flag_filters"] = tidied(filters, SURVEY.field("targeting_flag_filters"))
    return result


def wrong_within(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What is wrong with its questions, patterns, and with how its answers are sampled."""
    questions, conditions = fields.get("questions") or (), fields.get("conditions") or {}
    for place, question in enumerate(questions):
        for key, words, hint in wrong_question(question):
            yield f"questions.{place}.{key}", words, hint
    if conditions.get("urlMatchType") in ("regex", "not_regex") and (why := broken(conditions.get("url"))):
        yield "conditions.url", f"has a `url` that is not a regular expression: {why}", None
    said = [name for name in SAMPLING if fields.get(name) is not None]
    if said and len(said) < len(SAMPLING):
        lacking = " and ".join(f"`{name}`" for name in SAMPLING if name not in said)
        yield said[0], f"has `{said[0]}` and no {lacking}", "PostHog needs all of them, and fails without"
    start = fields.get("response_sampling_start_date")
    if isinstance(start, str) and not is_unknown(start) and not is_date(start):
        yield (
            "response_sampling_start_date",
            f'is to begin on "{start}", which is not a date',
            "write `2026-12-31`",
        )


def fixed(fields: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the time that has passed does not allow any more (7.2, 7.5): (the end of a sentence, a hint)."""
    count, current = fields.get("iteration_count"), answer.get("current_iteration")
    if isinstance(count, int) and isinstance(current, int) and count < current:
        yield f"is in its iteration {current}, and cannot have {count} of them", f"write {current} or more"


SURVEY = Kind(
    name="survey",
    resource="Survey",
    section="projects.*.surveys",
    doc="A survey asks people questions. It says who is asked, and when.",
    purpose=(
        "Ask the same in every project, with a wording that was reviewed. Whether it is running is in the "
        "file, beside the flag that it is about."
    ),
    page=Page("*Surveys*", "/project/{project}/surveys/{id}"),
    collection="/api/projects/{project}/surveys/",
    parent="project",
    accessible_as="survey",
    natural_keys=(("name",),),
    read_scope="survey:read",
    write_scope="survey:write",
    also_scopes=("feature_flag:write",),  # 1.2
    page_size=1000,
    answered_in_part=True,
    unmanaged={
        **DATED,
        "archived": "`status` says so",
        "targeting_flag_id": "PostHog would delete that flag with the survey: write `targeting_flag_filters`",
    },
    activity_scopes=("Survey",),
    from_api=from_api,
    to_api=to_api,
    alongside=alongside,
    checked=checked,
    fixed=fixed,
    kept_by=kept_by,
    exported=exported,
    lifecycle=Lifecycle(
        field="status",
        state=state,
        made_as=("draft",),
        rests=rests,
        moves=(
            Move(before="draft", after="running", fields={"start_date": NOW}),
            Move(before="running", after="stopped", fields={"end_date": NOW}),
            Move(before="stopped", after="running", fields={"end_date": None}),
            Move(before="draft", after="archived", fields={"archived": True}),
            Move(before="stopped", after="archived", fields={"archived": True}),
            Move(before="archived", after="stopped", fields={"archived": False}),
        ),
        refused={
            ("draft", "stopped"): (
                "has never been started, so it cannot be stopped",
                "write `status: draft`, or `status: archived`",
            ),
            ("running", "draft"): (
                "has been started, and cannot be a draft again",
                "write `status: stopped`",
            ),
            ("stopped", "draft"): (
                "has been started, and cannot be a draft again",
                "write `status: stopped`",
            ),
        },
    ),
    fields=(
        IN_PROJECT,
        Field(name="name", doc="Shown in PostHog.", max_length=400, unique=True, from_key=True),
        Field(name="description", doc="Shown in PostHog.", default=""),
        Field(
            name="type",
            doc="Where it is shown. `api` means that your own code shows it.",
            required=True,
            choices=("popover", "widget", "external_survey", "api"),
        ),
        Field(
            name="status",
            doc="Whether it is shown. A new one is made as a draft.",
            choices=("draft", "running", "stopped", "archived"),
            default="draft",
        ),
        Field(
            name="questions",
            type=Type.LIST,
            doc="The questions. A question that stays keeps its answers.",
            items=QUESTION,
            nullable=True,
            blank_is_null=True,
            hidden_keys=("id",),
            null_is_absent=True,
        ),
        Field(
            name="conditions",
            type=Type.OBJECT,
            doc="When it is shown. The file replaces all conditions in PostHog.",
            keys=CONDITIONS,
            nullable=True,
            blank_is_null=True,
            default=None,
            null_is_absent=True,
            ids=(IdPlace(path="actions.values.*.id", names="action"),),
        ),
        Field(
            name="appearance",
            type=Type.OBJECT,
            doc="How it looks. The file replaces everything that PostHog has for this.",
            nullable=True,
            null_is_absent=True,
        ),
        Field(
            name="linked_flag",
            doc="Only people who have this flag are asked, by its key.",
            nullable=True,
            default=None,
            names="feature_flag",
            number_ids=True,
            sent_as="linked_flag_id",
        ),
        Field(
            name="linked_insight",
            doc=(
                "The insight that it belongs to, by its name. Servers before August 2026 do not show it: "
                "there, drift cannot see a change."
            ),
            nullable=True,
            default=None,
            names="insight",
            number_ids=True,
            sent_as="linked_insight_id",
            silent_when_absent=True,
        ),
        Field(
            name="targeting_flag_filters",
            type=Type.OBJECT,
            doc="Which people are asked, in the form of a flag's filters. PostHog keeps a hidden flag for it.",
            keys=FILTERS,
            open_keys=False,
            nullable=True,
            default=None,
            **FLAG_FILTERS,
        ),
        Field(
            name="schedule",
            doc="How often one person is asked.",
            choices=("once", "recurring", "always"),
            nullable=True,
            default="once",
            since=2025,
        ),
        Field(
            name="responses_limit",
            type=Type.INTEGER,
            doc="PostHog stops it after this number of answers.",
            nullable=True,
            minimum=1,
            default=None,
        ),
        Field(
            name="iteration_count",
            type=Type.INTEGER,
            doc="How many times it is repeated.",
            nullable=True,
            minimum=1,
            maximum=500,
            default=None,
        ),
        Field(
            name="iteration_frequency_days",
            type=Type.INTEGER,
            doc="The number of days after which it is repeated.",
            nullable=True,
            minimum=1,
            default=None,
        ),
        Field(
            name="response_sampling_start_date",
            doc="When PostHog begins to ask only some people. At first, it has to be today or later.",
            nullable=True,
            timestamp=True,
            default=None,
        ),
        Field(
            name="response_sampling_interval_type",
            doc="The unit of `response_sampling_interval`.",
            choices=("day", "week", "month"),
            nullable=True,
            default=None,
        ),
        Field(
            name="response_sampling_interval",
            type=Type.INTEGER,
            doc="How long one period of sampling is.",
            nullable=True,
            default=None,
        ),
        Field(
            name="response_sampling_limit",
            type=Type.INTEGER,
            doc="The number of answers in one period of sampling.",
            nullable=True,
            minimum=1,
            default=None,
        ),
        Field(
            name="enable_partial_responses",
            type=Type.BOOLEAN,
            doc="Whether PostHog keeps the answers of people who stop before the last question.",
            nullable=True,
            since=2025,
        ),
        Field(
            name="enable_iframe_embedding",
            type=Type.BOOLEAN,
            doc="Whether another page may show it in a frame.",
            nullable=True,
            since=2026,
        ),
        Field(
            name="base_language",
            doc="The language that it is written in.",
            default="en",
            nullable=True,
            since=2026,
        ),
        Field(
            name="translations",
            type=Type.OBJECT,
            doc="Translations into other languages.",
            nullable=True,
            null_is_absent=True,
            since=2026,
        ),
        Field(
            name="form_content",
            type=Type.OBJECT,
            doc="The content of a survey that is a form.",
            nullable=True,
            null_is_absent=True,
            since=2026,
        ),
        FOLDER,
        Field(name="targeting_flag", doc="The key of the hidden flag.", read_only=True),
        Field(name="created_at", read_only=True),
    ),
)
