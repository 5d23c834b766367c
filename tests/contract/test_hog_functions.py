"""Hog functions: made, changed, deleted, brought back; their templates, secrets, order and cap."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from harness.engine import Refused
from harness.functions import PostHog
from harness.pipeline_stack import HEAD, Stack
from harness.run import begin_anew
from pulumi_posthog.export import export
from pulumi_posthog.values.secret_text import MASK
from pulumi_posthog.values.variables import KEY_VARIABLE

WEBHOOK = """
      Orders:
        template: template-webhook
        enabled: true
        inputs:
          url: https://hooks.acme.io
          headers: {authorization: !env TOKEN}
          signing_secret: !env SIGNING
        filters: {events: [{id: $pageview, name: $pageview, type: events, order: 0}]}
"""


@pytest.fixture(params=[True, False], ids=["full lists", "short lists"])
def posthog(request: pytest.FixtureRequest) -> Iterator[PostHog]:
    server = PostHog(full=request.param)
    yield server
    server.close()


@pytest.fixture
def stack(tmp_path: Path, posthog: PostHog, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    monkeypatch.chdir(tmp_path)
    begin_anew()
    yield Stack(tmp_path, posthog)
    begin_anew()


def test_a_destination_is_made_from_its_template_and_a_second_run_sends_nothing(stack, posthog):
    assert stack.up(WEBHOOK) == [("create", ("hog_function", "Web/Orders"))]

    made = posthog.named("Orders")
    assert (made["enabled"], made["template"]["id"], made["hog"]) == (
        True,
        "template-webhook",
        "fetch(inputs.url)",
    )
    assert made["inputs"] == {
        "url": {"value": "https://hooks.acme.io"},
        "method": {"value": "POST"},  # what the template suggests, as PostHog's own page sends it
        "headers": {"value": {"authorization": "Bearer t0ken-t0ken"}},
    }
    assert posthog.secrets[made["id"]] == {"signing_secret": "s1gning-s1gning"}
    assert stack.up(WEBHOOK) == []
    assert posthog.writes == []
    assert stack.differences(WEBHOOK) == []


def test_no_secret_is_in_the_state_but_where_pulumi_keeps_secrets(stack):
    stack.up(WEBHOOK)

    (resource,) = [each for each in stack.engine.state.values() if each.kind == "hog_function"]
    for properties in (resource.inputs, resource.outputs):
        shown = {name: value for name, value in properties.items() if name != "secret_inputs"}
        assert "t0ken" not in str(shown)
        assert "s1gning" not in str(shown)


def test_a_secret_is_sent_when_it_becomes_another_and_not_otherwise(stack, posthog):
    stack.up(WEBHOOK)
    id_ = posthog.named("Orders")["id"]

    stack.up(WEBHOOK.replace("$pageview", "$autocapture"))
    ((_, body),) = posthog.writes
    assert "inputs" not in body
    stack.up(WEBHOOK.replace("hooks.acme.io", "new.acme.io"))
    ((_, body),) = posthog.writes
    assert "signing_secret" not in body["inputs"]  # PostHog keeps it; its mask is never sent back
    assert posthog.secrets[id_] == {"signing_secret": "s1gning-s1gning"}
    stack.environment["SIGNING"] = "another-another"
    assert stack.up(WEBHOOK) == [("update", ("hog_function", "Web/Orders"))]
    assert posthog.secrets[id_] == {"signing_secret": "another-another"}
    assert stack.up(WEBHOOK) == []


def test_a_change_by_hand_is_found_and_healed_and_what_nobody_declared_stays(stack, posthog):
    stack.up(WEBHOOK)
    made = posthog.named("Orders")
    made["inputs"]["url"] = {"value": "https://elsewhere.io"}
    made["inputs"]["debug"] = {"value": True}
    made["description"] = "by hand"

    assert stack.differences(WEBHOOK) == ["update Web/Orders: ['inputs']"]
    stack.up(WEBHOOK)

    made = posthog.named("Orders")
    assert made["inputs"]["url"] == {"value": "https://hooks.acme.io"}
    assert made["inputs"]["debug"] == {"value": True}
    assert made["description"] == "by hand"


def test_mappings_are_sent_along_in_every_patch(stack, posthog):
    mapped = WEBHOOK.replace(
        "        filters: {events: [{id: $pageview, name: $pageview, type: events, order: 0}]}\n",
        "        mappings: [{name: Paid, filters: {events: [{id: paid, type: events}]},"
        " inputs_schema: [{key: a, type: string}], inputs: {a: x}}]\n",
    )
    stack.up(mapped)
    assert stack.up(mapped) == []

    stack.up(mapped.replace("hooks.acme.io", "new.acme.io"))

    ((_, body),) = posthog.writes
    assert sorted(body) == ["inputs", "mappings"]
    (mapping,) = posthog.named("Orders")["mappings"]
    assert mapping["inputs"] == {"a": {"value": "x"}}
    assert stack.differences(mapped.replace("hooks.acme.io", "new.acme.io")) == []


def test_filters_are_compared_without_what_posthog_adds_and_sent_with_their_source(stack, posthog):
    stack.up(WEBHOOK)
    empty = WEBHOOK.replace("type: events, order: 0}]", "type: events, order: 0}], properties: []")
    assert stack.differences(empty) == []

    stack.up(WEBHOOK.replace("$pageview", "paid"))

    ((_, body),) = posthog.writes
    assert body["filters"] == {
        "source": "events",
        "events": [{"id": "paid", "name": "paid", "type": "events", "order": 0}],
    }


OWN = """
      Mine:
        type: site_destination
        hog: !text mine.ts
        inputs_schema: [{key: token, type: string, secret: true}, {key: path, type: string, required: true}]
        inputs: {token: !env TOKEN, path: /a}
        masking: {ttl: 60, hash: "{event.uuid}"}
"""


def test_a_function_with_code_of_its_own_takes_it_from_a_file(stack, posthog):
    (stack.folder / "mine.ts").write_text("export function onLoad() {}\n\n")

    stack.up(OWN)

    made = posthog.named("Mine", "site_destination")
    assert made["hog"] == "export function onLoad() {}"
    assert stack.up(OWN) == []
    assert stack.differences(OWN) == []
    (stack.folder / "mine.ts").write_text("export function onLoad() { return 1 }\n")
    stack.up(OWN)
    ((method, body),) = posthog.writes
    assert (method, body) == ("PATCH", {"hog": "export function onLoad() { return 1 }"})


TRANSFORMATION = """
      {name}: {{type: transformation, enabled: {enabled}, hog: "return event"}}"""
GEOIP = """
      GeoIP: {type: transformation, template: template-geoip, enabled: true}"""


def many(number: int, *, off: int = 0) -> str:
    return "".join(
        TRANSFORMATION.format(name=f"T{place}", enabled=str(place >= off).lower()) for place in range(number)
    )


def order(posthog: PostHog) -> list[str]:
    rows = posthog.here("1", "transformation")
    return [each["name"] for each in sorted(rows, key=lambda each: each["execution_order"])]


def test_transformations_have_the_order_of_the_file_and_the_one_of_a_new_project_is_adopted(stack, posthog):
    geoip = posthog.named("GeoIP", "transformation")["id"]

    stack.up(GEOIP + many(2))

    assert order(posthog) == ["GeoIP", "T0", "T1"]
    assert posthog.named("GeoIP", "transformation")["id"] == geoip
    stack.up(many(1) + GEOIP + TRANSFORMATION.format(name="T1", enabled="true"))
    assert order(posthog) == ["T0", "GeoIP", "T1"]
    assert {tuple(body) for _, body in posthog.writes} == {("execution_order",)}


def test_the_project_that_is_made_in_this_run_has_its_geoip_adopted(stack, posthog):
    head = HEAD.replace("Web:", "New:")

    stack.up(GEOIP, head=head)

    assert [each["name"] for each in posthog.here("2")] == ["GeoIP"]
    assert stack.up(GEOIP, head=head) == []


def test_the_21st_transformation_is_refused_before_anything_is_sent(stack, posthog):
    assert stack.problems(many(21)) == [
        'posthog.yaml:26:7: hog function "Web/T20" is one too many: a project has at most 20 enabled transformations,'
        " and 21 are declared\n  hint: disable one of them first"
    ]
    stack.up("      {}")
    with pytest.raises(Refused, match="would have 21 enabled transformations"):
        stack.up(many(20), preview=True)  # GeoIP, which is not declared, is the 21st
    assert posthog.writes == []


def test_a_sixth_transformation_of_logs_is_refused_and_those_of_events_are_counted_for_themselves(stack):
    logs = many(6).replace("type: transformation", "type: transformation_log").replace("T", "L")

    assert stack.problems(logs + many(20)) == [
        'posthog.yaml:11:7: hog function "Web/L5" is one too many: a project has at most 5 enabled transformations of'
        " logs, and 6 are declared\n  hint: disable one of them first"
    ]


def test_what_a_template_does_not_take_is_told_with_its_place_before_anything_is_sent(stack):
    text = """
      A: {template: template-webhok, inputs: {url: https://a.io}}
      B: {template: template-webhook, inputs: {urll: https://a.io}}
      C: {template: template-webhook, inputs: {url: https://a.io, method: PATCH, retries: many, headers: [a]}}
      D: {template: template-webhook, inputs: {url: https://a.io, signing_secret: plain-plain}}
      E: {template: template-geoip}
      F: {template: template-slack, inputs: {slack_workspace: slack/Acmee, channel: C1}}
"""
    assert stack.problems(text) == [
        'posthog.yaml:6:11: there is no template "template-webhok"\n  hint: did you mean "template-webhook"?',
        'posthog.yaml:7:48: hog function "Web/B": there is no input "urll"\n  hint: did you mean "url"?',
        'posthog.yaml:7:39: hog function "Web/B": input "url" is missing, and it is needed\n  hint: Webhook URL',
        'posthog.yaml:8:67: hog function "Web/C": input "method" must be one of POST, PUT, GET',
        'posthog.yaml:8:82: hog function "Web/C": input "retries" must be a number',
        'posthog.yaml:8:97: hog function "Web/C": input "headers" must be a mapping',
        'posthog.yaml:9:67: hog function "Web/D": input "signing_secret" is a secret and is in the file in plain text\n'
        "  hint: write `!env NAME` or `!secret name`, and change the secret: it has been in a file",
        'posthog.yaml:10:11: template "template-geoip" is one of a transformation, and hog function "Web/E" would be a'
        " destination\n  hint: write `type: transformation`",
    ]


def test_what_has_neither_template_nor_code_is_told(stack):
    assert stack.problems("\n      A: {enabled: true}\n") == [
        'posthog.yaml:6:7: hog function "Web/A" has neither `template` nor `hog`\n'
        "  hint: name the template that it is made from, or write its own `hog: !text FILE`"
    ]


SLACK = """
      Slack: {template: template-slack, inputs: {slack_workspace: Acme, channel: C1, text: "{{ event.name }}"}}
"""


def test_an_integration_is_named_and_its_id_is_sent(stack, posthog):
    posthog.lists["1", "integrations"] = [{"id": 7, "kind": "slack", "display_name": "Acme"}]

    stack.up(SLACK)

    assert posthog.named("Slack")["inputs"]["slack_workspace"] == {"value": 7}
    (resource,) = [each for each in stack.engine.state.values() if each.kind == "hog_function"]
    assert '"slack_workspace": "!ref integration/slack/Acme"' in resource.outputs["inputs"]
    assert stack.up(SLACK) == []
    assert stack.differences(SLACK) == []
    posthog.lists["1", "integrations"] = []
    assert stack.problems(SLACK) == [
        'posthog.yaml:6:50: there is no integration "slack/Acme": none is declared here, and PostHog has none in this'
        " project"
    ]


SEVERAL = """
      Both: {hog: "return 1", inputs_schema: [{key: to, type: integration_multi, integration: slack}],
             inputs: {to: [Acme, slack/Other]}}
"""


def test_an_input_that_takes_several_integrations_has_their_names(stack, posthog):
    posthog.lists["1", "integrations"] = [
        {"id": 7, "kind": "slack", "display_name": "Acme"},
        {"id": 8, "kind": "slack", "display_name": "Other"},
    ]

    stack.up(SEVERAL)

    assert posthog.named("Both")["inputs"]["to"] == {"value": [7, 8]}
    assert stack.up(SEVERAL) == []
    assert stack.differences(SEVERAL) == []
    text = stack.exported().files["posthog.yaml"]
    assert yaml.safe_load(text.replace("!ref ", "").replace("!env ", ""))["projects"]["Web"]["hog_functions"][
        "Both"
    ]["inputs"] == {"to": ["integration/slack/Acme", "integration/slack/Other"]}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            "[Acme, Othre]",
            'posthog.yaml:7:23: there is no integration "slack/Othre": none is declared here, and PostHog has none in'
            ' this project\n  hint: did you mean "slack/Other"?',
        ),
        (
            "Acme",
            'posthog.yaml:7:23: hog function "Web/Both": input "to" must be a list of integrations\n'
            "  hint: write `[!ref integration/KIND/NAME]`",
        ),
    ],
)
def test_what_is_no_list_of_integrations_is_told_with_its_place_before_anything_is_sent(
    stack, posthog, given, problem
):
    posthog.lists["1", "integrations"] = [
        {"id": id_, "kind": "slack", "display_name": name} for id_, name in ((7, "Acme"), (8, "Other"))
    ]

    assert stack.problems(SEVERAL.replace("[Acme, slack/Other]", given)) == [problem]


def test_what_exists_is_exported_as_a_file_that_changes_nothing(stack, posthog):
    (stack.folder / "mine.ts").write_text("export function onLoad() {}")
    posthog.lists["1", "integrations"] = [{"id": 7, "kind": "slack", "display_name": "Acme"}]
    posthog.lists["1", "actions"] = [{"id": 41, "name": "Signed up"}]
    action = "actions: [{id: !ref action/Signed up, name: Signed up, type: actions, order: 0}]"
    stack.up(WEBHOOK.replace("{events: ", "{" + action + ", events: ") + SLACK + OWN + GEOIP + many(2))

    text = stack.exported().files["posthog.yaml"]

    assert "id: !ref action/Signed up" in text
    assert "slack_workspace: !ref integration/slack/Acme" in text
    assert "signing_secret: !env" in text
    assert "authorization: !env" in text
    assert "t0ken" not in text


def test_an_export_shows_what_posthog_would_make_of_legacy_destinations(stack, posthog):
    url = "https://github.com/customerio/customerio-plugin"
    posthog.lists["", "plugins"] = [
        {
            "id": 3,
            "name": "Customer.io",
            "capabilities": {"methods": ["onEvent"]},
            "url": url,
            "config_schema": [{"key": "host"}, {"key": "token", "secret": True}, {"key": "old"}],
        },
        {
            "id": 4,
            "name": "Lake",
            "capabilities": {"methods": ["onEvent"]},
            "url": "https://github.com/acme/lake",
            "config_schema": [],
        },
    ]
    config_ = {"host": "eu.io", "token": MASK, "old": "x"}
    posthog.lists["1", "pipeline_destination_configs"] = [
        {"id": 8, "plugin": 3, "name": "Mails", "enabled": True, "order": 1, "config": config_},
        {"id": 9, "plugin": 4, "name": "To a lake", "enabled": True, "order": 2, "config": {}},
    ]
    live = stack.live()

    exported = export(live, migrate=True)

    live.reader.close()
    document = exported.files["posthog.yaml"]
    assert (
        """
      Mails:
        template: plugin-customerio-plugin
        enabled: false
        inputs:
          host: eu.io
          token: !env WEB_MAILS_NEW_TOKEN
"""
        in document
    )
    told = [row for row in exported.left_out if row.startswith("projects.Web.pipeline")]
    assert told == [
        "projects.Web.pipeline_destinations.Mails.old: the template plugin-customerio-plugin has no such input",
        'projects.Web.pipeline_destinations.To a lake: not migrated: PostHog has no template for the plugin "Lake":'
        " choose one on its page, or a batch export",
    ]


def test_what_was_deleted_and_is_declared_of_another_type_is_made_anew_and_not_brought_back(stack, posthog):
    (stack.folder / "mine.ts").write_text("code")
    stack.up(OWN)
    before = posthog.named("Mine", "site_destination")
    before["deleted"] = True

    stack.up(OWN.replace("site_destination", "destination"))

    assert before["deleted"]
    assert [method for method, _ in posthog.writes] == ["POST"]


def test_the_lost_answer_to_a_deletion_is_no_error(stack, posthog, monkeypatch):
    monkeypatch.setattr("pulumi_posthog.api.pacing.Pace.sleep", lambda _self, _seconds: None)
    stack.up(WEBHOOK)
    posthog.lost["PATCH"] = 1

    stack.up("      {}")

    assert [each["name"] for each in posthog.here("1")] == ["GeoIP"]


TWO_OF_ONE_NAME = """
      Orders: {hog: "return event"}
      Orders before they are stored: {name: Orders, type: transformation, hog: "return event"}
"""


def test_two_of_one_name_and_different_types_stand_in_one_file(stack, posthog):
    assert stack.up(TWO_OF_ONE_NAME) == [
        ("create", ("hog_function", "Web/Orders")),
        ("create", ("hog_function", "Web/Orders before they are stored")),
    ]

    assert [each["name"] for each in posthog.here("1") if each["name"] == "Orders"] == ["Orders", "Orders"]
    assert stack.up(TWO_OF_ONE_NAME) == []
    assert stack.differences(TWO_OF_ONE_NAME) == []
    posthog.named("Orders", "transformation")["name"] = "By hand"
    assert stack.up(TWO_OF_ONE_NAME) == [("update", ("hog_function", "Web/Orders before they are stored"))]
    assert posthog.writes == [("PATCH", {"name": "Orders"})]


def test_two_of_one_name_and_type_are_refused_wherever_their_keys_are(stack):
    same = TWO_OF_ONE_NAME.replace("type: transformation, ", "")

    (problem,) = stack.problems(same)

    assert problem == (
        'posthog.yaml:7:7: hog function "Web/Orders before they are stored" is the same to PostHog as hog function'
        ' "Web/Orders", at posthog.yaml:6:7\n  hint: they have the same type and name'
    )


def test_a_key_may_change_while_the_name_stays_and_the_name_while_the_key_stays(stack, posthog):
    stack.up(TWO_OF_ONE_NAME)
    id_ = posthog.named("Orders", "transformation")["id"]

    other_key = TWO_OF_ONE_NAME.replace(
        "Orders before they are stored: {", "Early: {previously: Orders before they are stored, "
    )
    assert stack.up(other_key) == []
    assert stack.up(other_key.replace("name: Orders", "name: Sales")) == [
        ("update", ("hog_function", "Web/Early"))
    ]
    assert posthog.functions[id_]["name"] == "Sales"


def test_a_key_that_changes_without_a_word_loses_nothing(stack, posthog):
    stack.up(TWO_OF_ONE_NAME)

    stack.up(TWO_OF_ONE_NAME.replace("Orders before they are stored:", "Early:"))

    assert posthog.writes == []
    assert stack.up(TWO_OF_ONE_NAME.replace("Orders before they are stored:", "Early:")) == []


def test_a_reference_means_the_key_and_the_name_where_no_key_is_so(stack, posthog):
    refers = """
      Second: {hog: "b", inputs_schema: [{key: a, type: string}, {key: b, type: string}],
               inputs: {a: !ref hog_function/First, b: !ref hog_function/Known}}
      First: {name: Called, hog: "a"}
      Third: {name: Known, hog: "a"}
"""
    stack.up(refers)

    made = posthog.named("Second")
    assert made["inputs"]["a"] == {"value": posthog.named("Called")["id"]}
    assert made["inputs"]["b"] == {"value": posthog.named("Known")["id"]}
    assert stack.up(refers) == []
    assert stack.differences(refers) == []


def test_two_of_one_name_are_exported_under_two_keys(stack, posthog):
    stack.up(TWO_OF_ONE_NAME)

    exported = stack.exported()

    text = exported.files["posthog.yaml"]
    assert not [row for row in exported.left_out if "Orders" in row]
    sections = yaml.safe_load(text.replace("!env ", ""))["projects"]["Web"]["hog_functions"]
    assert {key: each.get("name") for key, each in sections.items()} in (
        {"Orders": None, "Orders (transformation)": "Orders"},
        {"Orders": None, "Orders (destination)": "Orders"},
    )
