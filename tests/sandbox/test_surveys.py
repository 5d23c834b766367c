"""posthog-api-release.md 7 as tables: surveys."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.flags import VARIANTS
from sandbox.flags import made as flag
from sandbox.steps import a_key, switched, with_feature
from sandbox.table import (
    API,
    BEFORE,
    DELETE,
    DENIED,
    FAILED,
    GET,
    MODERN,
    NOT_FOUND,
    NOW,
    ONE,
    PATCH,
    POST,
    PUT,
    UNTIED,
    Call,
    Row,
    check,
    table,
    validation,
)

SURVEYS = ONE + "surveys/"
SURVEY = SURVEYS + "{survey}/"
FLAGS = ONE + "feature_flags/"
ASKED = [{"type": "open", "question": "How is it?"}]
BETA = {
    "groups": [{"properties": [{"key": "plan", "type": "person", "operator": "exact", "value": ["beta"]}]}]
}
ALL = {"groups": [{"properties": [], "rollout_percentage": 100}]}
SAMPLED = {
    "response_sampling_start_date": "2126-01-01T00:00:00Z",
    "response_sampling_interval": 2,
    "response_sampling_interval_type": "day",
    "response_sampling_limit": 10,
}
STARTED = "2026-01-01T00:00:00Z"
STOPPED = "2026-02-01T00:00:00Z"


def made(name: str = "NPS", saves: str = "survey", **rest: Any) -> Call:
    return POST(SURVEYS, {"name": name, "type": "popover", "questions": ASKED, **rest}, saves=saves)


def patched(**sent: Any) -> Call:
    return PATCH(SURVEY, sent)


def question(**rest: Any) -> Call:
    return made(questions=[{"type": "open", "question": "Why?", **rest}])


def an_action(saves: str = "action", name: str = "Paid") -> Call:
    return POST(ONE + "actions/", {"name": name, "steps": [{"event": "paid"}]}, saves=saves)


ACTING = {"actions": {"values": [{"id": "{action}"}]}, "url": "/app"}
ROWS = (
    Row(
        "a survey with its defaults",
        made(),
        201,
        {
            "name": "NPS",
            "description": "",
            "type": "popover",
            "schedule": "once",
            "linked_flag": None,
            "targeting_flag": None,
            "conditions": None,
            "appearance": None,
            "start_date": None,
            "end_date": None,
            "archived": False,
            "responses_limit": None,
            "iteration_count": None,
            "iteration_frequency_days": None,
            "current_iteration": None,
            "internal_targeting_flag": {"active": False},
        },
    ),
    Row("its language", made(), 201, {"base_language": "en"}, ages=NOW),
    Row("has none before", made(), 201, {"base_language": "<missing>"}, ages=BEFORE),
    Row("a name is needed", POST(SURVEYS, {"type": "api"}), 400, validation("required", "name")),
    Row("a type, too", POST(SURVEYS, {"name": "x"}), 400, validation("required", "type")),
    Row("of these", made(type="banner"), 400, validation("invalid_choice", "type")),
    *(
        Row(f"{type_} is one", made(type=type_), 201, {"type": type_})
        for type_ in ("popover", "widget", "external_survey", "api")
    ),
    Row("the longest name", made("x" * 401), 400, validation("max_length", "name")),
    Row("schedules", made(schedule="daily"), 400, validation("invalid_choice", "schedule")),
    *(
        Row(f"schedule {each}", made(schedule=each), 201, {"schedule": each})
        for each in ("once", "recurring", "always", None)
    ),
    Row(
        "a name once",
        made(),
        400,
        validation("unique", None, detail="There is already a survey with this name."),
        [made(saves="other")],
    ),
    Row(
        "archived ones have theirs",
        made(),
        400,
        validation("unique", None),
        [made(saves="other", archived=True)],
    ),
    Row(
        "nor a second by a change",
        patched(name="Other"),
        400,
        validation("unique", None, detail="There is already another survey with this name."),
        [made(), made("Other", saves="other")],
    ),
    Row("its own is fine", patched(name="NPS"), 200, {"name": "NPS"}, [made()]),
    # What POST and PATCH lack (7.2).
    *(
        Row(f"{how} lack what only GET has", call, status, dict.fromkeys(MISSING, "<missing>"), given)
        for MISSING in [("linked_flag_id", "linked_insight_id", "feature_flag_keys", "user_access_level")]
        for how, call, status, given in (
            ("POSTs", made(), 201, []),
            ("PATCHes", patched(archived=False), 200, [made()]),
        )
    ),
    Row(
        "GET has them",
        GET(SURVEY),
        200,
        {"linked_flag_id": "{flag}", "linked_flag": {"key": "checkout"}},
        [flag(), made(linked_flag_id="{flag}")],
    ),
    Row("the insight now", GET(SURVEY), 200, {"linked_insight_id": 7}, [made(linked_insight_id=7)], NOW),
    Row(
        "not before August 2026",
        GET(SURVEY),
        200,
        {"linked_insight_id": "<missing>"},
        [switched(later_2026=False), made(linked_insight_id=7)],
    ),
    Row("PUT fails", PUT(SURVEY, {"name": "x", "type": "api"}), 500, FAILED, [made()]),
    # Questions and appearance (7.3).
    Row("questions are a list", made(questions={}), 400, validation("invalid_input", "questions")),
    Row("of known types", question(type="essay"), 400, validation("invalid_input", "questions")),
    Row("with a text", question(question=""), 400, validation("invalid_input", "questions")),
    Row(
        "that is text or HTML",
        question(descriptionContentType="md"),
        400,
        validation("invalid_input", "questions"),
    ),
    Row(
        "links are https",
        question(type="link", link="http://acme.io"),
        400,
        validation("invalid_input", "questions"),
    ),
    Row(
        "or mailto",
        question(type="link", link="mailto:a@acme.io"),
        201,
        {"questions": [{"link": "mailto:a@acme.io"}]},
    ),
    Row(
        "branching, too", question(branching={"type": "loop"}), 400, validation("invalid_input", "questions")
    ),
    Row(
        "HTML is made safe",
        question(description="<b>Hi</b><script>x()</script>"),
        201,
        {"questions": [{"description": "<b>Hi</b>"}]},
    ),
    Row(
        "ids are kept",
        patched(questions=[{"id": "mine", "type": "open", "question": "Well?"}]),
        200,
        {"questions": [{"id": "mine", "question": "Well?"}]},
        [made()],
    ),
    Row("questions are replaced whole", patched(questions=[]), 200, {"questions": []}, [made()]),
    Row(
        "no shuffling with branches",
        made(questions=[{**ASKED[0], "branching": {"type": "end"}}], appearance={"shuffleQuestions": True}),
        400,
        UNTIED,
    ),
    Row("shuffling without", made(appearance={"shuffleQuestions": True}), 201),
    Row("a label of one's own is paid", made(appearance={"whiteLabel": True}), 400, UNTIED),
    Row(
        "and then there is one",
        made(appearance={"whiteLabel": True}),
        201,
        given=[with_feature("white_labelling")],
    ),
    # Conditions (7.4).
    Row(
        "actions come back whole",
        made(conditions=ACTING),
        201,
        {
            "conditions": {
                "url": "/app",
                "actions": {"values": [{"id": "{action}", "name": "Paid", "is_action": True}]},
            }
        },
        [an_action()],
    ),
    Row(
        "a deleted one, too",
        GET(SURVEY),
        200,
        {"conditions": {"actions": {"values": [{"id": "{action}", "deleted": True}]}}},
        [
            an_action(),
            made(conditions=ACTING),
            PATCH(ONE + "actions/{action}/", {"name": "Paid", "deleted": True}),
        ],
    ),
    Row(
        "a PATCH without conditions drops them",
        patched(description="x"),
        200,
        {"conditions": {"url": "/app", "actions": {"values": []}}},
        [an_action(), made(conditions=ACTING)],
    ),
    Row(
        "with them they stay",
        patched(conditions=ACTING),
        200,
        {"conditions": {"actions": {"values": [{"id": "{action}"}]}}},
        [an_action(), made(conditions=ACTING)],
    ),
    Row(
        "conditions are replaced whole",
        patched(conditions={"selector": "a"}),
        200,
        {"conditions": {"selector": "a", "url": "<missing>"}},
        [made(conditions={"url": "/"})],
    ),
    Row(
        "a variant of the flag",
        made(linked_flag_id="{flag}", conditions={"linkedFlagVariant": "a"}),
        201,
        given=[flag(filters=VARIANTS)],
    ),
    Row(
        "that there is",
        made(linked_flag_id="{flag}", conditions={"linkedFlagVariant": "z"}),
        400,
        UNTIED,
        [flag(filters=VARIANTS)],
    ),
    Row(
        "and the flag in the same request",
        patched(conditions={"linkedFlagVariant": "a"}),
        400,
        UNTIED,
        [flag(filters=VARIANTS), made(linked_flag_id="{flag}")],
    ),
    # Rules (7.5).
    Row(
        "a flag that there is",
        made(linked_flag_id=99999),
        400,
        {**UNTIED, "detail": "Feature Flag with this ID does not exist"},
    ),
    Row("an audience that is not everybody", made(targeting_flag_filters=ALL), 400, UNTIED),
    Row(
        "null is everybody",
        made(targeting_flag_filters={"groups": [{"properties": [], "rollout_percentage": None}]}),
        400,
        UNTIED,
    ),
    Row(
        "half of them is not",
        made(targeting_flag_filters={"groups": [{"properties": [], "rollout_percentage": 50}]}),
        201,
    ),
    Row(
        "a page of its own has no flag",
        made(type="external_survey", linked_flag_id="{flag}"),
        400,
        UNTIED,
        [flag()],
    ),
    Row("no audience", made(type="external_survey", targeting_flag_filters=BETA), 400, UNTIED),
    Row("no conditions", made(type="external_survey", conditions={"url": "/"}), 400, UNTIED),
    Row("but empty ones", made(type="external_survey", conditions={"actions": {"values": []}}), 201),
    Row("so many times at most", made(iteration_count=501), 400, validation("max_value", "iteration_count")),
    Row(
        "times and days",
        patched(iteration_count=3, iteration_frequency_days=30, start_date=STARTED),
        200,
        {
            "iteration_start_dates": [
                "2026-01-01T00:00:00.000000Z",
                "2026-01-31T00:00:00.000000Z",
                "2026-03-02T00:00:00.000000Z",
            ],
            "current_iteration": 1,
            "current_iteration_start_date": "2026-01-01T00:00:00.000000Z",
        },
        [made()],
    ),
    Row(
        "times alone clear the days",
        patched(iteration_count=4),
        200,
        {"iteration_count": 4, "iteration_frequency_days": None},
        [made(iteration_count=3, iteration_frequency_days=30)],
    ),
    Row(
        "not fewer than have been",
        patched(iteration_count=1),
        400,
        {**UNTIED, "detail": "Cannot change survey recurrence to 1, should be at least 2"},
        [
            made(iteration_count=3, iteration_frequency_days=30, start_date=STARTED),
            patched(current_iteration=2),
        ],
    ),
    Row(
        "sampling begins today or later",
        made(**{**SAMPLED, "response_sampling_start_date": STARTED}),
        400,
        UNTIED,
    ),
    Row("sampled", made(**SAMPLED), 201, {"response_sampling_limit": 10, "response_sampling_interval": 2}),
    Row("a limit needs its interval", patched(response_sampling_limit=3), 500, FAILED, [made()]),
    Row(
        "or is cleared",
        patched(response_sampling_limit=None),
        200,
        {"response_sampling_limit": None},
        [made(**SAMPLED)],
    ),
    # Dates (7.7).
    Row(
        "launched", patched(start_date=STARTED), 200, {"start_date": "2026-01-01T00:00:00.000000Z"}, [made()]
    ),
    Row("never a draft again", patched(start_date=None), 400, UNTIED, [made(start_date=STARTED)]),
    Row("a draft stays one", patched(start_date=None), 200, {"start_date": None}, [made()]),
    Row(
        "stopped",
        patched(end_date=STOPPED),
        200,
        {"end_date": "2026-02-01T00:00:00.000000Z"},
        [made(start_date=STARTED)],
    ),
    Row(
        "goes on",
        patched(end_date=None),
        200,
        {"start_date": "2026-01-01T00:00:00.000000Z", "end_date": None},
        [made(start_date=STARTED, end_date=STOPPED)],
    ),
    Row(
        "launched by an action",
        POST(SURVEY + "launch/"),
        200,
        {"internal_targeting_flag": {"active": False}},
        [made()],
        NOW,
    ),
    Row("which is new", POST(SURVEY + "launch/"), 404, ages=BEFORE, given=[made()]),
    # Lists (7.1).
    Row(
        "archived ones are listed",
        GET(SURVEYS),
        200,
        {"count": 1, "results": [{"archived": True}]},
        [made(archived=True)],
    ),
    Row("or left out", GET(SURVEYS + "?archived=false"), 200, {"count": 0}, [made(archived=True)], NOW),
    Row(
        "which is new, too",
        GET(SURVEYS + "?archived=false"),
        200,
        {"count": 1},
        [made(archived=True)],
        BEFORE,
    ),
    Row(
        "newest first",
        GET(SURVEYS),
        200,
        {"results": [{"name": "B"}, {"name": "A"}]},
        [made("A"), made("B")],
        NOW,
    ),
    Row(
        "by a text",
        GET(SURVEYS + "?search=nps"),
        200,
        {"results": [{"name": "NPS"}]},
        [made("Other"), made()],
    ),
    Row("by type", GET(SURVEYS + "?type=api"), 200, {"count": 0}, [made()], NOW),
    Row(
        "by ids",
        GET(SURVEYS + "?ids={survey}"),
        200,
        {"results": [{"name": "NPS"}]},
        [made("Other"), made()],
        NOW,
    ),
    Row("that are ids", GET(SURVEYS + "?ids=x"), 400, validation("invalid_input", "ids"), ages=NOW),
    # Deletion and owned flags (7.6).
    Row("deleted for good", GET(SURVEY), 404, NOT_FOUND, [made(), DELETE(SURVEY)]),
    Row(
        "no flag of its is listed",
        GET(FLAGS),
        200,
        {"count": 0},
        [made(targeting_flag_filters=BETA, **SAMPLED)],
    ),
    Row(
        "its audience's flag is deleted with it",
        GET(FLAGS + "{flag}/"),
        404,
        NOT_FOUND,
        [flag(), made(targeting_flag_id="{flag}"), DELETE(SURVEY)],
    ),
    Row(
        "a user's flag is no longer listed",
        GET(FLAGS),
        200,
        {"count": 0},
        [flag(), made(targeting_flag_id="{flag}")],
    ),
    Row("an attached flag that there is", made(targeting_flag_id=99999), 400, UNTIED),
    Row("which is not null", made(targeting_flag_id=None), 400, validation("null", "targeting_flag_id")),
    Row(
        "the linked one stays",
        GET(FLAGS + "{flag}/"),
        200,
        {"deleted": False},
        [flag(), made(linked_flag_id="{flag}"), DELETE(SURVEY)],
    ),
    Row(
        "a linked one that is deleted dangles",
        GET(SURVEY),
        200,
        {"linked_flag_id": "{flag}", "linked_flag": {"deleted": True}},
        [flag(), made(linked_flag_id="{flag}"), PATCH(FLAGS + "{flag}/", {"deleted": True})],
    ),
    Row(
        "an audience is removed",
        patched(remove_targeting_flag=True),
        200,
        {"targeting_flag": None},
        [made(targeting_flag_filters=BETA)],
    ),
    Row(
        "an audience is merged",
        patched(targeting_flag_filters={"payloads": {"true": '"x"'}}),
        200,
        {
            "targeting_flag": {
                "filters": {"groups": [{"properties": [{"value": ["beta"]}]}], "payloads": {"true": '"x"'}}
            }
        },
        [made(targeting_flag_filters=BETA)],
    ),
    Row(
        "its row in the tree",
        GET(ONE + "file_system/?type=survey"),
        200,
        {"results": [{"path": "Unfiled/Surveys/NPS", "ref": "{survey}"}]},
        [made()],
        MODERN,
    ),
    Row(
        "in its folder",
        GET(ONE + "file_system/?type=survey"),
        200,
        {"results": [{"path": "Ours/NPS"}]},
        [made(_create_in_folder="Ours")],
        MODERN,
    ),
    Row(
        "follows its name",
        GET(ONE + "file_system/?type=survey"),
        200,
        {"results": [{"path": "Unfiled/Surveys/CSAT"}]},
        [made(), patched(name="CSAT")],
        MODERN,
    ),
    Row(
        "is deleted with it",
        GET(ONE + "file_system/?type=survey"),
        200,
        {"count": 0},
        [made(), DELETE(SURVEY)],
        MODERN,
    ),
    Row(
        "hidden flags have none",
        GET(ONE + "file_system/?type=feature_flag"),
        200,
        {"count": 0},
        [made(targeting_flag_filters=BETA)],
        MODERN,
    ),
    # Scopes (1.2).
    Row(
        "a key that reads",
        POST(SURVEYS, {"name": "x", "type": "api"}, key="{key}"),
        403,
        DENIED,
        [a_key("key", scopes=["survey:read"])],
    ),
    Row(
        "a survey makes a flag",
        POST(SURVEYS, {"name": "x", "type": "api"}, key="{key}"),
        403,
        DENIED,
        [a_key("key", scopes=["survey:write"])],
        NOW,
    ),
    Row(
        "which older servers only log",
        POST(SURVEYS, {"name": "x", "type": "api"}, key="{key}"),
        201,
        given=[switched(later_2026=False), a_key("key", scopes=["survey:write"])],
    ),
    Row(
        "or are told not to ask",
        POST(SURVEYS, {"name": "x", "type": "api"}, key="{key}"),
        201,
        given=[switched(asks_flag_scope=False), a_key("key", scopes=["survey:write"])],
    ),
    Row(
        "both scopes",
        POST(SURVEYS, {"name": "x", "type": "api"}, key="{key}"),
        201,
        given=[a_key("key", scopes=["survey:write", "feature_flag:write"])],
    ),
    Row(
        "what changes no flag needs one",
        PATCH(SURVEY, {"description": "x"}, key="{key}"),
        200,
        given=[made(), a_key("key", scopes=["survey:write"])],
    ),
    Row(
        "a launch changes one",
        PATCH(SURVEY, {"start_date": STARTED}, key="{key}"),
        403,
        DENIED,
        [made(), a_key("key", scopes=["survey:write"])],
        NOW,
    ),
    Row(
        "a deletion, too",
        DELETE(SURVEY, key="{key}"),
        403,
        DENIED,
        [made(), a_key("key", scopes=["survey:write"])],
        NOW,
    ),
    Row(
        "a viewer of the attached flag changes nothing",
        PATCH(SURVEY, {"description": "x"}, key="{bo_key}"),
        403,
        DENIED,
        [
            a_key("bo_key", "bo@acme.io"),
            flag(),
            made(targeting_flag_id="{flag}"),
            PUT(
                FLAGS + "{flag}/access_controls/",
                {"access_level": "viewer", "organization_member": "{member_bo}"},
            ),
        ],
        NOW,
    ),
    Row(
        "its activity",
        GET(SURVEY + "activity/"),
        200,
        {"results": [{"activity": "created", "item_id": "{survey}"}]},
        [made()],
    ),
    Row("nobody has answered", GET(SURVEY + "responses/"), 200, {"results": []}, [made()]),
    Row(
        "answers need a scope",
        GET(SURVEY + "responses/", key="{key}"),
        403,
        DENIED,
        [made(), a_key("key", scopes=["survey:read"])],
    ),
)


@table(ROWS)
def test_surveys(api: API, row: Row) -> None:
    check(api, row)


def test_each_question_gets_an_id(api: API) -> None:
    first, second = api.send(made(questions=[*ASKED, *ASKED])).body["questions"]

    assert first["id"] != second["id"]
    assert {**first, "id": 0} == {**ASKED[0], "id": 0}


@pytest.mark.parametrize("age", [2024, 2025, 2026])
def test_owned_flags_are_on_while_the_survey_runs_and_only_since_its_next_change(api: API, age: int) -> None:
    def on() -> list[bool]:
        found = api.get(SURVEY)
        return [found[name]["active"] for name in ("targeting_flag", "internal_targeting_flag")]

    api.send(made(start_date=STARTED, targeting_flag_filters=BETA))
    seen = [on()]
    for change in ({"description": "x"}, {"end_date": STOPPED}, {"end_date": None}, {"archived": True}):
        assert api.send(PATCH(SURVEY, change)).status == 200
        seen.append(on())

    assert seen == [[False] * 2, [True] * 2, [False] * 2, [True] * 2, [False] * 2]


def test_owned_flags_have_names_of_their_own(api: API) -> None:
    found = api.send(made(targeting_flag_filters=BETA)).body

    keys = [found[name]["key"] for name in ("targeting_flag", "internal_targeting_flag")]
    assert [len(key) for key in keys] == [len("survey-targeting-") + 10, len("survey-targeting--custom") + 10]
    assert keys[1].endswith("-custom")
    assert found["targeting_flag"]["name"] == "Targeting flag for survey NPS"


def test_the_flag_of_a_sample_is_left_behind(api: API) -> None:
    from pulumi_posthog.sandbox.families.released_objects import FeatureFlag

    def left() -> list[str]:
        return [str(each.name)[-9:] for each in FeatureFlag.objects.filter(owner="survey")]

    limits = json.loads(
        api.send(made(targeting_flag_filters=BETA, **SAMPLED)).body["response_sampling_daily_limits"]
    )
    assert [each["daily_response_limit"] for each in limits] == [5, 10]
    assert len(left()) == 3

    api.send(DELETE(SURVEY))

    assert left() == ["-sampling"]


def test_deleting_the_row_in_the_tree_deletes_the_survey_and_its_flags(api: API) -> None:
    from pulumi_posthog.sandbox.families.released_objects import FeatureFlag

    api.send(made(targeting_flag_filters=BETA))
    (row,) = api.results(ONE + "file_system/?type=survey")

    (gone,) = api.send(DELETE(f"{ONE}file_system/{row['id']}/")).body["deleted"]

    assert (gone["ref"], gone["mode"]) == (api.names["survey"], "hard")
    assert api.send(GET(SURVEY)).status == 404
    assert not FeatureFlag.objects.filter(owner="survey").exists()


def test_a_recurring_survey_that_goes_on_begins_anew(api: API) -> None:
    api.send(made(start_date=STARTED, end_date=STOPPED, iteration_count=3, iteration_frequency_days=30))

    found = api.send(PATCH(SURVEY, {"end_date": None})).body

    began = datetime.fromisoformat(found["start_date"])
    assert abs(datetime.now(UTC) - began) < timedelta(minutes=5)


def test_the_server_stops_a_survey_by_itself(api: API) -> None:
    api.send(made(start_date=STARTED, responses_limit=1))

    assert api.send(POST("/_sandbox/surveys/end", {"name": "NPS"})).status == 200

    assert api.get(SURVEY)["end_date"] is not None
    assert api.send(POST("/_sandbox/surveys/end", {"name": "x"})).status == 400


def test_launches_and_stops_have_words_of_their_own(api: API) -> None:
    api.send(made())
    for change in ({"description": "x"}, {"start_date": STARTED}, {"end_date": STOPPED}, {"end_date": None}):
        api.send(PATCH(SURVEY, change))
    api.send(DELETE(SURVEY))

    found = api.results("/api/projects/{project}/activity_log/?scope=Survey")

    assert [each["activity"] for each in found] == [
        "deleted",
        "updated",
        "stopped",
        "launched",
        "updated",
        "created",
    ]
    assert {each["item_id"] for each in found} == {api.names["survey"]}


def test_an_older_server_has_no_order(api: API) -> None:
    switched(age=2025)(api)
    made_in_order = [api.send(made(f"S{number}")).body["id"] for number in range(4)]

    found = [each["id"] for each in api.results(SURVEYS)]

    # By what is random: as if shuffled.
    assert found == sorted(made_in_order)


@pytest.mark.parametrize(
    ("state", "dates"),
    [
        ("draft", (False, False, False)),
        ("running", (True, False, False)),
        ("stopped", (True, True, False)),
        ("archived", (True, True, True)),
    ],
)
def test_a_seed_says_in_which_state_a_survey_is(
    filled: Callable[[str], Any], state: str, dates: tuple[bool, ...]
) -> None:
    from pulumi_posthog.sandbox.families.surveys.models import Survey

    filled(f"""
projects:
  Web:
    feature_flags: {{checkout: {{}}}}
    surveys:
      NPS: {{type: api, status: {state}, linked_flag_id: !ref feature_flag/checkout}}
""")
    (row,) = Survey.objects.all()

    assert (row.start_date is not None, row.end_date is not None, row.archived) == dates
    assert row.linked_flag is not None
    assert row.linked_flag.name == "checkout"
    assert row.uuid is not None
