"""A source of the warehouse: what PostHog answers, what a request has, and what is wrong before anything is sent."""

from __future__ import annotations

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.external_data_source import checked, packed
from pulumi_posthog.values.secret_text import SecretText

KIND = KINDS["external_data_source"]
TABLE = {"name": "users", "should_sync": True, "sync_type": "full_refresh", "sync_frequency": "1hour"}


def test_its_tables_are_known_by_their_names_and_what_only_posthog_says_of_them_is_left_out():
    listed = {
        **TABLE,
        "id": "0190",
        "incremental_field": None,
        "status": "Running",
        "table": {"row_count": 3},
    }

    values = KIND.values(
        {"id": "1", "prefix": None, "description": None, "job_inputs": None, "schemas": [listed]}
    )

    assert values == {
        "prefix": "",
        "description": "",
        "job_inputs": {},
        "schemas": {
            "users": {"should_sync": True, "sync_type": "full_refresh", "sync_frequency": "1hour"},
        },
    }


def test_the_answer_to_a_post_says_nothing_of_its_fields():
    assert KIND.values({"id": "1"}) == {}


def test_a_post_has_connection_and_tables_in_one_and_no_empty_prefix():
    fields = {
        "prefix": "",
        "source_type": "Postgres",
        "job_inputs": {"host": "db"},
        "schemas": {"users": TABLE},
    }

    assert packed(fields) == {
        "source_type": "Postgres",
        "payload": {
            "host": "db",
            "schemas": [{"name": "users", "should_sync": True, "sync_type": "full_refresh"}],
        },
    }


def test_a_patch_has_the_fields_as_they_are():
    assert packed({"job_inputs": {"host": "db"}}) == {"job_inputs": {"host": "db"}}


@pytest.mark.parametrize(
    ("inputs", "places"),
    [
        ({"host": "db", "port": 5432, "use_ssl": True}, []),
        ({"password": SecretText("hush", "!env PASSWORD"), "token": "", "api_key": None}, []),
        ({"password": "hush"}, ["job_inputs.password"]),
        ({"tunnel": {"auth": {"private_key": "hush"}}}, ["job_inputs.tunnel.auth.private_key"]),
        ({"schemas": []}, ["job_inputs.schemas"]),
    ],
)
def test_secrets_in_the_file_as_they_are_and_tables_in_the_wrong_place_are_wrong(inputs, places):
    assert [place for place, _, _ in checked({"job_inputs": inputs})] == places
