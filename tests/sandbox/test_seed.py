"""A sandbox filled from a file shaped like posthog.yaml."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_posthog.sandbox.options import SandboxError
from sandbox.table import API

EXAMPLES = Path(__file__).parents[2] / "examples"
FILE = """
organization:
  host: https://eu.posthog.com
  id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c
  name: Umbrella Ltd.
projects:
  Web:
    timezone: Europe/Berlin
    product_description: The shop
    session_recording_sample_rate: 0.5
    session_replay_config: {record_canvas: true}
    app_urls: [https://acme.io]
    pipeline_destinations:
      Orders to Snowflake:
        plugin: https://github.com/PostHog/snowflake-export-plugin
        enabled: true
        order: 1
        config: {account: acme, password: !env SNOWFLAKE_PASSWORD, username: !env NOT_SET}
      To a lake:
        plugin: https://github.com/acme/lake
    site_apps:
      Bar:
        plugin: Notification Bar
    evaluations:
      Polite: {enabled: true, evaluation_type: llm_judge, evaluation_config: {prompt: "Is it polite?"}}
      Brief: {prompt: "Is it brief?"}
    file_system:
      Marketing: {type: folder}
      Marketing/Launch board: {type: dashboard, ref: "42"}
      Elsewhere/Deep/Down: {type: folder}
  Mobile: {}
  Gone: {state: absent}
roles:
  Analysts:
    members: [ana@acme.io, Bo@acme.io, eve@umbrella.io]
  Builders:
    members: {mode: additive, items: [cy@acme.io]}
  Empty:
"""


def test_organization_projects_and_roles_are_made(filled: Callable[[str], Any]) -> None:
    from pulumi_posthog.sandbox.families.evaluations import Evaluation
    from pulumi_posthog.sandbox.families.file_system.models import FileSystem
    from pulumi_posthog.sandbox.families.plugins import PluginConfig
    from pulumi_posthog.sandbox.families.roles import Role
    from pulumi_posthog.sandbox.rules.models import Project

    organization = filled(FILE)

    assert (str(organization.pk), organization.name) == (
        "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c",
        "Umbrella Ltd.",
    )
    assert list(Project.objects.order_by("pk").values_list("name", flat=True)) == ["Web", "Mobile"]
    web = Project.objects.get(name="Web")
    assert web.product_description == "The shop"
    assert web.settings["timezone"] == "Europe/Berlin"
    assert web.settings["session_recording_sample_rate"] == "0.50"
    assert web.settings["session_replay_config"] == {"record_canvas": True}
    orders = PluginConfig.objects.get(name="Orders to Snowflake")
    assert (orders.enabled, orders.order) == (True, 1)
    assert orders.config == {"account": "acme", "password": "hush", "username": "placeholder-of-NOT_SET"}
    assert PluginConfig.objects.get(name="To a lake").plugin.capabilities["methods"] == ["onEvent"]
    assert PluginConfig.objects.get(name="Bar").plugin.name == "Notification Bar"
    evaluations = Evaluation.objects.filter(project=web).order_by("name")
    assert list(evaluations.values_list("name", "enabled", "evaluation_config__prompt")) == [
        ("Brief", False, "Is it brief?"),
        ("Polite", True, "Is it polite?"),
    ]
    rows = FileSystem.objects.filter(project=web).exclude(path__startswith="Unfiled")
    assert sorted(rows.values_list("path", "type", "ref")) == [
        ("Elsewhere", "folder", None),
        ("Elsewhere/Deep", "folder", None),
        ("Elsewhere/Deep/Down", "folder", None),
        ("Marketing", "folder", None),
        ("Marketing/Launch board", "dashboard", "42"),
    ]
    members = {
        role.name: sorted(role.memberships.values_list("user__email", flat=True))
        for role in Role.objects.all()
    }
    assert members == {
        "Analysts": ["ana@acme.io", "bo@acme.io", "eve@umbrella.io"],
        "Builders": ["cy@acme.io"],
        "Empty": [],
    }


def test_an_empty_file_still_gives_a_project(filled: Callable[[str], Any]) -> None:
    from pulumi_posthog.sandbox.rules.models import Project

    filled("roles: {}")

    assert list(Project.objects.values_list("name", flat=True)) == ["Default project"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "organization, projects and roles"),
        ("projects: [Web]", "projects: names with their fields"),
        ("projects: {Web: {timezone: Berlin}}", "project Web"),
        ("projects: {Web: {file_system: [x]}}", "file_system"),
        ("roles: {Analysts: [ana@acme.io]}", "roles.Analysts"),
        ("a: [", "expected"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_in_one_line(
    filled: Callable[[str], Any], text: str, said: str
) -> None:
    with pytest.raises(SandboxError) as refused:
        filled(text)

    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_files_include_others(filled: Callable[[str], Any], tmp_path: Path) -> None:
    from pulumi_posthog.sandbox.families.roles import Role

    (tmp_path / "roles.yaml").write_text("Analysts: {members: [ana@acme.io]}")
    filled("roles: !include roles.yaml")

    assert list(Role.objects.values_list("name", flat=True)) == ["Analysts"]


def test_files_are_attached(filled: Callable[[str], Any], tmp_path: Path) -> None:
    from pulumi_posthog.sandbox.families.plugins import PluginAttachment, PluginConfig

    (tmp_path / "logo.png").write_bytes(b"picture")
    filled(
        "projects: {Web: {site_apps: {Bar: {plugin: Notification Bar,"
        " config: {notification: Hi, logo: !file logo.png}}}}}"
    )

    assert PluginConfig.objects.get().config == {"notification": "Hi"}
    logo = PluginAttachment.objects.get()
    assert (logo.key, logo.file_name, logo.file_size, logo.content_type, bytes(logo.contents)) == (
        "logo",
        "logo.png",
        7,
        "image/png",
        b"picture",
    )


def test_files_that_include_each_other_are_refused(filled: Callable[[str], Any]) -> None:
    with pytest.raises(SandboxError, match="without end"):
        filled("roles: !include posthog.yaml")


@pytest.mark.parametrize(
    "example", sorted(EXAMPLES.glob("*/posthog.yaml")), ids=lambda path: path.parent.name
)
def test_every_example_can_be_a_seed(api: API, filled: Callable[[str], Any], example: Path) -> None:
    from pulumi_posthog.sandbox.control.seed_file import seed_from

    organization = seed_from(example)

    assert organization.projects.count() > 0


def test_a_dashboard_that_has_a_row_is_filed_and_not_doubled(filled: Callable[[str], Any]) -> None:
    from pulumi_posthog.sandbox.control.seed_file import seed_row
    from pulumi_posthog.sandbox.families.file_system.models import FileSystem
    from pulumi_posthog.sandbox.rules.models import Project

    filled("projects: {Web: {}}")
    web = Project.objects.get()
    row = FileSystem.objects.get(project=web, type="dashboard")
    seed_row(web, "Marketing/Board", {"type": "dashboard", "ref": row.ref})

    assert FileSystem.objects.get(project=web, type="dashboard").path == "Marketing/Board"


NAMED = """
projects:
  Web:
    test_account_filters: [{type: cohort, key: id, value: !ref cohort/Staff, operator: not_in}]
    feature_flags:
      new-page:
        filters:
          groups:
            - properties:
                - {type: flag, key: !ref feature_flag/old-page, operator: flag_evaluates_to, value: true}
                - {type: cohort, key: id, value: !ref cohort/Outer, operator: in}
      old-page: {filters: {groups: [{rollout_percentage: 100}]}}
      gone: {state: absent}
    cohorts:
      Outer:
        filters: {properties: {type: OR, values: [{type: cohort, key: id, value: !ref cohort/Staff}]}}
      Staff:
        filters:
          properties: {type: OR, values: [{type: person, key: email, operator: icontains, value: "@acme.io"}]}
      Buyers:
        filters:
          properties:
            type: OR
            values:
              - type: behavioral
                key: !ref action/Bought
                event_type: actions
                value: performed_event
                time_value: 30
                time_interval: day
    actions:
      Bought: {steps: [{event: order_placed}]}
    evaluations:
      Brief: {prompt: "Is it brief?"}
    file_system:
      Marketing/Growth: {type: dashboard, ref: !ref dashboard/Growth}
"""


@pytest.mark.parametrize("age", [2024, 2025, 2026])
def test_what_a_file_names_is_made_first(filled: Callable[[str], Any], age: int) -> None:
    from pulumi_posthog.sandbox.families.actions import Action
    from pulumi_posthog.sandbox.families.file_system.models import FileSystem
    from pulumi_posthog.sandbox.families.objects import ProjectObject
    from pulumi_posthog.sandbox.families.released_objects import Cohort, FeatureFlag
    from pulumi_posthog.sandbox.rules.models import Project

    filled(NAMED)

    web = Project.objects.get(name="Web")
    flags = {each.name: each for each in FeatureFlag.objects.filter(project=web)}
    cohorts = {each.name: each for each in Cohort.objects.filter(project=web)}
    conditions = flags["new-page"].filters["groups"][0]["properties"]
    assert sorted(flags) == ["new-page", "old-page"]
    assert conditions[0]["key"] == str(flags["old-page"].pk)
    assert conditions[1]["value"] == cohorts["Outer"].pk
    assert cohorts["Outer"].filters["properties"]["values"][0]["value"] == cohorts["Staff"].pk
    bought = cohorts["Buyers"].filters["properties"]["values"][0]
    assert bought["key"] == Action.objects.get(project=web, name="Bought").pk
    assert web.settings["test_account_filters"][0]["value"] == cohorts["Staff"].pk
    growth = ProjectObject.objects.get(project=web, type="dashboard", name="Growth")
    row = FileSystem.objects.get(project=web, type="dashboard", ref=str(growth.pk))
    assert row.path == "Marketing/Growth"


def test_a_file_that_names_itself_is_refused(filled: Callable[[str], Any]) -> None:
    one = "{filters: {properties: {type: OR, values: [{type: cohort, key: id, value: !ref cohort/A}]}}}"

    with pytest.raises(SandboxError, match=r"projects\.Web\.cohorts\.A: it refers to itself"):
        filled(f"projects: {{Web: {{cohorts: {{A: {one}}}}}}}")


RELEASED = """
projects:
  Web:
    surveys:
      NPS: {type: api, linked_flag: dark-mode, folder: Ours}
    early_access_features:
      Dark mode: {stage: beta, feature_flag: dark-mode}
    experiments:
      Checkout: {feature_flag: checkout, holdout: Few, status: running}
    experiment_holdouts:
      Few: {filters: [{rollout_percentage: 5}]}
    feature_flags:
      dark-mode: {}
      checkout:
        filters:
          groups: [{rollout_percentage: 100}]
          multivariate: {variants: [{key: control, rollout_percentage: 50}, {key: test, rollout_percentage: 50}]}
"""


@pytest.mark.parametrize("age", [2024, 2025, 2026])
def test_what_is_named_by_nature_needs_no_tag(filled: Callable[[str], Any], age: int) -> None:
    from pulumi_posthog.sandbox.families.experiments.models import Experiment
    from pulumi_posthog.sandbox.families.file_system.models import FileSystem
    from pulumi_posthog.sandbox.families.released_objects import EarlyAccessFeature
    from pulumi_posthog.sandbox.families.surveys.models import Survey

    filled(RELEASED)

    survey, feature, experiment = (
        Survey.objects.get(),
        EarlyAccessFeature.objects.get(),
        Experiment.objects.get(),
    )
    assert survey.linked_flag is not None
    assert feature.feature_flag is not None
    assert survey.linked_flag.name == feature.feature_flag.name == "dark-mode"
    assert experiment.feature_flag.name == "checkout"
    assert experiment.holdout is not None
    assert (experiment.holdout.name, experiment.runs) == ("Few", True)
    assert FileSystem.objects.get(type="survey").path == "Ours/NPS"


CHARTS = """
projects:
  Web:
    insight_variables:
      Country: {type: List, values: [DE, FR], default_value: DE}
    alerts:
      Few signups:
        insight: Weekly signups
        subscribed_users: [ada@acme.io]
        condition: {type: absolute_value}
        config: {type: TrendsAlertConfig, series_index: 0}
        threshold: {configuration: {type: absolute, bounds: {lower: 1}}}
    subscriptions:
      Mondays:
        dashboard: Growth
        dashboard_export_insights: [Weekly signups]
        target_type: email
        target_value: ada@acme.io
        frequency: weekly
        start_date: 2026-01-05T08:00:00Z
    dashboards:
      Growth:
        variables: {country: {value: FR}}
        tiles:
          - {text: "## Acquisition", layout: {x: 0, y: 0, w: 12, h: 1}}
          - {insight: Weekly signups, layouts: {sm: {x: 0, y: 1, w: 6, h: 5}}, color: blue}
      Other: {}
    insights:
      Weekly signups:
        dashboards: [Other]
        query: {kind: InsightVizNode, source: {kind: TrendsQuery, series: [{kind: EventsNode, event: x}]}}
"""


@pytest.mark.parametrize("age", [2024, 2025, 2026])
def test_charts_stand_on_their_dashboards_and_have_alerts(filled: Callable[[str], Any], age: int) -> None:
    from pulumi_posthog.sandbox.families.alert_objects import Alert, InsightVariable
    from pulumi_posthog.sandbox.families.chart_objects import Dashboard, DashboardTile, Insight
    from pulumi_posthog.sandbox.families.dashboards.overlay import variables_of
    from pulumi_posthog.sandbox.families.subscriptions import Subscription
    from pulumi_posthog.sandbox.rules.models import User

    filled(CHARTS)

    insight, alert, growth = (
        Insight.objects.get(name="Weekly signups"),
        Alert.objects.get(),
        Dashboard.objects,
    )
    text, chart = DashboardTile.objects.filter(dashboard__name="Growth").order_by("pk")
    board = growth.get(name="Growth")
    country = InsightVariable.objects.get()
    assert text.text is not None
    assert (text.text.body, text.layouts) == ("## Acquisition", {"sm": {"x": 0, "y": 0, "w": 12, "h": 1}})
    assert (chart.insight, chart.color) == (insight, "blue")
    assert chart.layouts == {"sm": {"x": 0, "y": 1, "w": 6, "h": 5}}
    assert DashboardTile.objects.get(dashboard__name="Other").insight == insight
    assert (alert.insight, alert.subscribed_users) == (insight, [User.objects.get(email="ada@acme.io").pk])
    assert variables_of(board)[str(country.pk)]["value"] == "FR"
    assert Subscription.objects.get().dashboard == board
    assert insight.saved


def test_tiles_that_are_no_list_are_named_in_one_line(filled: Callable[[str], Any]) -> None:
    with pytest.raises(SandboxError, match=r"projects\.Web\.dashboards\.Growth\.tiles: a list of objects"):
        filled("projects: {Web: {dashboards: {Growth: {tiles: {a: 1}}}}}")
