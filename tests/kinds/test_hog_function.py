"""What a hog function of PostHog and of a file have in common (posthog-api-cdp.md 2)."""

from __future__ import annotations

from pulumi_posthog.kinds.hog_function import HOG_FUNCTION


def test_a_key_of_an_input_is_the_users_and_what_posthog_adds_beside_it_is_not():
    mapping = {
        "name": "Orders",
        "inputs": {
            "body": {"value": {"bytecode": "mine", "amount": "{event.properties.amount}"}, "bytecode": ["_H"]}
        },
        "inputs_schema": [{"key": "body", "type": "dictionary"}],
        "filters": {"events": [{"id": "ordered"}], "bytecode": ["_H", 1]},
    }

    values = HOG_FUNCTION.values({"id": "1", "type": "destination", "mappings": [mapping]})

    (own,) = HOG_FUNCTION.field("mappings").normal(values["mappings"])
    assert own["inputs"] == {"body": {"bytecode": "mine", "amount": "{event.properties.amount}"}}
    assert own["filters"] == {"events": [{"id": "ordered"}]}
