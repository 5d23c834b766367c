"""States keep providers as pickled references to their classes: the texts stay what they were, and can be read."""

from __future__ import annotations

import base64
import pickle

import pytest

from pulumi_posthog.absent_persons_provider import AbsentPersonsProvider
from pulumi_posthog.check_provider import CheckProvider
from pulumi_posthog.dynamic import GuardProvider, KindProvider
from pulumi_posthog.stack.dynamic.absent_persons import absent_persons_provider_string
from pulumi_posthog.stack.dynamic.check import check_provider_string
from pulumi_posthog.stack.dynamic.pickled import provider_string

# As version 0.1.0 wrote them, when the classes were in modules at the top of the package.
ROLE = "gASVQAAAAAAAAACMFnB1bHVtaV9wb3N0aG9nLmR5bmFtaWOUjAxLaW5kUHJvdmlkZXKUk5QpgZR9lIwEa2luZJSMBHJvbGWUc2Iu"
GUARD = "gASVLwAAAAAAAACMFnB1bHVtaV9wb3N0aG9nLmR5bmFtaWOUjA1HdWFyZFByb3ZpZGVylJOUKYGULg=="
CHECK = "gASVNgAAAAAAAACMHXB1bHVtaV9wb3N0aG9nLmNoZWNrX3Byb3ZpZGVylIwNQ2hlY2tQcm92aWRlcpSTlCmBlC4="
PERSONS = (
    "gASVRwAAAAAAAACMJnB1bHVtaV9wb3N0aG9nLmFic2VudF9wZXJzb25zX3Byb3ZpZGVylIwVQWJzZW50"
    "UGVyc29uc1Byb3ZpZGVylJOUKYGULg=="
)


def test_the_text_of_a_provider_is_that_of_states_written_long_ago():
    assert provider_string("role") == ROLE
    assert provider_string(None) == GUARD
    assert check_provider_string() == CHECK
    assert absent_persons_provider_string() == PERSONS


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (ROLE, KindProvider),
        (GUARD, GuardProvider),
        (CHECK, CheckProvider),
        (PERSONS, AbsentPersonsProvider),
    ],
)
def test_a_state_written_long_ago_gives_the_provider_of_today(text, made):
    provider = pickle.loads(base64.b64decode(text))  # noqa: S301 - ours, as Pulumi does it

    assert type(provider) is made
    assert vars(provider) == ({"kind": "role"} if text == ROLE else {})
