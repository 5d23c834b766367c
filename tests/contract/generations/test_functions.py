"""Hog functions: every field is made, read back without a difference, and changed by one PATCH.

What PostHog, its watcher, its alerts and other people do to them is seen, or is no difference (posthog-api-cdp.md 2).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
import yaml

from contract.generations import FUNCTIONS, GEOIP, NOTHING, PROJECT, ends, many
from harness.engine import Refused as Refusal
from harness.engine import urn_of
from harness.pipeline_stack import Stack
from pulumi_posthog import config
from pulumi_posthog.api.errors import Invalid
from pulumi_posthog.export import export
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.stack.places import with_place

OWN = {
    "description": "All of them",
    "enabled": "false",
    "hog": "return inputs.url",
    "inputs_schema": "[{key: url, type: string, required: true}, {key: size, type: number}]",
    "inputs": "{url: https://a.io}",
    "filters": "{events: [{id: paid, name: paid, type: events, order: 0}]}",
    "masking": '{ttl: 60, hash: "{event.uuid}"}',
    "icon_url": "/static/a.png",
}
MAPPED = {
    **{name: value for name, value in OWN.items() if name != "filters"},
    "mappings": "[{name: Paid, filters: {events: [{id: paid, name: paid, type: events, order: 0}]},"
    " inputs_schema: [{key: a, type: string}], inputs: {a: x}}]",
}
ORDERED = {"type": "transformation", "enabled": "true", "hog": "return event", "execution_order": "4"}
TEMPLATED = {
    "template": "template-webhook",
    "inputs": "{url: https://a.io, headers: {authorization: !env TOKEN}}",
}
# How it is made; then, one after another: the field, another value, and the fields of the one PATCH.
STORIES: dict[str, tuple[Mapping[str, str], list[tuple[str, str, set[str]]]]] = {
    "own code": (
        OWN,
        [
            ("name", "Sales", {"name"}),
            ("description", "Some of them", {"description"}),
            ("enabled", "true", {"enabled"}),
            ("hog", "return inputs.size", {"hog"}),
            (
                "inputs_schema",
                "[{key: url, type: string, required: true, label: To}, {key: size, type: number}]",
                {"inputs_schema"},
            ),
            ("inputs", "{url: https://b.io, size: 3}", {"inputs"}),
            (
                "filters",
                "{events: [{id: $pageview, name: $pageview, type: events, order: 0}],"
                " properties: [{key: plan, value: [paid], operator: exact, type: event}]}",
                {"filters"},
            ),
            ("masking", '{ttl: 3600, hash: "{event.uuid}", threshold: 2}', {"masking"}),
            ("masking", "null", {"masking"}),
            ("icon_url", "/static/b.png", {"icon_url"}),
        ],
    ),
    "mappings": (
        MAPPED,
        [
            (
                "mappings",
                "[{name: Sold, filters: {events: [{id: sold, name: sold, type: events, order: 0}]}}]",
                {"mappings"},
            ),
            ("description", "Others", {"description", "mappings"}),
            ("mappings", "[]", {"mappings"}),
        ],
    ),
    "transformation": (
        ORDERED,
        [("execution_order", "9", {"execution_order"}), ("enabled", "false", {"enabled"})],
    ),
    "template": (
        TEMPLATED,
        [
            ("inputs", "{url: https://b.io, headers: {authorization: !env TOKEN}, method: PUT}", {"inputs"}),
            ("enabled", "true", {"enabled"}),
        ],
    ),
}
REPLACED = {"type": "source_webhook", "template": "template-slack"}


def entry(fields: Mapping[str, str]) -> str:
    return "      Orders:\n" + "".join(f"        {name}: {value}\n" for name, value in fields.items())


def test_every_field_of_a_hog_function_is_tried():
    every = {field.name for field in KINDS["hog_function"].writable}
    changed = {field for _, changes in STORIES.values() for field, _, _ in changes}

    assert changed | REPLACED.keys() == every


@pytest.mark.parametrize(("given", "changes"), STORIES.values(), ids=STORIES)
def test_each_field_is_made_read_back_and_changed_by_one_patch(stack, posthog, patches, given, changes):
    assert stack.up(entry(given), head=FUNCTIONS) == [("create", ("hog_function", "Web/Orders"))]
    assert stack.differences(entry(given), head=FUNCTIONS) == []
    patches.clear()
    fields = dict(given)
    for field, other, _ in changes:
        fields[field] = other
        assert stack.up(entry(fields), head=FUNCTIONS) == [("update", ("hog_function", "Web/Orders"))], field
        assert stack.differences(entry(fields), head=FUNCTIONS) == [], field

    assert [set(each) for each in patches] == [body for _, _, body in changes]
    assert stack.up(entry(fields), head=FUNCTIONS) == []
    assert posthog.bodies == []


def test_a_function_keeps_its_mappings_where_a_patch_without_them_clears_them(stack, posthog):
    if posthog.name != "later 2026":
        pytest.skip("older servers keep them")
    stack.up(entry(MAPPED), head=FUNCTIONS)
    posthog.call("PATCH", "/_sandbox/settings", {"patch_clears_mappings": True})
    mappings = posthog.function("Orders")["mappings"]
    fields = dict(MAPPED)

    for change in ({"description": "Others"}, {"enabled": "true"}, {"inputs": "{url: https://b.io}"}):
        fields |= change
        stack.up(entry(fields), head=FUNCTIONS)
        assert posthog.function("Orders")["mappings"] == mappings, change

    # Deleted by hand, which clears them; it comes back with what is declared.
    posthog.change(posthog.function("Orders"), deleted=True)
    stack.up(entry(fields), head=FUNCTIONS)
    assert [each["name"] for each in posthog.function("Orders")["mappings"]] == ["Paid"]
    assert stack.up(entry(fields), head=FUNCTIONS) == []
    assert stack.differences(entry(fields), head=FUNCTIONS) == []


def test_in_a_mapping_a_key_called_order_is_the_users_own(stack, posthog, patches):
    events = "[{id: paid, name: paid, type: events, order: 3}]"
    inputs = 'inputs: {headers: {order: "{event.uuid}"}}'
    mapping = (
        f"{{inputs_schema: [{{key: headers, type: dictionary}}], {inputs}, filters: {{events: {events}}}}}"
    )
    text = entry({**MAPPED, "mappings": f"[{mapping}]"})
    stack.up(text, head=FUNCTIONS)
    (made,) = posthog.function("Orders")["mappings"]
    assert made["inputs"]["headers"]["value"] == {"order": "{event.uuid}"}
    assert made["filters"]["events"][0]["order"] == 3

    stack.up(text.replace("All of them", "Some of them"), head=FUNCTIONS)

    (body,) = patches
    assert body["mappings"][0]["inputs"] == {"headers": {"value": {"order": "{event.uuid}"}}}
    assert posthog.function("Orders")["mappings"] == [made]
    assert "headers: {order: " in stack.exported().files["posthog.yaml"]
    made["inputs"]["headers"] = {"value": {}}
    posthog.change(posthog.function("Orders"), mappings=[made])
    assert stack.differences(text.replace("All of", "Some of"), head=FUNCTIONS) == [
        "update Web/Orders: ['mappings']"
    ]


def test_mappings_that_nobody_declared_stay_where_a_patch_without_them_clears_them(stack, posthog):
    if posthog.name != "later 2026":
        pytest.skip("older servers keep them")
    undeclared = {name: value for name, value in MAPPED.items() if name != "mappings"}
    stack.up(entry(undeclared), head=FUNCTIONS)
    made = posthog.function("Orders")
    posthog.change(
        made, mappings=[{"name": "By hand", "filters": {"events": [{"id": "a", "type": "events"}]}}]
    )
    mappings = posthog.function("Orders")["mappings"]
    posthog.call("PATCH", "/_sandbox/settings", {"patch_clears_mappings": True})

    stack.up(entry({**undeclared, "description": "Others"}), head=FUNCTIONS)

    assert posthog.function("Orders")["mappings"] == mappings


TYPES = {
    "destination": "return event",
    "site_destination": "export function onLoad() {}",
    "internal_destination": "return event",
    "source_webhook": "return event",
    "site_app": "export function onLoad() {}",
    "transformation": "return event",
}


@pytest.mark.parametrize("type_", TYPES)
def test_a_function_of_each_type_is_made_and_then_there_is_nothing_to_do(stack, posthog, type_):
    events = "{events: [{id: $error_tracking_issue_created, type: events}]}"
    filters = f", filters: {events}" if type_ == "internal_destination" else ""
    text = f'      Mine: {{type: {type_}, enabled: true, hog: "{TYPES[type_]}"{filters}}}'

    stack.up(text, head=FUNCTIONS)

    assert stack.up(text, head=FUNCTIONS) == []
    assert stack.differences(text, head=FUNCTIONS) == []
    assert posthog.function("Mine", type_)["enabled"] is True


SECRETS = """
      Mails: {template: template-customerio, inputs: {site_id: !env SITE, token: !env TOKEN}}
"""


def test_a_secret_is_sent_once_and_again_when_it_becomes_another(stack, posthog, patches):
    stack.up(SECRETS, head=FUNCTIONS)
    assert stack.up(SECRETS, head=FUNCTIONS) == []
    stack.environment["TOKEN"] = "another-another"

    assert stack.up(SECRETS, head=FUNCTIONS) == [("update", ("hog_function", "Web/Mails"))]

    (body,) = patches
    assert body["inputs"]["token"] == {"value": "another-another"}
    assert "site_id" not in body["inputs"]  # it is kept; a mask is never sent
    assert posthog.function("Mails")["inputs"]["token"] == {"secret": True}
    assert stack.up(SECRETS, head=FUNCTIONS) == []


@ends
def test_what_is_no_longer_declared_is_deleted_and_what_was_deleted_by_hand_comes_back_with_its_id(
    stack, posthog
):
    stack.up(SECRETS, head=FUNCTIONS)
    made = posthog.function("Mails")
    posthog.change(made, deleted=True)

    assert stack.up(SECRETS, head=FUNCTIONS) == [("update", ("hog_function", "Web/Mails"))]

    assert posthog.function("Mails")["id"] == made["id"]
    assert stack.up(SECRETS, head=FUNCTIONS) == []
    stack.up(NOTHING, head=FUNCTIONS)
    assert [each["name"] for each in posthog.functions()] == ["GeoIP"]


@ends
def test_another_type_makes_it_anew(stack, posthog):
    text = '      Mine: {hog: "return event"}'
    stack.up(text, head=FUNCTIONS)
    before = posthog.function("Mine")

    changed = text.replace("{hog", "{type: source_webhook, hog")
    assert stack.up(changed, head=FUNCTIONS) == [("replace", ("hog_function", "Web/Mine"))]

    assert posthog.function("Mine", "source_webhook")["id"] != before["id"]
    assert stack.up(changed, head=FUNCTIONS) == []


def undeclared(stack: Stack, text: str) -> list[str]:
    live = stack.live()
    try:
        observed = observe(stack.load(text, head=FUNCTIONS), live, undeclared=True, kinds=["hog_function"])
    finally:
        live.reader.close()
    return [str(each.found.values["name"]) for each in observed.undeclared]


@ends
def test_what_posthog_makes_in_each_project_need_not_be_said_until_somebody_changes_it(stack, posthog):
    assert undeclared(stack, NOTHING) == []
    assert "hog_functions" not in stack.exported().files["posthog.yaml"]

    posthog.change(posthog.function("GeoIP", "transformation"), enabled=False)

    assert undeclared(stack, NOTHING) == ["GeoIP"]
    assert "      GeoIP:\n" in stack.exported().files["posthog.yaml"]


@ends
def test_code_that_does_not_compile_is_told_in_posthogs_words_with_its_place(stack, posthog):
    with pytest.raises(Invalid) as refused:
        stack.up('      Mine: {hog: "return )"}', head=FUNCTIONS)

    urn = urn_of("hog_function", "Web/Mine")
    declared = config.load(stack.folder / "posthog.yaml", environment={}, offline=True)
    assert with_place(refused.value, urn, lambda: declared).startswith(
        'posthog.yaml:5:14: hog function "Web/Mine": POST /api/projects/'
    )
    assert 'field hog: "Hog code has errors."' in str(refused.value)
    assert [each["name"] for each in posthog.functions()] == ["GeoIP"]


@ends
def test_a_lost_answer_makes_no_twin(stack, posthog, monkeypatch):
    monkeypatch.setattr("pulumi_posthog.api.pacing.Pace.sleep", lambda _self, _seconds: None)
    text = '      Mine: {hog: "return event"}'
    posthog.call("POST", "/_sandbox/faults", {"spec": "error-after POST /hog_functions/ times=1"})

    stack.up(text, head=FUNCTIONS)

    assert [each["name"] for each in posthog.functions()].count("Mine") == 1
    assert stack.up(text, head=FUNCTIONS) == []


def test_functions_are_exported_as_a_file_that_changes_nothing(stack, posthog):
    posthog.integration("slack")
    slack = "      Chat: {template: template-slack, inputs: {slack_workspace: slack/Acme, channel: C1}}\n"
    stack.up(entry(OWN) + SECRETS + GEOIP + many(2) + slack, head=FUNCTIONS)

    text = stack.exported().files["posthog.yaml"]

    assert "slack_workspace: !ref integration/slack/Acme" in text
    assert "token: !env" in text
    assert "t0ken" not in text


@ends
def test_an_integration_that_is_not_there_is_told_with_its_place_before_anything_is_sent(stack):
    text = "      Chat: {template: template-slack, inputs: {slack_workspace: slack/Acme, channel: C1}}"

    (problem,) = stack.problems(text, head=FUNCTIONS)

    assert problem.startswith('posthog.yaml:5:49: there is no integration "slack/Acme"')


def test_an_input_of_several_integrations_has_their_names(stack, posthog):
    if posthog.name == "2025":
        pytest.skip("an input takes one integration")
    ids = [posthog.integration("slack"), posthog.integration("slack", "Other")]
    text = """      Both:
        hog: return event
        inputs_schema: [{key: to, type: integration_multi, integration: slack}]
        inputs: {to: [Acme, slack/Other]}
"""

    stack.up(text, head=FUNCTIONS)

    assert posthog.function("Both")["inputs"]["to"]["value"] == ids
    assert stack.up(text, head=FUNCTIONS) == []
    assert stack.differences(text, head=FUNCTIONS) == []
    stack.up(text.replace("[Acme, slack/Other]", "[slack/Other]"), head=FUNCTIONS)
    assert posthog.function("Both")["inputs"]["to"]["value"] == ids[1:]
    problems = stack.problems(text.replace("slack/Other", "slack/Othre"), head=FUNCTIONS)
    assert problems == [
        'posthog.yaml:8:18: there is no integration "slack/Othre": none is declared here, and PostHog has none in'
        ' this project\n  hint: did you mean "slack/Other"?'
    ]
    exported = stack.exported().files["posthog.yaml"]
    assert "!ref integration/slack/Other" in exported


def test_what_follows_a_legacy_destination_is_made_of_what_an_export_shows(stack, posthog):
    stack.up(NOTHING, head=FUNCTIONS)
    plugins = {each["name"]: each["id"] for each in posthog.info["plugins"]}
    posthog.allow_legacy_destinations()
    path = f"/api/projects/{posthog.project_id()}/pipeline_destination_configs/"
    for place, (name, plugin) in enumerate((("Mails", "Customer.io"), ("To a lake", "Snowflake Export"))):
        form = {"plugin": plugins[plugin], "name": name, "order": place, "enabled": "true"}
        secrets = json.dumps({"customerioSiteId": "s1te-s1te", "customerioToken": "t0ken-t0ken"})
        posthog.call("POST", path, {**form, "config": secrets}, form=True)
    posthog.call("PATCH", "/_sandbox/settings", {"legacy_destinations": False})
    live = stack.live()

    exported = export(live, migrate=True)

    live.reader.close()
    document = exported.files["posthog.yaml"]
    shown = yaml.safe_load(document.replace("!env ", "env "))["projects"]["Web"]
    assert shown["hog_functions"] == {"Mails": {"template": "plugin-customerio-plugin", "enabled": False}}
    told = [row for row in exported.left_out if ": not migrated: " in row]
    assert told == [
        "projects.Web.pipeline_destinations.To a lake: not migrated: PostHog has no template for the plugin"
        ' "Snowflake Export": choose one on its page, or a batch export',
    ]
    assert ("t0ken" in document, "s1te-s1te" in document) == (False, False)
    text = """      Mails:
        template: plugin-customerio-plugin
        enabled: false
"""
    (needed, also) = stack.problems(text, head=FUNCTIONS)
    assert 'input "site_id" is missing, and it is needed' in needed
    assert 'input "token" is missing, and it is needed' in also
    stack.up(text + "        inputs: {site_id: !env SITE, token: !env TOKEN}\n", head=FUNCTIONS)
    assert posthog.function("Mails")["template"]["id"] == "plugin-customerio-plugin"


@ends
@pytest.mark.parametrize("at_once", [True, False], ids=["made in this run", "made before"])
def test_the_row_of_a_function_in_the_file_system_is_named_by_the_function(stack, posthog, at_once):
    functions = '      Orders: {hog: "return event"}\n'
    text = f"""{functions}\
    file_system:
      Sales: {{type: folder}}
      Sales/Orders: {{type: hog_function/destination, ref: !ref hog_function/Orders}}
"""
    if not at_once:
        stack.up(functions, head=FUNCTIONS)

    stack.up(text, head=FUNCTIONS)

    rows = posthog.all(f"/api/projects/{posthog.project_id()}/file_system/?limit=100")
    assert [row["path"] for row in rows if row["ref"] == posthog.function("Orders")["id"]] == ["Sales/Orders"]
    assert stack.up(text, head=FUNCTIONS) == []
    assert stack.differences(text, head=FUNCTIONS) == []


def notes(stack: Stack, text: str) -> tuple[str, ...]:
    live = stack.live()
    try:
        return observe(stack.load(text, head=FUNCTIONS), live).notes
    finally:
        live.reader.close()


@ends
def test_what_posthogs_watcher_stopped_is_told_and_is_no_difference(stack, posthog):
    text = '      Mine: {enabled: true, hog: "return event"}'
    stack.up(text, head=FUNCTIONS)
    posthog.stored("hogfunction", "name", "Mine", state=3)

    assert stack.differences(text, head=FUNCTIONS) == []
    assert stack.up(text, head=FUNCTIONS) == []
    assert notes(stack, text) == (
        'hog function "Web/Mine" is enabled, and PostHog\'s watcher has switched it off because it failed too often',
    )


def test_what_posthogs_alerts_look_after_is_left_alone(stack, posthog):
    text = """      Bill:
        type: internal_destination
        hog: return 1
        filters: {events: [{id: $billing_alert_firing, name: a, type: events, order: 0}]}
"""
    path = f"/api/projects/{posthog.project_id()}/hog_functions/"
    event = {"id": "$billing_alert_firing", "name": "a", "type": "events", "order": 0}
    body = {"type": "internal_destination", "hog": "return 1", "name": "Bill", "filters": {"events": [event]}}
    posthog.call("POST", path, body)
    posthog.stored("hogfunction", "name", "Bill", is_managed=1)

    assert undeclared(stack, NOTHING) == []
    assert "Bill" not in stack.exported().files["posthog.yaml"]
    with pytest.raises(Refusal, match="is not to be managed here: PostHog's alerts look after it"):
        stack.up(text.replace("return 1", "return 2"), head=FUNCTIONS)
    assert posthog.function("Bill", "internal_destination")["hog"] == "return 1"


@ends
def test_what_posthog_rewrites_in_the_background_is_no_difference(stack, posthog):
    text = '      Mine: {hog: "return event", filters: {filter_test_accounts: true}}'
    project = f"/api/projects/{posthog.project_id()}/"
    posthog.call("PATCH", project, {"test_account_filters": []})  # the cohort in them would not compile
    stack.up(text, head=FUNCTIONS)
    before = posthog.function("Mine")["updated_at"]

    inside = {"key": "$host", "value": "localhost", "operator": "is_not", "type": "event"}
    posthog.call("PATCH", project, {"test_account_filters": [inside]})

    assert posthog.function("Mine")["updated_at"] > before
    assert stack.up(text, head=FUNCTIONS) == []
    assert posthog.bodies == []


@ends
def test_an_action_in_filters_is_named_and_its_id_is_sent_as_a_text(stack, posthog):
    text = f"""{PROJECT}    actions: {{Signed up: {{steps: [{{event: signed_up}}]}}}}
    hog_functions:
      Mine:
        hog: return event
        filters:
          actions: [{{id: !ref action/Signed up, name: Signed up, type: actions, order: 0}}]
"""
    stack.up(text, head="")

    filters = posthog.function("Mine")["filters"]
    path = f"/api/projects/{posthog.project_id()}"
    (action,) = [each["id"] for each in posthog.get(f"{path}/actions/")["results"]]
    assert filters["actions"][0]["id"] == str(action)
    assert stack.up(text, head="") == []
    assert stack.differences(text, head="") == []
    assert "id: !ref action/Signed up" in stack.exported().files["posthog.yaml"]


@ends
def test_a_filter_that_does_not_compile_is_told_in_posthogs_words_and_nothing_is_made(stack, posthog):
    text = f"""{PROJECT}    cohorts: {{Payers: {{}}}}
    hog_functions:
      Mine:
        hog: return event
        enabled: true
        filters: {{properties: [{{type: cohort, key: id, value: !ref cohort/Payers}}]}}
"""
    with pytest.raises(Invalid, match="Can't use cohorts in real-time filters"):
        stack.up(text, head="")

    assert [each["name"] for each in posthog.functions()] == ["GeoIP"]


@ends
def test_a_template_of_liquid_keeps_its_language(stack, posthog):
    text = (
        '      Mine: {hog: "return inputs.a", inputs_schema: [{key: a, type: string}],'
        ' inputs: {a: {value: "{{ event.uuid }}", templating: liquid}}}'
    )
    stack.up(text, head=FUNCTIONS)

    made = posthog.function("Mine")["inputs"]["a"]
    assert (made["value"], made["templating"]) == ("{{ event.uuid }}", "liquid")
    assert stack.up(text, head=FUNCTIONS) == []
    stack.exported()


@ends
def test_a_template_that_no_list_has_may_be_used_and_one_that_is_not_there_is_told_with_its_place(stack):
    old = "      Mine: {template: template-old-webhook, inputs: {url: https://a.io}}"
    stack.up(old, head=FUNCTIONS)

    assert stack.up(old, head=FUNCTIONS) == []
    assert stack.problems(old.replace("Mine", "Other").replace("old-webhook", "webhok"), head=FUNCTIONS) == [
        'posthog.yaml:5:15: there is no template "template-webhok"\n  hint: did you mean "template-webhook"?'
    ]


@ends
def test_inputs_are_checked_against_the_template_before_anything_is_sent(stack):
    text = "      Mine: {template: template-webhook, inputs: {ulr: https://a.io, debug: 1}}"

    problems = stack.problems(text, head=FUNCTIONS)

    assert [problem.partition("\n")[0] for problem in problems] == [
        'posthog.yaml:5:51: hog function "Web/Mine": there is no input "ulr"',
        'posthog.yaml:5:70: hog function "Web/Mine": input "debug" must be true or false',
        'posthog.yaml:5:42: hog function "Web/Mine": input "url" is missing, and it is needed',
    ]


def test_a_template_that_posthog_hides_is_refused_in_its_words(stack, posthog):
    text = "      Mine: {template: template-not-for-all, inputs: {url: https://a.io}}"
    if posthog.name != "later 2026":
        pytest.skip("older servers make a function from it")

    with pytest.raises(Invalid, match="template_id"):
        stack.up(text, head=FUNCTIONS)

    assert [each["name"] for each in posthog.functions()] == ["GeoIP"]


def test_a_function_with_a_draft_says_why_it_cannot_be_enabled(stack, posthog):
    if posthog.name != "later 2026":
        pytest.skip("older servers have no drafts")
    text = '      Mine: {enabled: false, hog: "return event"}'
    stack.up(text, head=FUNCTIONS)
    posthog.stored("hogfunction", "name", "Mine", draft='{"hog": "return 2"}')

    with pytest.raises(Invalid, match="field enabled"):
        stack.up(text.replace("false", "true"), head=FUNCTIONS)

    assert posthog.function("Mine")["enabled"] is False
