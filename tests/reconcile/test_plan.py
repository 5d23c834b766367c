"""desired, live -> plan."""

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.reconcile.differences import Difference, details, differences, merged
from pulumi_posthog.reconcile.plan import Action, Change, Plan, plan
from pulumi_posthog.values.secret_text import MASK, SecretText

PROJECT, ROLE, MEMBERS = KINDS["project"], KINDS["role"], KINDS["role_members"]
DESTINATION, ENTRY = KINDS["pipeline_destination"], KINDS["file_system_entry"]
SOURCE = KINDS["external_data_source"]


def names(kind, desired, live, **options):
    return [difference.field.name for difference in differences(kind, desired, live, **options)]


def test_only_declared_fields_are_compared():
    assert names(PROJECT, {"timezone": "UTC"}, {"timezone": "UTC", "anonymize_ips": True}) == []


def test_a_difference_holds_both_values():
    found = differences(PROJECT, {"timezone": "Europe/Berlin"}, {"timezone": "UTC"})

    assert found == (Difference(PROJECT.field("timezone"), "UTC", "Europe/Berlin"),)


@pytest.mark.parametrize(
    ("field", "desired", "live"),
    [
        ("timezone", " UTC ", "UTC"),  # PostHog trims
        ("name", "Qualite\u0301", "Qualit\u00e9"),  # an accent of its own looks the same
        ("session_recording_sample_rate", 0.5, "0.50"),  # decimals are answered as strings
        ("session_recording_minimum_duration_milliseconds", 2000.0, 2000),  # Pulumi makes floats
        ("app_urls", ["https://a.io", None], ["https://a.io"]),  # null items are dropped
    ],
)
def test_what_posthog_would_store_alike_is_no_difference(field, desired, live):
    assert names(PROJECT, {field: desired}, {field: live}) == []


def test_the_order_of_urls_counts():
    assert names(PROJECT, {"app_urls": ["a", "b"]}, {"app_urls": ["b", "a"]}) == ["app_urls"]


def test_a_name_in_another_case_is_a_difference_for_the_file_says_how_it_is_written():
    assert names(PROJECT, {"name": "web"}, {"name": "Web"}) == ["name"]


def test_members_are_a_set_of_addresses():
    live = {"members": ["ana@acme.io", "bo@acme.io"]}

    assert names(MEMBERS, {"members": ["bo@acme.io", "ana@acme.io"]}, live) == []


def test_two_addresses_that_differ_by_case_alone_are_two_members():
    live = {"members": ["Lead@acme.io", "lead@acme.io"]}

    assert names(MEMBERS, {"members": ["lead@acme.io"]}, live) == ["members"]


def test_what_posthog_writes_into_a_filter_is_not_compared_at_any_depth():
    cohort = {"key": "id", "type": "cohort", "value": 7}
    answered = {**cohort, "cohort_name": "Ours"}
    field = "test_account_filters"

    assert names(PROJECT, {field: [cohort]}, {field: [answered]}) == []
    assert names(PROJECT, {field: [answered]}, {field: [cohort]}) == []
    assert names(PROJECT, {field: [{"values": [cohort]}]}, {field: [{"values": [answered]}]}) == []
    assert names(PROJECT, {field: [{**cohort, "value": 8}]}, {field: [answered]}) == [field]


def test_of_a_merged_object_only_declared_keys_are_compared():
    live = {"survey_config": {"appearance": {"color": "red"}, "other": 1}}

    assert names(PROJECT, {"survey_config": {"appearance": {"color": "red"}}}, live) == []
    assert names(PROJECT, {"survey_config": {"appearance": {"color": "blue"}}}, live) == ["survey_config"]


def test_below_a_key_that_posthog_replaces_everything_counts():
    live = {
        "marketing_analytics_config": {
            "campaign_name_mappings": {"a": 1, "b": 2},
            "sources_map": {"x": {}, "y": {}},
        }
    }

    assert names(PROJECT, {"marketing_analytics_config": {"sources_map": {"x": {}}}}, live) == []
    assert names(PROJECT, {"marketing_analytics_config": {"campaign_name_mappings": {"a": 1}}}, live) == [
        "marketing_analytics_config"
    ]


def test_a_key_declared_null_must_be_absent():
    assert names(PROJECT, {"survey_config": {"other": None}}, {"survey_config": {"other": 1}}) == [
        "survey_config"
    ]
    assert names(PROJECT, {"survey_config": {"other": None}}, {"survey_config": {}}) == []


def test_a_masked_secret_cannot_differ_unless_it_was_rotated():
    desired = {"config": {"password": SecretText("hush", "!env PASSWORD"), "account": "acme"}}
    live = {"config": {"password": MASK, "account": "acme"}}

    assert names(DESTINATION, desired, live) == []
    assert names(DESTINATION, desired, live, rotated=lambda field, key: key == "password") == ["config"]


def test_an_emptied_secret_is_a_difference():
    desired = {"config": {"password": SecretText("hush", "!env PASSWORD")}}

    assert names(DESTINATION, desired, {"config": {}}) == ["config"]


@pytest.mark.parametrize("auth", [{"username": "ops"}, {"username": "ops", "password": MASK}])
def test_a_secret_that_posthog_leaves_out_or_masks_cannot_differ_at_any_depth_unless_it_was_rotated(auth):
    secret = SecretText("hush", "!env PASSWORD")
    tunnel = {"enabled": True, "auth": {"username": "ops", "password": secret}}
    desired = {"job_inputs": {"host": "db", "password": secret, "ssh_tunnel": tunnel}}
    live = {"job_inputs": {"host": "db", "ssh_tunnel": {"enabled": True, "auth": auth}}}

    assert names(SOURCE, desired, live) == []
    assert names(SOURCE, desired, live, rotated=lambda _field, key: key == "ssh_tunnel") == ["job_inputs"]
    assert names(SOURCE, desired, {"job_inputs": {**live["job_inputs"], "host": "db.old"}}) == ["job_inputs"]
    other = {"enabled": False, "auth": auth}
    assert names(SOURCE, desired, {"job_inputs": {"host": "db", "ssh_tunnel": other}}) == ["job_inputs"]


def test_a_list_of_secrets_that_posthog_leaves_out_cannot_differ_either():
    hosts = [SecretText("hush", "!env ONE"), SecretText("whist", "!env TWO")]

    for desired in ({"keys": hosts}, {"tunnel": {"keys": hosts}}):
        assert names(SOURCE, {"job_inputs": desired}, {"job_inputs": {}}) == []


@pytest.mark.parametrize("value", ["acct_1", 0, False, "", ["a"], {}, {"depth": {"of": 1}}])
def test_a_value_that_posthog_leaves_out_cannot_differ_unless_it_is_another_than_was_sent(value):
    desired = {"job_inputs": {"host": "db", "account": value, "within": {"shown": 1, "unsaid": value}}}
    live = {"job_inputs": {"host": "db", "within": {"shown": 1}}}

    assert names(SOURCE, desired, live) == []
    for changed in ("account", "within"):
        assert names(SOURCE, desired, live, rotated=lambda _field, key, it=changed: key == it) == [
            "job_inputs"
        ]
    other = {"job_inputs": {"host": "db", "within": {"shown": 2}}}
    assert names(SOURCE, desired, other) == ["job_inputs"]
    shown = {"job_inputs": {**live["job_inputs"], "account": "by hand"}}
    assert names(SOURCE, desired, shown) == ["job_inputs"]


def test_a_secret_that_is_not_at_hand_is_not_compared():
    desired = {"config": {"password": SecretText("", "!env PASSWORD", known=False)}}

    assert names(DESTINATION, desired, {"config": {"password": "seen"}}) == []


def test_of_an_item_with_a_ref_only_the_folder_is_ours():
    desired = {"path": "Marketing/Launch board", "type": "dashboard", "ref": "42"}

    assert names(ENTRY, desired, {**desired, "path": "Marketing/Renamed in PostHog"}) == []
    assert names(ENTRY, desired, {**desired, "path": "Unfiled/Dashboards/Launch board"}) == ["path"]


def test_details_go_down_to_the_leaf_and_show_no_secret():
    difference = Difference(
        DESTINATION.field("config"),
        {"account": "old", "password": MASK},
        {"account": "new", "password": SecretText("hush", "!env PASSWORD")},
    )

    rows = details(difference)

    assert rows == (("config['account']", "old", "new"),)


def test_a_secret_alone_shows_as_where_it_comes_from():
    difference = Difference(
        DESTINATION.field("config"), {"password": MASK}, {"password": SecretText("hush", "!env PASSWORD")}
    )

    assert repr(details(difference)) == f"((\"config['password']\", '{MASK}', <!env PASSWORD>),)"


def test_merging_keeps_what_is_not_declared_and_drops_what_is_null():
    assert merged({"a": 1, "b": {"c": 2}}, {"a": None, "b": {"d": 3}}, 1) == {"b": {"d": 3}}
    assert merged({"a": 1, "b": {"c": 2}}, {"b": {"d": 3}}, 2) == {"a": 1, "b": {"c": 2, "d": 3}}


def desired_of(*entries):
    return Desired(host="https://eu.posthog.com", organization="o", entries=entries)


def test_a_plan_creates_what_is_missing_updates_what_differs_and_leaves_the_rest():
    missing = Entry(kind=ROLE, name="New", fields={"name": "New"})
    different = Entry(kind=PROJECT, name="Web", fields={"name": "Web", "timezone": "UTC"})
    same = Entry(kind=ROLE, name="Same", fields={"name": "Same"})
    observed = {
        ("project", "Web"): ("2", {"name": "Web", "timezone": "Europe/Berlin"}),
        ("role", "Same"): ("r", {"name": "Same"}),
    }

    assert plan(desired_of(missing, different, same), observed) == Plan(
        (
            Change(Action.CREATE, ROLE, "New", entry=missing),
            Change(
                Action.UPDATE,
                PROJECT,
                "Web",
                "2",
                (Difference(PROJECT.field("timezone"), "Europe/Berlin", "UTC"),),
                different,
            ),
        )
    )


def test_an_immutable_field_replaces():
    entry = Entry(kind=DESTINATION, name="Web/Orders", fields={"plugin": 7, "name": "Orders"}, parent="Web")

    (change,) = plan(
        desired_of(entry), {("pipeline_destination", "Web/Orders"): ("1", {"plugin": 8, "name": "Orders"})}
    ).changes

    assert change.action is Action.REPLACE


def test_what_is_declared_absent_goes_when_it_is_there_and_only_then():
    entry = Entry(kind=PROJECT, name="Old", fields={"name": "Old"}, absent=True)

    assert (
        plan(desired_of(entry), {("project", "Old"): ("3", {"name": "Old"})}).changes[0].action
        is Action.DELETE
    )
    assert not plan(desired_of(entry), {})


def test_every_field_of_every_kind_is_equal_to_itself():
    samples = {
        Type.STRING: "x", Type.INTEGER: 3, Type.DECIMAL: "0.25", Type.BOOLEAN: True,
        Type.STRINGS: ["x"], Type.OBJECT: {"a": 1}, Type.LIST: [{"a": 1}], Type.JSON: "x",
    }  # fmt: skip

    def sample(field: Field):
        return field.choices[0] if field.choices else samples[field.type]

    for kind in KINDS.values():
        values = {field.name: sample(field) for field in kind.writable}
        if kind.name == "file_system_entry":
            values["path"] = "a/b"
        assert differences(kind, values, values) == ()
