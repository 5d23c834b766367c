"""The model tests are sharp: with one safety taken out, each of them fails on an example that is written here.

A test that cannot fail proves nothing; hypothesis would find these, and more, in a soak.
"""

from __future__ import annotations

import pytest

from harness.access import object_rule, project_rule
from harness.charted import (
    MONDAY,
    SIGNUPS,
    alert,
    come_in,
    dashboard,
    event,
    insight,
    ours,
    property_of_events,
    put_elsewhere,
    subscription,
    text,
    tile,
    variable,
    view,
)
from harness.engine import Refused
from harness.model import CONFIG, Model
from harness.releases import CHECKOUT, PAGE, PAYERS, STAFF, TESTERS, cohort, flag
from harness.rows import EVENTS, HOOK, HOOK_EARLY, RELAY, WEB, function
from harness.sandbox import Sandbox
from harness.sourced import source
from harness.surveyed import feature, held, split, survey, trial
from harness.world import Disturbance, converge, lose_little
from model import sources
from pulumi_posthog.api import ApiError, NotServed, Reader, paging
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile import limits, locking, losses
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.membership import Members
from pulumi_posthog.stack.declarations import properties_of
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.handlers.guard import GuardHandler
from pulumi_posthog.values import reference
from pulumi_posthog.values.secret_text import SecretText

QUIET = Disturbance()
FOLDER = ("file_system_entry", "Web/M", "Web", (("path", "M"), ("type", "folder")))
ORDERS = (
    "pipeline_destination",
    "Web/Orders",
    "Web",
    (("config", {**CONFIG, "password": SecretText("hush", "!env P")}), ("name", "Orders"), ("plugin", 1)),
)
ROLES = tuple(("role", name, None, (("name", name),)) for name in ("Analysts", "Editors", "Ops"))
EVERYBODY = ("role_members", "Ops", "Ops", (("members", ("ana@acme.io", "bo@acme.io", "cy@acme.io")),))


LOST_FUNCTION = [(Model((WEB, HOOK)), Disturbance(("503-after POST /hog_functions/ times=1",)))]
LOST_EXPORT = [(Model((WEB, EVENTS)), Disturbance(("503-after POST /batch_exports/ times=1",)))]
KILLED_BELOW = [
    (Model((WEB,)), QUIET),
    *(
        (Model((WEB, HOOK, RELAY, EVENTS)), Disturbance(killed_at=at, killed_after=True))
        for at in range(1, 8)
    ),
]
FLAGS = (flag("Web", PAGE), flag("Web", CHECKOUT, 50, PAGE), flag("Web", "other"))
COHORTS = (cohort("Web", STAFF), cohort("Web", TESTERS, inside=STAFF), cohort("Web", PAYERS, inside=TESTERS))
FOR_COHORTS = (*COHORTS, flag("Web", PAGE, among=PAYERS), flag("Web", CHECKOUT, 50, PAGE, STAFF))
FEWER_COHORTS = [(Model((WEB, *COHORTS)), QUIET), (Model((WEB,)), QUIET)]
# A killed run knows nothing of the cohort that it made: the next one takes it over, and what refers to it follows.
KILLED_COHORTS = [
    (Model((WEB,)), QUIET),
    *(
        (Model((WEB, *FOR_COHORTS)), Disturbance(killed_at=at, killed_after=True, edits=1))
        for at in range(1, 9)
    ),
]
# What is about flags and cohorts, in states that take several requests.
ABOUT = (
    *FOR_COHORTS,
    held("Web"),
    split("Web"),
    trial("Web", status="running"),
    feature("Web", PAGE),
    survey("Web", PAGE, PAYERS, status="archived"),
)
ABOUT_LATER = (*ABOUT[:-1], survey("Web", CHECKOUT, STAFF, status="running"))
KILLED_SURVEYS = [
    (Model((WEB, *FOR_COHORTS)), QUIET),
    *(
        (Model((WEB, *rows)), Disturbance(killed_at=at, killed_after=True, edits=2, seed=at))
        for rows in (ABOUT, ABOUT_LATER)
        for at in range(8, 26, 3)
    ),
]
TWO_OF_EACH = tuple(
    (
        row[0],
        f"{row[1]} too",
        row[2],
        tuple((key, f"{value} too" if key == "name" else value) for key, value in row[3]),
    )
    for row in (held("Web"), trial("Web"), survey("Web"))
)
FEWER_SURVEYS = [
    (Model((WEB, split("Web"), held("Web"), trial("Web"), survey("Web"), *TWO_OF_EACH)), QUIET),
    (Model((WEB, split("Web"))), QUIET),
]
WATCHED = (insight("Web"), alert("Web", "30%", "ana@acme.io"), subscription("Web", "a@example.com"))
WATCHED_OTHERWISE = (
    insight("Web", "paid"),
    alert("Web", "50%"),
    subscription("Web", "a@example.com", "b@example.com"),
)
KILLED_MAIL = [
    (Model((WEB, insight("Web"))), QUIET),
    *(
        (Model((WEB, *rows)), Disturbance(killed_at=at, killed_after=True, edits=2, seed=at))
        for rows in (WATCHED, WATCHED_OTHERWISE)
        for at in range(2, 12, 3)
    ),
]
THREE_ALERTS = tuple(
    (
        row[0],
        f"{row[1]} {number}",
        row[2],
        tuple((k, f"{v} {number}" if k == "name" else v) for k, v in row[3]),
    )
    for number in range(3)
    for row in (alert("Web"),)
)
FEWER_ALERTS = [(Model((WEB, insight("Web"), *THREE_ALERTS)), QUIET), (Model((WEB,)), QUIET)]
SHOP = source("Web", "users", "orders", "carts")
SOURCE = [(Model((WEB, SHOP)), QUIET), (Model((WEB, source("Web", "users", host="db.acme.com"))), QUIET)]
FEWER_TABLES = [(Model((WEB, SHOP)), QUIET), (Model((WEB,)), QUIET)]
BOARDS = (
    insight("Web"),
    dashboard("Web", tile("Web"), text("On Mondays")),
    variable("Web"),
    view("Web", "spending", "select plan from paying"),
    view("Web"),
)
KILLED_BOARDS = [
    (Model((WEB,)), QUIET),
    *(
        (Model((WEB, *BOARDS)), Disturbance(killed_at=at, killed_after=True, edits=1, seed=at))
        for at in range(3, 16, 4)
    ),
]
EDITED_VIEW = [
    (Model((WEB, view("Web"))), QUIET),
    (Model((WEB, view("Web", sql="select 2 as plan"))), Disturbance(meanwhile=True)),
]
NOT_COME_IN = [(Model((WEB, event("Web"), property_of_events("Web"))), QUIET)]
FEWER_VIEWS = [
    (Model((WEB, *(view("Web", name) for name in ("paying", "spending", "saving")))), QUIET),
    (Model((WEB,)), QUIET),
]
FEWER_FLAGS = [(Model((WEB, *FLAGS)), QUIET), (Model((WEB,)), QUIET)]
# The hook becomes another one, because its type replaces it: what refers to it has to follow.
ANOTHER_HOOK = function("Web", "Hook", "x", type="source_webhook")
REFERRED = [(Model((WEB, HOOK, RELAY)), QUIET), (Model((WEB, ANOTHER_HOOK, RELAY)), QUIET)]
OF_ONE_NAME = [
    (Model((WEB, HOOK)), QUIET),
    *((Model((WEB, HOOK, HOOK_EARLY, RELAY)), Disturbance(killed_at=at, killed_after=True)) for at in (3, 5)),
]
LOST_ANSWER = [(Model((WEB, FOLDER, ORDERS)), Disturbance(("503-after POST /file_system/ times=1",)))]
LOST_CONNECTION = [(Model((WEB, ORDERS)), Disturbance(("reset-after POST _configs/ times=1",)))]
SHORT_PAGE = [
    (Model((WEB, ORDERS)), QUIET),
    (Model((WEB, ORDERS)), Disturbance(("short-page GET _configs/ times=6",))),
]
CUT_ANSWER = [
    (Model((WEB, ORDERS)), QUIET),
    (Model((WEB, ORDERS)), Disturbance(("cut GET _configs/ times=6",))),
]
FEWER_ROLES = [(Model(ROLES), QUIET), (Model(ROLES[:1]), QUIET)]
FEWER_WITHOUT_GUARD = [(Model(ROLES), QUIET), (Model(ROLES[:1]), Disturbance(forgotten=True))]
FEWER_FUNCTIONS = [(Model((WEB, HOOK, RELAY)), QUIET), (Model((WEB,)), QUIET)]
RULES = tuple(project_rule("Web", "member", role=row[1]) for row in ROLES)
FEWER_RULES = [(Model((WEB, *ROLES, *RULES)), QUIET), (Model((WEB, *ROLES)), QUIET)]
OBJECT_RULES = tuple(object_rule(flag("Web", PAGE), "editor", role=row[1]) for row in ROLES)
FEWER_OBJECT_RULES = [
    (Model((WEB, *ROLES, flag("Web", PAGE), *OBJECT_RULES)), QUIET),
    (Model((WEB, *ROLES, flag("Web", PAGE))), QUIET),
]
FEWER_MEMBERS = [
    (Model((*ROLES, EVERYBODY)), QUIET),
    (Model((*ROLES, (*EVERYBODY[:3], (("members", ("ana@acme.io",)),)))), QUIET),
]
# Killed after one of its first requests was carried out: one of them is the POST, of which no state knows.
KILLED = [
    (Model((WEB,)), QUIET),
    *((Model((WEB, ORDERS)), Disturbance(killed_at=at, killed_after=True)) for at in range(1, 6)),
]


@pytest.fixture
def tight(monkeypatch):
    """The limits as a new stack has them."""
    monkeypatch.setattr(process.run.settings, "limits", Limits())


def without_looking_after_a_lost_answer(monkeypatch):
    post = Applier._post

    def blind(self, *arguments):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.live, "find", lambda *_: [])
            return post(self, *arguments)

    monkeypatch.setattr(Applier, "_post", blind)


def without_looking_before_a_create(monkeypatch):
    monkeypatch.setattr(Applier, "_existing", lambda *_: None)


def trusting_lists(monkeypatch):
    """What a list lacks is not asked about alone, which would find it."""
    monkeypatch.setattr(Kind, "asked_alone", property(lambda _: False))


def without_counting_a_list(monkeypatch):
    trusting_lists(monkeypatch)
    monkeypatch.setattr(paging, "whole_of", lambda rows, _count: list(rows))


def taking_a_list_that_failed_for_an_empty_one(monkeypatch):
    trusting_lists(monkeypatch)
    list_all = Reader.list_all

    def trusting(self, *arguments, **options):
        try:
            return list_all(self, *arguments, **options)
        except ApiError:
            return []

    monkeypatch.setattr(Reader, "list_all", trusting)


def taking_every_id_for_the_one_that_is_meant(monkeypatch):
    monkeypatch.setattr(reference, "_name_of", lambda _live, declared: declared)


def taking_those_of_one_name_for_one(monkeypatch):
    keys = Kind.all_natural_keys
    monkeypatch.setattr(
        Kind,
        "all_natural_keys",
        lambda *known: [tuple(part for part in key if part[0] != "type") for key in keys(*known)],
    )


def writing_over_the_edits_of_others(monkeypatch):
    patch = locking.patch

    def insisting(live, writer, kind, scope, found, *rest):
        try:
            return patch(live, writer, kind, scope, found, *rest)
        except CannotApply:
            return patch(live, writer, kind, scope, live.object(kind, scope, found.id), *rest)

    monkeypatch.setattr(locking, "patch", insisting)


def without_rails(monkeypatch):
    for module in (limits, losses):
        monkeypatch.setattr(module, "too_many", lambda *_: False)


CONVERGENCE = {
    "a lost answer": (without_looking_after_a_lost_answer, LOST_ANSWER),
    "a lost connection": (without_looking_after_a_lost_answer, LOST_CONNECTION),
    "a lost answer about a function": (without_looking_after_a_lost_answer, LOST_FUNCTION),
    "a lost answer about an export": (without_looking_after_a_lost_answer, LOST_EXPORT),
    "a run that was killed below a project": (without_looking_before_a_create, KILLED_BELOW),
    "a reference": (taking_every_id_for_the_one_that_is_meant, REFERRED),
    "two of one name": (taking_those_of_one_name_for_one, OF_ONE_NAME),
    "a killed run": (without_looking_before_a_create, KILLED),
    "a run that was killed among cohorts": (without_looking_before_a_create, KILLED_COHORTS),
    "a run that was killed among surveys": (without_looking_before_a_create, KILLED_SURVEYS),
    "a run that was killed among alerts": (without_looking_before_a_create, KILLED_MAIL),
    "a secret that is left out": (sources.taking_a_secret_that_is_left_out_for_gone, SOURCE),
    "a run that was killed among dashboards": (without_looking_before_a_create, KILLED_BOARDS),
    "an edit of a view meanwhile": (writing_over_the_edits_of_others, EDITED_VIEW),
    "a short page": (without_counting_a_list, SHORT_PAGE),
    "a cut answer": (taking_a_list_that_failed_for_an_empty_one, CUT_ANSWER),
    **sources.CONVERGENCE,
}
LOSSES = {
    "fewer roles": FEWER_ROLES,
    "fewer roles, which no guard remembers": FEWER_WITHOUT_GUARD,
    "fewer members": FEWER_MEMBERS,
    "fewer functions": FEWER_FUNCTIONS,
    "fewer flags": FEWER_FLAGS,
    "fewer cohorts": FEWER_COHORTS,
    "fewer rules": FEWER_RULES,
    "fewer rules of a flag": FEWER_OBJECT_RULES,
    "fewer surveys": FEWER_SURVEYS,
    "fewer alerts with their insight": FEWER_ALERTS,
    "fewer tables with their source": FEWER_TABLES,
    "fewer views": FEWER_VIEWS,
}


@pytest.mark.parametrize("name", CONVERGENCE)
def test_with_every_safety_it_converges(anew, posthog, name):
    converge(anew(), posthog, CONVERGENCE[name][1])


@pytest.mark.parametrize("name", CONVERGENCE)
def test_without_one_of_them_the_model_test_fails(anew, posthog, monkeypatch, name):
    take_out, rounds = CONVERGENCE[name]
    take_out(monkeypatch)

    with pytest.raises(AssertionError):
        converge(anew(), posthog, rounds)


@pytest.mark.parametrize("name", LOSSES)
def test_with_the_rails_little_is_lost(anew, posthog, tight, name):
    lose_little(anew(), posthog, LOSSES[name])


LOST = (
    r": (role|membership|function|flag|cohort|access_controls|object_rules|experiment|experiment_holdout|survey"
    r"|alert|table|warehouse_saved_query) of "
)


@pytest.mark.parametrize("name", LOSSES)
def test_without_the_rails_the_model_test_fails(anew, posthog, tight, monkeypatch, name):
    without_rails(monkeypatch)

    with pytest.raises(AssertionError, match=LOST):
        lose_little(anew(), posthog, LOSSES[name])


def test_without_counting_what_no_guard_remembers_it_is_lost(anew, posthog, tight, monkeypatch):
    monkeypatch.setattr(GuardHandler, "_forgotten", lambda *_: (None, {}))
    lose_little(anew(), posthog, FEWER_WITHOUT_GUARD)  # it is refused where it is deleted
    monkeypatch.setattr("pulumi_posthog.stack.handlers.kind.check_counted", lambda *_, **__: None)

    with pytest.raises(AssertionError, match=r"2 of 4: role of "):
        lose_little(anew(), posthog, FEWER_WITHOUT_GUARD)


def test_without_refusing_another_source_in_its_place_the_tables_are_lost(anew, posthog, monkeypatch):
    monkeypatch.setattr(process.run.settings, "limits", Limits())
    sources.making_another_one_in_its_place(monkeypatch)

    with pytest.raises(AssertionError, match=r"3 of 3: table of "):
        lose_little(anew(), posthog, sources.OF_ANOTHER_SORT)


def transformations(*enabled: bool) -> Model:
    """As many functions, in this order, above the one that every project has and nobody declares here."""
    rows = (
        function("Web", f"T{place}", "x", type="transformation", enabled=on, execution_order=place + 2)
        for place, on in enumerate(enabled)
    )
    return Model((WEB, *rows))


# With the one of a new project there are as many as PostHog takes; the first and the last change places.
FULL = (False, *[True] * 19)
CHANGED = (*FULL[1:], False)
PLACES = [
    (transformations(*FULL), QUIET),
    (transformations(*CHANGED), Disturbance(killed_at=4, killed_after=True)),
    (transformations(*FULL), Disturbance(("503-after PATCH /hog_functions/ times=1",), killed_at=5)),
    (transformations(*CHANGED), QUIET),
]


def test_transformations_change_places_under_the_cap_whatever_happens(anew, posthog):
    converge(anew(), posthog, PLACES)


def test_without_room_that_is_made_first_there_is_none(anew, posthog, monkeypatch):
    monkeypatch.setattr("harness.engine.room_first", lambda desired: desired.entries)

    with pytest.raises((Refused, AssertionError), match="would have 21 enabled transformations"):
        converge(anew(), posthog, PLACES)


SURVEYED = Model((WEB, survey("Web"), object_rule(survey("Web"), "viewer")))


def delete_the_survey(posthog: Sandbox) -> None:
    path = f"/api/projects/{posthog.project('Web')['id']}/surveys/"
    (made,) = posthog.all(path)
    posthog.call("DELETE", f"{path}{made['id']}/")


def test_rules_follow_an_object_that_somebody_deletes_and_a_run_makes_anew(anew, posthog):
    driver = anew()
    driver.up(SURVEYED)
    delete_the_survey(posthog)

    converge(driver, posthog, [(SURVEYED, QUIET)])


def test_without_the_proof_that_an_object_is_gone_its_rules_never_follow(anew, posthog, monkeypatch):
    monkeypatch.setattr("pulumi_posthog.reconcile.listing.what_it_is_about", lambda *_: None)
    driver = anew()
    driver.up(SURVEYED)
    delete_the_survey(posthog)

    with pytest.raises(NotServed):
        converge(driver, posthog, [(SURVEYED, QUIET)])


# -- analytics -----------------------------------------------------------------------------------------------------


def test_a_property_that_has_not_come_in_is_left_out_until_it_does(anew, posthog):
    driver = anew()
    converge(driver, posthog, NOT_COME_IN)
    project = posthog.project("Web")["id"]
    come_in(posthog, project)

    converge(driver, posthog, NOT_COME_IN)

    assert [each["description"] for each in ours(posthog, project, "property_definition")] == ["Which plan"]


def test_without_that_no_run_gets_there(anew, posthog, monkeypatch):
    monkeypatch.setattr("harness.engine.coming_in.without_unseen", lambda desired, *_: (desired, ()))

    with pytest.raises(Refused, match="PostHog has seen no such property yet"):
        converge(anew(), posthog, NOT_COME_IN)


LOST_MAIL = [
    (
        Model((WEB, insight("Web"), subscription("Web", "a@example.com"))),
        Disturbance(("503-after POST /subscriptions/ times=1",)),
    )
]


def test_what_people_get_by_mail_is_not_posted_again_on_doubt(anew, posthog, monkeypatch):
    without_looking_after_a_lost_answer(monkeypatch)

    converge(anew(), posthog, LOST_MAIL)


def test_without_that_it_is_there_twice(anew, posthog, monkeypatch):
    without_looking_after_a_lost_answer(monkeypatch)
    monkeypatch.setattr(Kind, "posted_once", property(lambda _: False))

    with pytest.raises(AssertionError, match=MONDAY):
        converge(anew(), posthog, LOST_MAIL)


def none_of_two_is_taken(driver, posthog: Sandbox) -> None:
    """Somebody has made two insights of the name that a file then declares."""
    driver.up(Model((WEB,)))
    project = posthog.project("Web")["id"]
    for described in ("one", "two"):
        body = {"name": SIGNUPS, "description": described, "saved": True}
        posthog.call("POST", f"/api/projects/{project}/insights/", body)
    before = ours(posthog, project, "insight")

    driver.disturbed(Model((WEB, insight("Web"))), QUIET)

    assert ours(posthog, project, "insight") == before


def test_of_two_insights_of_one_name_none_is_taken_over(anew, posthog):
    none_of_two_is_taken(anew(), posthog)


def test_without_that_the_first_one_is_changed(anew, posthog, monkeypatch):
    monkeypatch.setattr(Kind, "oldest_wins", property(lambda _: True))

    with pytest.raises(AssertionError):
        none_of_two_is_taken(anew(), posthog)


UNSAID = Model((WEB, insight("Web"), dashboard("Web", description="On Mondays")))
SAID = Model((WEB, insight("Web"), dashboard("Web", tile("Web"))))
ELSEWHERE = Model((WEB, insight("Web"), dashboard("Web", text("On Mondays"))))


def changed_by_hand(posthog: Sandbox, **body: object) -> None:
    """Somebody changes the dashboard."""
    project = posthog.project("Web")["id"]
    (board,) = ours(posthog, project, "dashboard")
    posthog.call("PATCH", f"/api/projects/{project}/dashboards/{board['id']}/", body)


def a_text_of_somebody_stays(driver, posthog: Sandbox) -> None:
    """No file says what is on the dashboard; a run has something else to change there."""
    driver.up(UNSAID)
    changed_by_hand(posthog, description="By hand", tiles=[{"text": {"body": "By hand"}}])

    converge(driver, posthog, [(UNSAID, QUIET)])


def test_tiles_are_as_somebody_has_put_them_where_no_file_says_which(anew, posthog):
    a_text_of_somebody_stays(anew(), posthog)


def test_without_that_they_are_taken_off(anew, posthog, monkeypatch):
    def taking_what_is_not_said_for_nothing(entry, parent):
        nothing = {"tiles": []} if entry.kind.name == "dashboard" else {}
        return {**nothing, **properties_of(entry, parent)}

    monkeypatch.setattr("harness.engine.properties_of", taking_what_is_not_said_for_nothing)

    with pytest.raises(AssertionError, match="no file says what is on it"):
        a_text_of_somebody_stays(anew(), posthog)


def an_insight_stays_elsewhere(driver, posthog: Sandbox) -> None:
    """Somebody has put the insight on a dashboard of his own; a run puts it on the declared one."""
    driver.up(ELSEWHERE)
    project = posthog.project("Web")["id"]
    put_elsewhere(posthog, project, ours(posthog, project, "insight")[0])

    converge(driver, posthog, [(SAID, QUIET)])


def test_an_insight_stays_where_somebody_has_put_it(anew, posthog):
    an_insight_stays_elsewhere(anew(), posthog)


def test_without_that_it_is_only_where_the_file_puts_it(anew, posthog, monkeypatch):
    def alone(members, words, scope, id_, container):
        path = members.live.object_path(KINDS[words.kind], scope, id_)
        members.writer.patch(path, {words.sent_as: [int(container)]})

    monkeypatch.setattr(Members, "_put", alone)

    with pytest.raises(AssertionError, match="no file says what is on it"):
        an_insight_stays_elsewhere(anew(), posthog)


BOARD = Model((WEB, dashboard("Web", description="On Mondays")))
HIDDEN = [(BOARD, QUIET), (BOARD, Disturbance(hidden=True))]


def test_what_rules_hide_from_the_owner_of_the_key_is_not_made_again(anew, posthog):
    converge(anew(), posthog, HIDDEN)


def test_where_a_list_is_trusted_it_is_there_twice(anew, posthog, monkeypatch):
    trusting_lists(monkeypatch)

    with pytest.raises(AssertionError):
        converge(anew(), posthog, HIDDEN)
