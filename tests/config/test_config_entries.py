"""A file -> Configuration: what is declared, under which names, in which order, and what is refused."""

from pathlib import Path

import pytest

from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.tree import key_field
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.values.problem import Position

PROJECT, ROLE, MEMBERS, MEMBERSHIP = (
    KINDS[name] for name in ("project", "role", "role_members", "role_membership")
)


def names(desired):
    return [(entry.kind.name, entry.name) for entry in desired.entries]


def at(line, column):
    return Position("posthog.yaml", line, column)


def test_a_whole_file_becomes_entries_with_parents_first(load):
    desired = load(
        """\
roles:
  Analysts:
    members: [ana@acme.io, bo@acme.io]
projects:
  Web:
    timezone: UTC
    pipeline_destinations:
      Orders: {plugin: Snowflake, config: {account: acme}}
    site_apps:
      Bar: {plugin: Bar}
    file_system:
      Marketing: {type: folder}
"""
    )

    assert desired == Configuration(
        host="https://eu.posthog.com",
        organization="0191c0de-7e3a-0000-8000-0c6f5d1a2b3c",
        file="posthog.yaml",
        entries=(
            Entry(kind=ROLE, name="Analysts", fields={"name": "Analysts"},
                  positions={"": at(5, 3), "name": at(5, 3)}),
            Entry(kind=MEMBERS, name="Analysts", parent="Analysts", fields={"members": ["ana@acme.io", "bo@acme.io"]},
                  positions={"": at(6, 5), "members": at(6, 5), "members.0": at(6, 15), "members.1": at(6, 28)}),
            Entry(kind=PROJECT, name="Web", fields={"name": "Web", "timezone": "UTC"},
                  positions={"": at(8, 3), "name": at(8, 3), "timezone": at(9, 5)}),
            Entry(kind=KINDS["pipeline_destination"], name="Web/Orders", parent="Web",
                  fields={"name": "Orders", "plugin": "Snowflake", "config": {"account": "acme"}},
                  positions={"": at(11, 7), "name": at(11, 7), "plugin": at(11, 16), "config": at(11, 35),
                             "config.account": at(11, 44)}),
            Entry(kind=KINDS["site_app"], name="Web/Bar", parent="Web", fields={"name": "Bar", "plugin": "Bar"},
                  positions={"": at(13, 7), "name": at(13, 7), "plugin": at(13, 13)}),
            Entry(kind=KINDS["file_system_entry"], name="Web/Marketing", parent="Web",
                  fields={"path": "Marketing", "type": "folder"},
                  positions={"": at(15, 7), "path": at(15, 7), "type": at(15, 19)}),
        ),
    )  # fmt: skip


def test_an_additive_list_is_one_entry_per_name(load):
    desired = load("roles: {A: {members: {mode: additive, items: [bo@acme.io, ana@acme.io]}}}\n")

    assert [(e.kind, e.name, e.parent, e.fields, e.place, str(e.where)) for e in desired.entries[1:]] == [
        (MEMBERSHIP, "A/bo@acme.io", "A", {"user": "bo@acme.io"}, 1, "posthog.yaml:4:47"),
        (MEMBERSHIP, "A/ana@acme.io", "A", {"user": "ana@acme.io"}, 2, "posthog.yaml:4:59"),
    ]


@pytest.mark.parametrize("members", ["[]", "{mode: exact, items: []}"])
def test_an_exact_list_may_be_empty_and_means_nobody(load, members):
    assert load(f"roles: {{A: {{members: {members}}}}}\n").entries[1].fields == {"members": []}


def test_what_is_absent_is_not_declared(load):
    assert names(load("projects: {}\nroles: {A: {}, B: {members: {mode: additive, items: []}}}\n")) == [
        ("role", "A"),
        ("role", "B"),
    ]


def test_null_is_null_where_posthog_lets_it(load):
    (web,) = load(
        "projects: {Web: {surveys_opt_in: null, survey_config: null, week_start_day: null}}\n"
    ).entries

    assert web.fields == {
        "name": "Web",
        "surveys_opt_in": None,
        "survey_config": None,
        "week_start_day": None,
    }


def test_folders_come_before_what_is_in_them_and_keep_their_place(load):
    desired = load(
        """\
projects:
  Web:
    file_system:
      Z: {type: folder}
      A/B/C: {type: dashboard, ref: "1"}
      A/B: {type: folder}
      A: {type: folder}
      D/E: {type: folder}
"""
    )

    assert [(entry.fields["path"], entry.place) for entry in desired.entries[1:]] == [
        ("Z", 1),
        ("A", 4),
        ("A/B", 3),
        ("A/B/C", 2),
        ("D/E", 5),
    ]


def test_an_entry_may_name_the_object_to_take_over(load):
    desired = load("projects: {Web: {id: 7}, Shop: {id: '8'}}\n")

    assert [entry.id for entry in desired.entries] == ["7", "8"]


def test_earlier_names_are_those_of_the_parent_too(load):
    desired = load(
        """\
projects:
  Website:
    previously: [Web, Site]
    file_system:
      Marketing: {type: folder, previously: Sales}
roles:
  Analytics:
    previously: Analysts
    members: [ana@acme.io]
  Editors:
    previously: Writers
    members: {mode: additive, items: [bo@acme.io]}
"""
    )

    assert {entry.name: entry.previously for entry in desired.entries if entry.kind is not MEMBERS} == {
        "Website": ("Web", "Site"),
        "Website/Marketing": (
            "Website/Sales",
            "Web/Marketing",
            "Web/Sales",
            "Site/Marketing",
            "Site/Sales",
        ),
        "Analytics": ("Analysts",),
        "Editors": ("Writers",),
        "Editors/bo@acme.io": ("Writers/bo@acme.io",),
    }
    (members,) = (entry for entry in desired.entries if entry.kind is MEMBERS)
    assert members.previously == ("Analysts",)


def test_what_is_to_be_deleted_says_nothing_else(load):
    (web,) = load("projects: {Web: {state: absent, id: 7}}\n").entries

    assert (web.absent, web.fields, web.id) == (True, {"name": "Web"}, "7")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("https://EU.posthog.com/", "https://eu.posthog.com"),
        ("https://posthog.acme.io:8443", "https://posthog.acme.io:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://posthog.acme.io:443", "https://posthog.acme.io"),
        ("http://127.0.0.1:8010", "http://127.0.0.1:8010"),
        ("http://[::1]:8010", "http://[::1]:8010"),
    ],
)
def test_the_host_is_written_in_one_way(load, host, expected):
    header = f"organization: {{host: '{host}', id: 0191C0DE-7E3A-0000-8000-0C6F5D1A2B3C}}\n"

    desired = load("roles: {A: {}}\n", header=header)

    assert (desired.host, desired.organization) == (expected, "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c")


@pytest.mark.parametrize(
    "host",
    [
        "eu.posthog.com",
        "ftp://eu.posthog.com",
        "https://",
        "https://eu.posthog.com/api",
        "https://eu.posthog.com?x=1",
        "https://eu posthog.com",
        "https://eu.posthog.com:port",
        "https://[eu",
        "",
    ],
)
def test_a_host_is_a_scheme_and_a_name(load, host):
    header = f"organization: {{host: '{host}', id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c}}\n"

    problems = load.problems("roles: {A: {}}\n", header=header)

    assert problems[0].startswith("posthog.yaml:1:22: organization.host")


def test_a_key_never_travels_in_plain_text(load):
    header = "organization: {host: http://posthog.acme.io, id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c}\n"

    assert load.problems("roles: {A: {}}\n", header=header) == [
        "posthog.yaml:1:22: organization.host: host would see the key unencrypted\n"
        "  hint: write https (plain http is for localhost only)"
    ]


REFUSED = Path(__file__).parent / "refused.txt"


def cases():
    """The cases of refused.txt: (text, what stands above it, what is said)."""
    for case in REFUSED.read_text(encoding="utf-8").split("\n== ")[1:]:
        name, _, rest = case.partition("\n")
        lines = rest.rstrip("\n").split("\n")
        said = "\n".join(line[3:] for line in lines if line.startswith("-> "))
        text = "".join(f"{line}\n" for line in lines if not line.startswith("-> "))
        yield pytest.param(text, "" if "(whole file)" in name else None, said, id=name)


@pytest.mark.parametrize(("text", "header", "said"), list(cases()))
def test_a_bad_file_is_refused_with_the_place_and_what_to_do(load, text, header, said):
    header = load.header if header is None else header

    assert "\n".join(load.problems(text, header=header)) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f"roles: {{{'x' * 201}: {{}}}}\n",
            f'4:9: role "{"x" * 201}" must have at most 200 characters, not 201',
        ),
        (
            f"projects: {{Web: {{product_description: {'x' * 1001}}}}}\n",
            '4:39: product_description of project "Web" must have at most 1,000 characters, not 1,001',
        ),
        (
            f"projects: {{Web: {{autocapture_exceptions_errors_to_ignore: [{'x' * 297}]}}}}\n",
            '4:18: autocapture_exceptions_errors_to_ignore of project "Web" must have at most 300 characters in all,'
            " as JSON",
        ),
    ],
)
def test_a_text_that_is_too_long_is_refused(load, text, said):
    assert load.problems(text) == [f"posthog.yaml:{said}"]


def test_every_problem_is_told_at_once_in_the_order_of_the_file(load):
    problems = load.problems(
        "projets: {}\nprojects: {Web: {timezone: Mars, timezon: UTC}}\n"
        "roles: {A: {members: [x, y], previously: !env NOPE}, a: {}}\n"
    )

    assert [problem.partition(" ")[0] for problem in problems] == [
        "posthog.yaml:4:1:",
        "posthog.yaml:5:28:",
        "posthog.yaml:5:34:",
        "posthog.yaml:6:23:",
        "posthog.yaml:6:26:",
        "posthog.yaml:6:42:",
        "posthog.yaml:6:54:",
    ]


def test_one_mistake_that_many_entries_share_is_told_once(load):
    assert len(load.problems("projects:\n  A: &a {timezone: Mars}\n  B: *a\n")) == 2


@pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS.values() if not kind.parent and not kind.singleton and not kind.shorthand],
    ids=lambda kind: kind.name,
)
def test_every_kind_at_the_top_can_be_declared_by_its_name_alone(load, kind):
    name = "a.io" if key_field(kind).pattern else "A"

    (entry,) = load(f"{kind.section}: {{{name}: {{}}}}\n").entries

    assert (entry.kind, entry.name) == (kind, name)


def test_two_keys_that_look_the_same_are_let_pass_and_said(load):
    desired = load("roles:\n  Qualit\u00e9: {}\n  Qualite\u0301: {}\n  Other: {}\n")

    assert desired.notes == (
        'posthog.yaml:6:3: role "Qualite\u0301" looks like the one at posthog.yaml:5:3, and is another name to'
        " PostHog: in one of them, an accent is a separate character",
    )


def test_sql_that_still_reads_a_view_by_its_former_name_is_let_pass_and_said(load):
    desired = load(
        "projects:\n"
        "  Web:\n"
        "    warehouse_saved_queries:\n"
        "      payers: {previously: paying, query: {kind: HogQLQuery, query: select 1 as a}}\n"
        "      rich: {query: {kind: HogQLQuery, query: select a from paying p where a > 9}}\n"
        "    insights:\n"
        "      Rich: {query: {kind: DataVisualizationNode, source: {kind: HogQLQuery, query: select a from payers}}}\n"
        "  Shop:\n"
        "    warehouse_saved_queries:\n"
        "      rich: {query: {kind: HogQLQuery, query: select a from paying}}\n"
    )

    assert desired.notes == (
        'posthog.yaml:8:14: query.query of warehouse saved query "Web/rich" reads "paying", and that view is called'
        ' "payers" now: write the new name into the SQL, or it fails when the view is renamed',
    )
