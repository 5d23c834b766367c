"""`pulumi-posthog diff`: how staging differs from production, each a file or what lives in PostHog."""

from __future__ import annotations

import yaml

from cli.lab import PASSWORD, Lab

STAGING = """\
projects:
  Web staging:
    timezone: Europe/Berlin
    session_recording_opt_in: true
    cohorts:
      Staff: {filters: {properties: {type: OR, values: []}}}
    feature_flags:
      checkout:
        filters:
          groups:
            - {rollout_percentage: 50, properties: [{type: cohort, key: id, operator: in, value: !ref cohort/Staff}]}
        tags: [b, a]
    hog_functions:
      Hook:
        type: destination
        hog: return
        inputs_schema: [{key: token, type: string, secret: true}, {key: to, type: string}]
        inputs: {token: !env STAGING_TOKEN, to: x}
roles: {Editors: {}}
"""
PRODUCTION = """\
projects:
  Web:
    timezone: Europe/Paris
    cohorts:
      Staff: {filters: {properties: {type: OR, values: []}}}
      Payers: {filters: {properties: {type: OR, values: []}}}
    feature_flags:
      checkout:
        filters:
          groups:
            - {rollout_percentage: 75, properties: [{type: cohort, key: id, operator: in, value: !ref cohort/Staff}]}
        tags: [a, b]
    hog_functions:
      Hook:
        type: destination
        hog: return
        inputs_schema: [{key: token, type: string, secret: true}, {key: to, type: string}]
        inputs: {token: !env PRODUCTION_TOKEN, to: x}
roles: {Editors: {}}
"""
DIFFERENCES = [
    ("project", "(the project)", "session_recording_opt_in", "differs", True, False),
    ("project", "(the project)", "timezone", "differs", "Europe/Berlin", "Europe/Paris"),
    ("cohort", "Payers", None, "only in to", None, None),
    ("feature_flag", "checkout", "filters['groups'][0]['rollout_percentage']", "differs", 50, 75),
]


def rows(lab: Lab, from_: str, to: str, *more: str, status: int = 7) -> list[tuple[object, ...]]:
    run = lab.run("diff", "--from", from_, "--to", to, "--format", "json", *more)
    assert run.status == status, run.text
    found = [(*each.values(),) for each in run.json["differences"]]
    return sorted(found, key=lambda row: ([kind[0] for kind in DIFFERENCES].index(row[0]), str(row[2])))


def test_two_files_differ_in_what_they_declare_and_not_in_the_names_of_their_projects(lab: Lab):
    lab.write(STAGING, "staging.yaml")
    lab.write(PRODUCTION, "production.yaml")
    before = lab.posthog.writes()

    assert rows(lab, "staging.yaml", "production.yaml") == DIFFERENCES
    assert rows(lab, "staging.yaml:web STAGING", "production.yaml:Web") == DIFFERENCES
    assert rows(lab, "staging.yaml", "production.yaml", "--only", "feature_flag") == DIFFERENCES[3:]
    assert rows(lab, "staging.yaml", "staging.yaml", status=0) == []
    assert lab.posthog.writes() == before


def test_without_a_colon_roles_are_compared_too(lab: Lab):
    lab.write(STAGING, "staging.yaml")
    lab.write(STAGING.replace("{Editors: {}}", "{Editors: {}, Guests: {}}"), "other.yaml")

    run = lab.run("diff", "--from", "other.yaml", "--to", "staging.yaml")

    assert run.status == 7
    assert [line.split() for line in run.out.splitlines()[2:]] == [
        ["role", "Guests", "is", "there", "is", "not", "there"]
    ]
    assert "1 object only in other.yaml" in run.err
    assert lab.run("diff", "--from", "other.yaml:Web staging", "--to", "staging.yaml").status == 0


def test_a_project_in_posthog_differs_from_another_in_what_is_set_there(lab: Lab):
    run = lab.run("diff", "--from", "Web", "--to", "shop", "--format", "json")

    assert run.status == 7, run.text
    found = {
        (each["kind"], each["name"], each["path"]): (each["from"], each["to"])
        for each in run.json["differences"]
    }
    assert found["project", "(the project)", "timezone"] == ("Europe/Berlin", "Europe/Paris")
    assert found["project", "(the project)", "anonymize_ips"] == (True, False)
    assert found["file_system_entry", "Marketing", None] == (None, None)
    assert ("project", "(the project)", "name") not in found
    assert PASSWORD not in run.text
    assert lab.run("diff", "--from", "Web", "--to", "WEB").status == 0


def test_what_a_file_does_not_declare_is_left_alone_and_no_difference_from_a_project(lab: Lab):
    text = yaml.safe_dump(
        {"projects": {"Any": {"timezone": "Europe/Berlin", "app_urls": ["https://acme.dev"]}}}
    )
    lab.write(text, "staging.yaml")

    run = lab.run("diff", "--from", "staging.yaml", "--to", "Web", "--only", "project", "--format", "json")

    assert run.status == 7, run.text
    assert [(each["path"], each["from"], each["to"]) for each in run.json["differences"]] == [
        ("app_urls", ["https://acme.dev"], ["https://acme.io"])
    ]


def test_what_posthog_puts_into_each_new_project_is_there_where_a_file_declares_it(lab: Lab):
    lab.write(
        "projects:\n  Any:\n    hog_functions:\n"
        "      GeoIP: {type: transformation, template: template-geoip, enabled: true}\n",
        "any.yaml",
    )
    lab.posthog.count_anew()

    both = [
        lab.run("diff", "--from", a, "--to", b, "--only", "hog_function")
        for a, b in (("any.yaml", "Shop"), ("Shop", "any.yaml"), ("Web", "Shop"))
    ]

    assert [run.status for run in both] == [0, 0, 0], [run.text for run in both]
    lists = [each for each in lab.posthog.requests()["log"] if "/hog_functions/" in each]
    assert len(lists) == 4  # one of each project that is asked for


def test_a_list_that_cannot_be_read_is_never_the_same(lab: Lab):
    key = lab.key_without("file_system:read")

    run = lab.run("diff", "--from", "Web", "--to", "Web", POSTHOG_PERSONAL_API_KEY=key)

    assert run.status == 4
    assert "could not be read: " in run.err
    assert "what could be read is the same" in run.err


def test_what_is_wrong_with_a_side_is_said_before_anything_is_read(lab: Lab):
    lab.write(STAGING.replace("roles:", "  Shop: {}\nroles:"), "two.yaml")

    for arguments, said in [
        (("nowhere.yaml", "Web"), "nowhere.yaml"),
        (("two.yaml", "Web"), "--from: which project of two.yaml? It has Web staging, Shop"),
        (("two.yaml:Shopp", "Web"), 'declares no project "Shopp"'),
        (("Webb", "Web"), 'there is no project "Webb"'),
        (("", "Web"), "--from is empty"),
    ]:
        run = lab.run("diff", "--from", arguments[0], "--to", arguments[1])
        assert run.status == 2, run.text
        assert said in run.err
