"""`persons:` of a project: whom it names, where from, and what is refused without a word of who it is."""

from __future__ import annotations

import pytest

from pulumi_posthog.erasures.declared import Identifier, Origin
from pulumi_posthog.values.problem import Position

ANA = "ana@example.org"
ENVIRONMENT = {"GONE": ANA, "SEVERAL": f"{ANA}\nbo@example.org\n\n device-17 ", "BLANK": " \n"}


def persons(absent, rest=""):
    return f"projects:\n  Web:\n    persons:\n      absent: {absent}\n{rest}"


@pytest.fixture
def names(load):
    """(by, text) of everybody whom a list names."""

    def found(absent, **options):
        desired = load(persons(absent), environment=ENVIRONMENT, **options)
        return [(each.by, each.text) for erasure in desired.erasures for each in erasure.identifiers]

    return found


@pytest.fixture
def said(load):
    """What is wrong with a list; whoever is in it is not named."""

    def problems(absent, rest="", **options):
        found = load.problems(persons(absent, rest), environment=ENVIRONMENT, **options)
        assert "example.org" not in "".join(found)
        return found

    return problems


def test_an_address_is_an_email_and_anything_else_a_distinct_id(names):
    assert names("[!env SEVERAL]") == [
        ("email", ANA),
        ("email", "bo@example.org"),
        ("distinct_id", "device-17"),
    ]


def test_what_it_is_can_be_said(names):
    assert names("[distinct_id: !env GONE]") == [("distinct_id", ANA)]
    assert names("[{email: !env GONE, several: true}]") == [("email", ANA)]


def test_a_file_has_one_in_each_line_and_comments(load):
    text = f"# asked on Monday\n{ANA}\n\n  device-17\n"
    (erasure,) = load(persons("[!file lists/gone.txt]"), files={"lists/gone.txt": text}).erasures

    assert erasure.origins == (Origin("!file lists/gone.txt", "posthog.yaml:7:16"),)
    assert erasure.identifiers == (
        Identifier(ANA, "email", "lists/gone.txt:2:1"),
        Identifier("device-17", "distinct_id", "lists/gone.txt:4:1"),
    )


def test_everybody_is_named_once(names):
    assert names("[!env GONE, !env GONE, {email: !env GONE}]") == [("email", ANA)]


def test_an_erasure_knows_its_project_and_its_place(load):
    (erasure,) = load(persons("[!env GONE]", "      delete_events: true\n"), environment=ENVIRONMENT).erasures

    assert (erasure.project, erasure.delete_events) == ("Web", True)
    assert erasure.where == Position("posthog.yaml", 6, 5)


def test_an_empty_list_or_file_names_nobody(load, names):
    assert names("[]") == []
    assert names("[!file gone.txt]", files={"gone.txt": "# nobody so far\n"}) == []


def test_nobody_shows_in_a_value(load):
    desired = load(persons("[!env GONE]"), environment=ENVIRONMENT)

    assert ANA not in repr(desired)


def test_offline_what_is_not_at_hand_is_missing_and_no_problem(load):
    absent = "[!env GONE, !file gone.txt]"
    (erasure,) = load(persons(absent), environment={}, offline=True).erasures

    assert [origin.source for origin in erasure.missing] == ["!env GONE", "!file gone.txt"]
    assert erasure.identifiers == ()


@pytest.mark.parametrize(
    ("absent", "message"),
    [
        (f"[{ANA}]", "7:16: the name of a person is in the file"),
        ("[17]", "7:16: the name of a person is in the file"),
        (f"[distinct_id: {ANA}]", "7:29: the name of a person is in the file"),
        ('[""]', "7:16: the name of a person is in the file"),
        (f"[!env [UNSET, {ANA}]]", "7:29: the name of a person is in the file"),
        ("[!env UNSET]", "7:16: the environment variable UNSET is not set"),
        ("[!env BLANK]", "7:16: !env BLANK names no person"),
        ("[!secret password]", "7:16: !secret password cannot name persons"),
        (
            "[{email: !env GONE, distinct_id: !env GONE}]",
            "7:16: a person is known by `email` or by `distinct_id`",
        ),
        ("[{several: true}]", "7:16: a person is known by `email` or by `distinct_id`"),
        ("[!file /etc/hostname]", "7:16: !file /etc/hostname is an absolute path"),
        ("[!file ../gone.txt]", "7:16: !file ../gone.txt is outside the configuration's folder"),
        ("[!file none.txt]", "7:16: !file none.txt: there is no file none.txt"),
        (f"{ANA}", '7:15: persons.absent of project "Web" must be a list'),
        (
            f"[{ANA}: {{several: true}}]",
            '7:16: persons.absent[0] of project "Web" has a key that it does not know',
        ),
        ("[[!env GONE]]", '7:16: persons.absent[0] of project "Web" must be text or a mapping'),
    ],
)
def test_what_is_wrong_is_told_at_its_place(said, absent, message):
    assert any(problem.startswith(f"posthog.yaml:{message}") for problem in said(absent)), said(absent)


def test_a_line_that_is_no_address_is_told_at_its_line(said):
    files = {"gone.txt": f"# list\n{ANA}, bo@example.org\n"}

    (problem,) = said("[!file gone.txt]", files=files)
    assert problem.startswith("gone.txt:2:1: this line has an @ in it and is not an e-mail address")
    (problem,) = said("[email: !file gone.txt]", files={"gone.txt": "device-17\n"})
    assert problem.startswith("gone.txt:1:1: this line is not an e-mail address")


def test_a_file_that_is_no_text_is_told(said):
    (problem,) = said("[!file gone.txt]", files={"gone.txt": b"\xff\xfe"})

    assert problem.startswith("posthog.yaml:7:16: !file gone.txt: this is not UTF-8 text")


def test_a_project_that_is_to_be_deleted_has_no_list(load):
    text = "projects:\n  Web:\n    state: absent\n    persons: {absent: [!env GONE]}\n"

    assert any("`state: absent`" in problem for problem in load.problems(text, environment=ENVIRONMENT))
