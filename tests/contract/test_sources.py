"""Sources of the warehouse: their secrets, which PostHog leaves out, their tables, and what is never changed (11)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.engine import Engine
from harness.release_stack import HEAD, Web, web_of
from pulumi_posthog.api import NotOffered, OutcomeUnknown
from pulumi_posthog.config import ConfigError
from pulumi_posthog.values.variables import KEY_VARIABLE

SECRET = "sk_live_that_nobody_may_see"
PASSWORD = "hush-hush-hush"
STRIPE = """\
    external_data_sources:
      eu:
        source_type: Stripe
        job_inputs:
          stripe_account_id: acct_1
          stripe_secret_key: !env STRIPE_KEY
        schemas:
          Customer: {should_sync: true, sync_type: full_refresh}
          Invoice:
            should_sync: true
            sync_type: incremental
            incremental_field: created
            incremental_field_type: timestamp
"""
POSTGRES = """\
    external_data_sources:
      Shop:
        source_type: Postgres
        prefix: shop
        description: The shop's own database
        job_inputs:
          host: db.acme.io
          port: 5432
          password: !env DB_PASSWORD
          ssh_tunnel: {enabled: true, host: jump.acme.io, auth: {username: ops, password: !env DB_PASSWORD}}
        schemas:
          users: {should_sync: true, sync_type: full_refresh, sync_frequency: 1hour}
          orders: {should_sync: false}
"""
ENVIRONMENT = {"STRIPE_KEY": SECRET, "DB_PASSWORD": PASSWORD}
AGES = ("2026 later", "2026", "2025")


@pytest.fixture(params=AGES)
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    with web_of(started, request.param, tmp_path, monkeypatch) as web:
        web.environment = dict(ENVIRONMENT)
        yield web


@pytest.fixture
def newest(started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    with web_of(started, "2026 later", tmp_path, monkeypatch) as web:
        web.environment = dict(ENVIRONMENT)
        yield web


def source(web: Web, prefix: str) -> Any:
    return web.one("external_data_sources", prefix, "prefix")


def table(web: Web, prefix: str, name: str) -> Any:
    (found,) = (each for each in source(web, prefix)["schemas"] if each["name"] == name)
    return found


def writes(web: Web) -> list[str]:
    """The writes of the last run, without the ids."""
    return [path.removeprefix(f"PATCH {web.path}/").split("/")[0] for path in web.posthog.writes()]


@pytest.mark.parametrize("text", [STRIPE, POSTGRES])
def test_one_is_made_with_its_tables_and_a_second_run_plans_nothing(web, text):
    web.run(text)
    web.posthog.count_anew()

    assert web.run(text) == []
    assert web.posthog.writes() == {}
    assert web.differs(text) == []


def test_what_a_post_does_not_take_of_a_table_follows_it(web):
    web.run(POSTGRES)

    assert table(web, "shop", "users")["sync_frequency"] == "1hour"
    assert table(web, "shop", "orders")["should_sync"] is False


def test_another_secret_is_sent_and_nothing_shows_it(web):
    web.run(STRIPE)
    web.environment["STRIPE_KEY"] = "sk_live_the_next_one"

    assert web.run(STRIPE) == [("update", ("external_data_source", "Web/eu"))]

    assert writes(web) == ["external_data_sources"]
    web.posthog.count_anew()
    assert web.run(STRIPE) == []
    assert SECRET not in repr(web.engine.__dict__)


def test_a_nested_secret_that_changed_is_sent_with_what_stands_beside_it(web):
    web.run(POSTGRES)
    web.environment["DB_PASSWORD"] = "the-next-one-of-it"

    web.run(POSTGRES)

    assert writes(web) == ["external_data_sources"]
    assert source(web, "shop")["job_inputs"]["ssh_tunnel"]["host"] == "jump.acme.io"
    assert web.run(POSTGRES) == []


def test_what_is_no_secret_is_compared_and_the_secret_stays_where_it_is(web):
    web.run(STRIPE)
    changed = STRIPE.replace("acct_1", "acct_2")

    assert web.differs(changed) == ["update Web/eu: ['job_inputs']"]
    web.run(changed)

    assert source(web, "eu")["job_inputs"] == {"stripe_account_id": "acct_2"}
    assert web.run(changed) == []


UNSAID = STRIPE.replace("acct_1\n", "acct_1\n          key: pk_1\n          within: {shown: 1, key: pk_1}\n")


def test_a_value_that_posthog_does_not_answer_is_sent_once_and_again_when_it_changes(web):
    web.run(UNSAID)
    assert not {"key"} & {*source(web, "eu")["job_inputs"], *source(web, "eu")["job_inputs"]["within"]}
    web.posthog.count_anew()
    assert web.run(UNSAID) == []
    assert web.posthog.writes() == {}
    assert web.differs(UNSAID) == []

    for changed in (
        UNSAID.replace("key: pk_1", "key: pk_2", 1),
        UNSAID.replace("1, key: pk_1", "1, key: pk_2"),
    ):
        assert web.run(changed, preview=True) == [("update", ("external_data_source", "Web/eu"))]
        web.run(changed)
        assert writes(web) == ["external_data_sources"]
        assert web.run(changed) == []

    shown = changed.replace("shown: 1", "shown: 2")
    assert web.differs(shown) == ["update Web/eu: ['job_inputs']"]
    web.run(shown)
    assert web.run(shown) == []


def test_a_value_that_posthog_does_not_answer_is_sent_when_it_is_new_in_the_file(newest):
    newest.run(STRIPE)

    newest.run(UNSAID)

    assert writes(newest) == ["external_data_sources"]
    assert newest.run(UNSAID) == []


def test_drift_beside_a_stack_tells_a_value_that_waits_in_git_and_that_posthog_does_not_answer(newest):
    from pulumi_posthog.drift.findings import findings
    from pulumi_posthog.reconcile.observe import observe
    from pulumi_posthog.reconcile.plan import plan
    from pulumi_posthog.reconcile.recorded import Recorded

    newest.run(UNSAID)
    desired = newest.load(UNSAID.replace("key: pk_1", "key: pk_2", 1), head=HEAD)
    applied = {entry.name: entry for entry in newest.load(UNSAID, head=HEAD).entries}["Web/eu"]
    id_ = source(newest, "eu")["id"]
    live = newest.live()
    try:
        observed = observe(desired, live)
    finally:
        live.reader.close()

    def told(recorded: Any) -> list[tuple[str, str]]:
        found = findings(observed, plan(observed.readable, observed.for_plan), recorded)
        return [(each.path.rpartition(".")[2], str(each.message)) for each in found if each.kind != "project"]

    assert told({(applied.kind.name, "Web/eu"): Recorded(applied.kind, "Web/eu", id_, applied.fields)}) == [
        ("key", "is another value than the one last applied, and PostHog does not answer it")
    ]
    now = desired.by_name[applied.kind.name, "Web/eu"].fields
    assert told({(applied.kind.name, "Web/eu"): Recorded(applied.kind, "Web/eu", id_, now)}) == []


def test_only_the_table_that_differs_is_changed_and_undeclared_ones_stay(web):
    web.run(STRIPE)
    one = STRIPE.replace("      Customer: {should_sync: true", "      Customer: {should_sync: false")
    one = one[: one.index("          Invoice:")]
    web.by_hand("external_data_schemas", table(web, "eu", "Invoice")["id"], {"sync_frequency": "12hour"})

    web.run(one)

    assert writes(web) == ["external_data_schemas"]
    assert table(web, "eu", "Customer")["should_sync"] is False
    assert table(web, "eu", "Invoice")["sync_frequency"] == "12hour"
    assert web.differs(one) == []


def test_a_table_that_somebody_has_switched_off_is_seen_told_and_switched_on(web):
    from pulumi_posthog.drift.attribution import Attribution
    from pulumi_posthog.kinds import KINDS

    web.run(STRIPE)
    web.by_hand("external_data_schemas", table(web, "eu", "Invoice")["id"], {"should_sync": False})

    assert web.differs(STRIPE) == ["update Web/eu: ['schemas']"]
    live = web.live()
    try:
        kind, scope = KINDS["external_data_source"], {"project": web.path.rpartition("/")[2]}
        (found,) = live.collection(kind, scope).values()
        who = Attribution(live)
        field = kind.field("schemas")
        assert "ada@acme.io" in str(who.changed(found, scope["project"], field, "Invoice"))
        assert who.changed(found, scope["project"], field, "Customer") is None  # nobody did
    finally:
        live.reader.close()
    web.run(STRIPE)
    assert table(web, "eu", "Invoice")["should_sync"] is True


@pytest.mark.parametrize(
    ("before", "after", "name", "value"),
    [
        ("source_type: Stripe", "source_type: Chargebee", "source_type", "Stripe"),
        ("source_type: Stripe", "source_type: Stripe\n        prefix: us", "prefix", "eu"),
        (
            "source_type: Stripe",
            "source_type: Stripe\n        access_method: direct",
            "access_method",
            "warehouse",
        ),
    ],
)
def test_what_would_take_another_source_is_refused_in_the_preview_and_nothing_is_lost(
    web, before, after, name, value
):
    web.run(STRIPE)
    there = web.all("external_data_sources")

    for preview in (True, False):
        with pytest.raises(
            Exception,
            match=f'this external data source has the {name} "{value}", which never changes: another one would have to'
            " take its place, with all tables of this one lost\n  hint: put it back, and declare the other one",
        ):
            web.run(STRIPE.replace(before, after), preview=preview)
        assert web.posthog.writes() == {}

    assert web.all("external_data_sources") == there


def test_an_estimate_says_what_a_run_sends_of_tables_and_looks_at_between(newest):
    from pulumi_posthog.reconcile.requests import looks_of, writes_of

    def reads() -> int:
        return newest.asked("external_data_sources")["GET /external_data_sources/"]

    newest.run("    {}\n")
    newest.run(STRIPE)
    newest.run(STRIPE)
    nothing_to_do = reads()
    both = STRIPE + POSTGRES.replace("    external_data_sources:\n", "")
    changed = both.replace("acct_1", "acct_2").replace("should_sync: true", "should_sync: false")
    for text, number in ((both, 2), (changed, 4)):
        changes = newest.plan(text)

        newest.run(text)

        assert sum(newest.posthog.writes().values()) == sum(map(writes_of, changes)) == number
        assert reads() - nothing_to_do == sum(map(looks_of, changes))


def test_a_table_that_posthog_does_not_have_is_told_before_anything_is_sent(web):
    web.run(STRIPE)
    more = STRIPE + "          Invioce: {should_sync: true, sync_type: full_refresh}\n"

    with pytest.raises(
        Exception,
        match=r'this external data source has no table "Invioce" in PostHog\n  hint: did you mean "Invoice"',
    ):
        web.run(more, preview=True)

    assert web.posthog.writes() == {}


def test_a_table_that_went_after_it_was_read_is_told_and_no_other_one_is_changed(newest, monkeypatch):
    from pulumi_posthog.reconcile import parts

    newest.run(STRIPE)
    known = parts.id_of
    monkeypatch.setattr(
        parts, "id_of", lambda kind, found, name: None if name == "Invoice" else known(kind, found, name)
    )

    with pytest.raises(
        Exception, match='PostHog has no "Invoice" among the schemas of this external data source'
    ):
        newest.run(STRIPE.replace("should_sync: true", "should_sync: false"))

    assert newest.posthog.writes() == {}


def test_a_new_one_without_tables_is_refused_in_the_preview(web):
    bare = STRIPE[: STRIPE.index("        schemas:")]

    with pytest.raises(
        Exception,
        match="this external data source does not exist, and PostHog makes none without schemas\n"
        "  hint: declare `schemas`",
    ):
        web.run(bare, preview=True)

    web.run(STRIPE)
    assert web.run(bare) == []  # of one that is there, nothing need be said of tables


def test_a_refusal_of_posthog_is_told_without_the_secret(web):
    web.run(STRIPE)
    second = STRIPE + STRIPE.replace("    external_data_sources:\n", "").replace(
        "eu:", 'Plain:\n        prefix: ""'
    )

    with pytest.raises(Exception, match=r"Source type already exists\. Prefix is required") as refused:
        web.run(second)

    assert SECRET not in str(refused.value)


def test_it_is_taken_over_by_its_type_and_prefix_and_gets_the_declared_credentials_once(web):
    web.run(STRIPE)
    id_ = source(web, "eu")["id"]
    web.engine = Engine()  # another stack, or one that has lost its state

    web.run(STRIPE.replace("      eu:\n", "      Payments:\n        prefix: eu\n"))

    assert [each["id"] for each in web.all("external_data_sources")] == [id_]
    assert writes(web) == ["external_data_sources"]


@pytest.mark.parametrize("fault", ["reset-after", "502-after"])
def test_one_that_was_made_before_its_answer_was_lost_is_found_and_made_once(web, fault):
    web.posthog.call("POST", "/_sandbox/faults", {"spec": f"{fault} POST /external_data_sources/ times=1"})

    web.run(STRIPE)

    assert web.asked("external_data_sources")["POST /external_data_sources/"] == 1
    assert web.differs(STRIPE) == []


def test_one_whose_post_was_lost_is_not_sent_again_in_the_same_run(web):
    web.posthog.call(
        "POST", "/_sandbox/faults", {"spec": "reset-before POST /external_data_sources/ times=1"}
    )

    with pytest.raises(OutcomeUnknown):
        web.run(STRIPE)

    assert web.all("external_data_sources") == []
    web.run(STRIPE)
    assert [each["prefix"] for each in web.all("external_data_sources")] == ["eu"]


def test_what_goes_with_it_is_told_and_counts_against_the_limits(web):
    from pulumi_posthog.reconcile.limits import Limits
    from pulumi_posthog.reconcile.losses import losses, refusal_of_losses

    web.run(STRIPE)
    live = web.live()
    try:
        (found,) = losses({"external_data_source": ["Web/eu"]}, {}, live)
    finally:
        live.reader.close()

    assert str(found) == '2 tables are lost, with all their rows, with external data source "eu"'
    assert found.names == ("Customer", "Invoice")
    assert "posthog:allowRemovals external_data_schema=2" in (refusal_of_losses([found], Limits()) or "")
    with pytest.raises(Exception, match="posthog:allowRemovals"):
        web.run("    {}\n")
    assert len(web.all("external_data_sources")) == 1


def test_views_that_read_its_tables_are_made_after_it(newest):
    view = "    warehouse_saved_queries:\n      paying: {{query: {{query: select id from {table}}}}}\n"
    for table in ("stripe.eu.Customer", "eu_stripe_customer", "eustripe_customer"):
        text = view.format(table=table) + STRIPE
        desired = newest.load(text, head=HEAD)
        names = [entry.name for entry in desired.entries]
        assert names.index("Web/eu") < names.index("Web/paying")


def test_an_export_says_all_but_the_secrets_and_plans_to_nothing(web):
    web.run(STRIPE)

    exported = web.exported()

    text = exported.files["posthog.yaml"]
    assert SECRET not in text
    assert "stripe_account_id: acct_1" in text
    assert "incremental_field: created" in text
    assert [each for each in exported.left_out if "external_data_sources" in each] == [
        "projects.Web.external_data_sources.eu.job_inputs: PostHog does not even say which secrets it has, and keeps"
        " those that a file does not name; to be able to make it anew, add each secret of its form in PostHog, such as"
        " `password: !env WEB_EU_PASSWORD`"
    ]
    assert "#" in next(line for line in text.splitlines() if "WEB_EU_PASSWORD" in line)


def test_a_file_that_names_no_secret_of_a_source_is_told_so_and_asks_for_nothing(newest):
    newest.run(STRIPE)
    bare = STRIPE.replace("          stripe_secret_key: !env STRIPE_KEY\n", "")

    assert [newest.bare(note) for note in newest.load(bare, head=HEAD).notes] == [
        'posthog.yaml:7:9: job_inputs of external data source "Web/eu" has no secret: PostHog keeps those of one that'
        " is there, and makes no new one without them; add each secret of its form in PostHog, such as"
        " `password: !env NAME`"
    ]
    assert newest.load(STRIPE, head=HEAD).notes == ()
    connected = bare.replace("stripe_account_id: acct_1", "stripe_integration_id: 7")
    assert newest.load(connected, head=HEAD).notes == ()
    assert newest.run(bare) == []


def test_what_posthog_would_show_to_nobody_may_not_stand_in_the_file_as_it_is(newest):
    bare = POSTGRES.replace("!env DB_PASSWORD}}", "hush, passphrase: hush}}").replace(
        "port: 5432", "schemas: []"
    )

    with pytest.raises(ConfigError) as refused:
        newest.load(bare, head=HEAD)

    assert sorted(problem.message for problem in refused.value.problems) == [
        'external data source "Web/Shop" has its "ssh_tunnel.auth.passphrase" in the file as it is, and PostHog shows'
        " that value to nobody",
        'external data source "Web/Shop" has its "ssh_tunnel.auth.password" in the file as it is, and PostHog shows'
        " that value to nobody",
        'external data source "Web/Shop" has its tables in `job_inputs`',
    ]


def test_a_server_that_has_them_for_no_key_is_told_and_nothing_is_taken_for_gone(newest, monkeypatch):
    newest.run(STRIPE)
    scopes = ["organization:read", "project:read", "user:read", "external_data_source:write"]
    key = newest.posthog.call("POST", "/_sandbox/keys", {"scopes": scopes})["key"]
    newest.posthog.call("PATCH", "/_sandbox/settings", {"age": 2024})
    with monkeypatch.context() as scoped:
        scoped.setattr(newest.posthog, "key", key)
        scoped.setenv(KEY_VARIABLE, key)

        with pytest.raises(NotOffered, match="this server does not offer that to a personal API key"):
            newest.run(STRIPE)

        assert newest.posthog.writes() == {}
    assert len(newest.all("external_data_sources")) == 1
