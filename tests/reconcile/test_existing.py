"""How much of a configuration exists already, in one sentence."""

import pytest

from pulumi_posthog.reconcile.existing import Standing, sentence

SAME, SECRETS, CHANGED, MADE = (
    Standing.AS_DECLARED,
    Standing.SECRETS,
    Standing.CHANGED,
    Standing.MADE,
)


@pytest.mark.parametrize(
    ("standings", "said"),
    [
        (
            [SAME] * 45 + [SECRETS] * 4,
            "49 of 49 exist: 45 as declared, 4 get their secrets again; nothing else is sent",
        ),
        ([SAME] * 49, "49 of 49 exist: 49 as declared; nothing is sent"),
        (
            [MADE, SAME, CHANGED, SECRETS],
            "3 of 4 exist: 1 as declared, 1 gets its secrets again, 1 changes; 1 is made",
        ),
        ([MADE] * 2 + [SAME], "1 of 3 exists: 1 as declared; 2 are made"),
        ([CHANGED] * 2, "2 of 2 exist: 2 change"),
        ([MADE] * 2, "0 of 2 exist; 2 are made"),
    ],
)
def test_one_sentence_says_how_much_exists_and_what_is_sent(standings, said):
    assert sentence(standings) == said
