"""Field values <-> Pulumi properties."""

import json
from itertools import pairwise

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.fingerprint import fingerprint
from pulumi_posthog.stack.location import Location
from pulumi_posthog.stack.properties import (
    checked,
    declared_names,
    recorded,
    rotated,
    to_properties,
    to_values,
    unsent,
    wanted,
    with_digests,
)
from pulumi_posthog.values.attachment import Attachment
from pulumi_posthog.values.secret_text import MASK, SecretText

PROJECT, DESTINATION = KINDS["project"], KINDS["pipeline_destination"]
PLACE = Location("http://127.0.0.1:1", "o").as_property
DECLARED = {
    "plugin": 7,
    "name": "Orders",
    "config": {"account": "acme", "password": SecretText("hush", "!env PASSWORD")},
}


def registered(values):
    return {**to_properties(DESTINATION, values), "project": "2", **PLACE, "__provider": "..."}


def test_values_survive_the_way_to_the_provider():
    values = to_values(DESTINATION, checked(DESTINATION, {}, registered(DECLARED)))

    assert values == DECLARED
    assert isinstance(values["config"]["password"], SecretText)


def test_secrets_stand_apart_from_what_is_shown():
    properties = registered(DECLARED)

    assert json.loads(properties["config"]) == {"account": "acme"}
    assert json.loads(properties["secret_config"]) == {"password": "hush"}


def test_null_has_its_own_spelling_since_pulumi_drops_it():
    properties = to_properties(PROJECT, {"surveys_opt_in": None, "timezone": "UTC"})

    assert properties == {"timezone": "UTC", "__nulls": ["surveys_opt_in"]}
    assert to_values(PROJECT, checked(PROJECT, {}, properties)) == {"surveys_opt_in": None, "timezone": "UTC"}


def test_whole_numbers_are_whole_again():
    assert checked(DESTINATION, {}, {"plugin": 7.0})["plugin"] == 7


def test_inputs_are_what_is_declared_and_nothing_else():
    inputs = checked(PROJECT, {"timezone": "UTC", "anonymize_ips": True}, {"timezone": "CET"})

    assert inputs == {"timezone": "CET"}


def test_of_a_live_object_the_state_keeps_what_is_declared():
    state = checked(
        PROJECT, {}, to_properties(PROJECT, {"timezone": "UTC", "survey_config": {"color": "blue"}})
    )
    live = {"timezone": "CET", "anonymize_ips": True, "survey_config": {"color": "red", "other": 1}}

    assert recorded(PROJECT, live, state) == {
        "timezone": "CET",
        "survey_config": json.dumps({"color": "red"}),
    }


def test_what_posthog_has_lost_stays_declared():
    state = checked(PROJECT, {}, to_properties(PROJECT, {"timezone": "UTC", "app_urls": ["https://acme.io"]}))

    lost = recorded(PROJECT, {"timezone": "UTC", "app_urls": None}, state)
    there = recorded(PROJECT, {"timezone": "UTC", "app_urls": ["https://acme.io"]}, lost)

    assert lost == {"timezone": "UTC", "__declared": "app_urls timezone"}
    assert there == state


def test_what_only_posthog_says_is_not_declared():
    properties = {"timezone": "UTC", "uuid": "1", "surveys_opt_in": True, "__nulls": ["surveys_opt_in"]}

    assert declared_names(PROJECT, properties) == ("timezone",)


@pytest.mark.parametrize("names", ["app_urls timezone", ["app_urls", "timezone"]])
def test_what_is_declared_is_read_from_states_from_before(names):
    state = {"timezone": "UTC", "app_urls": ["https://acme.io"], "__declared": names}

    assert recorded(PROJECT, {"timezone": "CET", "app_urls": [], "anonymize_ips": True}, state) == {
        "timezone": "CET",
        "app_urls": [],
    }


def test_a_day_stays_as_it_is_declared_while_posthog_has_its_beginning():
    annotation = KINDS["annotation"]
    declared = {"project": "1", "date_marker": "2026-04-12"}

    same = recorded(annotation, {"date_marker": "2026-04-12T00:00:00+00:00"}, declared)
    later = recorded(annotation, {"date_marker": "2026-04-13T00:00:00+00:00"}, declared)

    assert same == declared
    assert later["date_marker"] == "2026-04-13T00:00:00+00:00"


def test_what_is_declared_null_is_kept_while_it_is_not_so():
    state = checked(PROJECT, {}, to_properties(PROJECT, {"surveys_opt_in": None}))

    assert recorded(PROJECT, {"surveys_opt_in": True}, state)["surveys_opt_in"] is True
    assert "surveys_opt_in" not in recorded(PROJECT, {"surveys_opt_in": None}, state)


def with_password(text):
    return registered(
        {**DECLARED, "config": {**DECLARED["config"], "password": SecretText(text, "!env PASSWORD")}}
    )


def test_the_mark_of_a_secret_counts_how_often_it_became_another_one():
    states = [checked(DESTINATION, {}, with_password("a"))]
    for text in ("a", "b", "b", "a"):
        states.append(checked(DESTINATION, states[-1], with_password(text)))

    assert [state["config_fingerprints"]["password"] for state in states] == ["1", "1", "2", "2", "3"]
    assert [rotated(*pair, "config", "password") for pair in pairwise(states)] == [
        False,
        True,
        False,
        True,
    ]


def test_two_secrets_that_say_the_same_are_not_known_by_it_and_nothing_of_them_is_in_plain_text():
    one, other = (checked(DESTINATION, {}, with_password(text)) for text in ("hush", "another"))

    assert {**one, "secret_config": ""} == {**other, "secret_config": ""}


def of_before(text, salt="5a" * 16):
    """A state as earlier versions wrote it."""
    state = checked(DESTINATION, {}, with_password(text))
    return {**state, "__salt": salt, "config_fingerprints": {"password": fingerprint(salt, "password", text)}}


def test_a_state_from_before_moves_over_without_a_change():
    before = of_before("hush")
    live = {"plugin": 7, "name": "Orders", "config": {"account": "acme", "password": MASK}}

    read = recorded(DESTINATION, live, with_digests(DESTINATION, before, lambda _: ""))
    after = checked(DESTINATION, read, with_password("hush"))

    assert not rotated(before, after, "config", "password")
    assert "__salt" not in {**read, **after}


def test_a_secret_rotated_while_a_state_moves_over_is_noticed():
    after = checked(DESTINATION, of_before("hush"), with_password("another"))

    assert rotated(of_before("hush"), after, "config", "password")


def test_a_secret_that_was_not_sent_is_not_recorded_as_if_it_had_been():
    olds = checked(DESTINATION, {}, with_password("hush"))
    news = checked(DESTINATION, olds, with_password("another"))

    half = unsent(DESTINATION, olds, news)

    assert rotated(half, checked(DESTINATION, half, with_password("another")), "config", "password")


def test_a_live_mask_is_not_recorded_and_the_secret_is_carried_over():
    state = checked(DESTINATION, {}, registered(DECLARED))
    live = {"plugin": 7, "name": "Orders", "config": {"account": "hand edited", "password": MASK}}

    inputs = recorded(DESTINATION, live, state)

    assert json.loads(inputs["config"]) == {"account": "hand edited"}
    assert inputs["secret_config"] == state["secret_config"]
    assert inputs["config_fingerprints"] == state["config_fingerprints"]


def test_a_secret_that_was_emptied_by_hand_loses_its_fingerprint():
    state = checked(DESTINATION, {}, registered(DECLARED))

    inputs = recorded(DESTINATION, {"plugin": 7, "config": {"account": "acme"}}, state)

    assert inputs["config_fingerprints"] == {}


def test_a_secret_that_posthog_shows_and_somebody_changed_loses_its_fingerprint():
    state = checked(DESTINATION, {}, registered(DECLARED))

    def marks(password):
        live = {"plugin": 7, "config": {"account": "acme", "password": password}}
        return recorded(DESTINATION, live, state)["config_fingerprints"]

    assert marks("hush") == state["config_fingerprints"]
    assert marks("by hand") == {}


def test_a_config_without_secrets_forgets_the_earlier_ones():
    state = checked(DESTINATION, {}, registered(DECLARED))

    inputs = checked(DESTINATION, state, registered({"plugin": 7, "config": {"account": "acme"}}))

    assert "secret_config" not in inputs
    assert "config_fingerprints" not in inputs


def with_file(path, **config):
    return registered({**DECLARED, "config": {**config, "key": Attachment.at(path)}})


@pytest.fixture
def key_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "key.json"
    path.write_text("hush")
    return path


def live_with(**seen):
    stored = {"uid": 1, "saved": True, "name": "key.json", "size": 4, "type": "application/json", **seen}
    return {"plugin": 7, "name": "Orders", "config": {"account": "acme", "key": stored}}


def test_a_file_travels_by_its_path_and_is_described(key_file):
    inputs = checked(DESTINATION, {}, with_file(key_file, account="acme"))

    assert inputs["config_files"] == {
        "key": {"path": "key.json", "name": "key.json", "size": 4, "type": "application/json"}
    }
    assert "hush" not in json.dumps(inputs)
    assert to_values(DESTINATION, inputs)["config"] == {"account": "acme", "key": Attachment.at(key_file)}


def test_a_program_may_give_files_and_nothing_else(key_file):
    inputs = checked(DESTINATION, {}, {"plugin": 7, "config_files": {"key": "key.json"}})

    assert to_values(DESTINATION, inputs)["config"] == {"key": Attachment.at(key_file)}
    assert "config" in declared_names(DESTINATION, inputs)


def test_another_content_of_the_same_size_has_another_fingerprint(key_file):
    first = checked(DESTINATION, {}, with_file(key_file))
    same = checked(DESTINATION, first, with_file(key_file))
    key_file.write_text("HUSH")
    other = checked(DESTINATION, first, with_file(key_file))

    assert not rotated(first, same, "config", "key")
    assert rotated(first, other, "config", "key")


def test_a_live_file_is_recorded_as_posthog_shows_it(key_file):
    state = checked(DESTINATION, {}, with_file(key_file, account="acme"))

    same = recorded(DESTINATION, live_with(), state)
    masked = recorded(DESTINATION, live_with(uid=-1, size=-1, name=MASK), state)
    replaced = recorded(DESTINATION, live_with(size=9), state)

    for kept in (same, masked):
        assert kept["config_files"] == state["config_files"]
        assert kept["config_fingerprints"] == state["config_fingerprints"]
    assert replaced["config_files"]["key"]["size"] == 9
    assert replaced["config_fingerprints"] == {}
    assert json.loads(same["config"]) == {"account": "acme"}


def test_a_file_that_is_declared_no_longer_is_to_go_and_other_keys_stay(key_file):
    state = checked(DESTINATION, {}, with_file(key_file, account="acme", database="orders"))

    news = checked(DESTINATION, state, registered({**DECLARED, "config": {"account": "acme"}}))

    assert wanted(DESTINATION, state, news)["config"] == {"account": "acme", "key": None}
    without = checked(DESTINATION, state, registered({"plugin": 7, "name": "Orders"}))
    assert wanted(DESTINATION, state, without)["config"] == {"key": None}
