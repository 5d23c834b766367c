"""When two spellings are one name."""

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.collection import Collection
from pulumi_posthog.values.spelling import composed, folded, meant


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Data Team", "dATA tEAM", True),
        ("Qualité", "QUALITÉ", True),
        ("Maße", "MASSE", False),  # UPPER keeps the sharp s
        ("Maße", "maßE", True),
        ("ᾳ", "ᾼ", True),  # one capital, where Python writes two
        ("ﬁn", "FIN", False),
        ("Qualité", "Qualite\u0301", False),
    ],
)
def test_names_are_the_same_in_another_case_as_postgresql_has_it(one, other, same):
    assert (folded(one) == folded(other)) is same


def test_an_accent_of_its_own_looks_like_a_letter_with_one():
    assert composed("Qualite\u0301") == composed("Qualité") == "Qualité"


@pytest.mark.parametrize(
    ("text", "found"),
    [("Lead", ["Lead"]), ("lead", ["lead"]), ("LEAD", ["Lead", "lead"]), ("leader", [])],
)
def test_the_exact_spelling_wins_and_without_one_all_are_meant(text, found):
    assert meant(text, ["Lead", "other", "lead"], str) == found


def test_a_role_with_a_sharp_s_is_another_than_one_with_two():
    roles = Collection(KINDS["role"], [{"id": "1", "name": "Maße", "members": []}])

    assert roles.matching(KINDS["role"].natural_key({"name": "Masse"})) == []
    assert [found.id for found in roles.matching(KINDS["role"].natural_key({"name": "MAßE"}))] == ["1"]


def test_a_name_that_looks_the_same_is_found_where_none_is_spelled_so():
    roles = Collection(KINDS["role"], [{"id": "1", "name": "Qualite\u0301", "members": []}])

    assert [found.id for found in roles.alike({"name": "qualité"})] == ["1"]
    assert roles.alike({"name": "Qualita"}) == []
