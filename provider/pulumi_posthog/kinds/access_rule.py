"""An access rule says what everyone, a role or a member may do in a project, or with one type of what is in it.

Rules have no id of their own: (project, resource, subject) is what identifies one (posthog-api-access.md 3.3). PUT
makes or changes a rule, and removes it with a level of null (3.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.lookups import EMAIL
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.shared_fields import IN_PROJECT
from pulumi_posthog.kinds.words import Attached, Confirmed, Grants, Page, Upsert

PROJECT_LEVELS: Final = ("none", "member", "admin")
LEVELS: Final = ("none", "viewer", "editor", "manager")
# Types that are edited by everyone until a rule says otherwise.
EDITED: Final = (
    "feature_flag",
    "dashboard",
    "insight",
    "notebook",
    "session_recording",
    "revenue_analytics",
    "survey",
    "experiment",
    "web_analytics",
    "customer_analytics",
    "early_access_feature",
    "endpoint",
    "export",
    "external_data_source",
    "warehouse_objects",
    "heatmap",
    "hog_flow",
    "llm_analytics",
    "evaluation",
    "tagger",
    "llm_skill",
    "ai_observability_clusters",
    "sharing_configuration",
    "ticket",
    "error_tracking",
    "logs",
    "mcp_analytics",
    "metrics",
    "tracing",
    "replay_scanner",
    "llm_playground",
)
# Type -> (the built-in default, the lowest and the highest level that a rule may give) (3.5).
TYPES: Final[Mapping[str, tuple[str, str, str]]] = {
    "action": ("editor", "viewer", "manager"),
    "activity_log": ("viewer", "none", "viewer"),
    "toolbar": ("viewer", "none", "viewer"),
    **dict.fromkeys(EDITED, ("editor", "none", "manager")),
}
# Types whose own rules PostHog passes over: those of the other type count (3.5).
COVERED: Final[Mapping[str, str]] = {
    "session_recording_playlist": "session_recording",
    "warehouse_table": "warehouse_objects",
    "warehouse_view": "warehouse_objects",
    "dataset": "llm_analytics",
    "llm_provider_key": "llm_analytics",
    "llm_prompt": "llm_analytics",
    "account": "customer_analytics",
    "customer_journey": "customer_analytics",
    "experiment_saved_metric": "experiment",
    "experiment_holdout": "experiment",
    "dashboard_template": "dashboard",
    "marketing_analytics": "web_analytics",
    "vision_action": "replay_scanner",
    "vision_alert": "replay_scanner",
}


# Types whose objects have rules of their own, as far as a file can declare such objects (3.5).
OF_OBJECTS: Final = (
    "action",
    "dashboard",
    "early_access_feature",
    "evaluation",
    "experiment",
    "experiment_saved_metric",
    "feature_flag",
    "insight",
    "survey",
)


def levels(resource: str) -> tuple[str, ...]:
    """The levels that a rule may give for a type of object, from the lowest.

    A type that follows another one (`COVERED`) has the levels of that one.
    """
    _, lowest, highest = TYPES[COVERED.get(resource, resource)]
    return LEVELS[LEVELS.index(lowest) : LEVELS.index(highest) + 1]


def without_the_object(fields: Mapping[str, Any], _live: Mapping[str, Any]) -> Mapping[str, Any]:
    """What to send of an object's rule: the URL says which object it is (3.4)."""
    return {name: value for name, value in fields.items() if name not in ("resource", "resource_id")}


def is_for_everyone(values: Mapping[str, Any]) -> bool:
    """Whether a rule is about everyone."""
    return not values.get("role") and not values.get("member")


SUBJECT = (
    Field(
        name="role",
        doc="The role that the rule is about; without it and `member`, everyone.",
        names="role",
        replace_on_changes=True,
        feature="role_based_access",
    ),
    Field(
        name="member",
        doc="The e-mail address of the member that the rule is about.",
        pattern=EMAIL,
        pattern_words="an e-mail address",
        refers_to="member",
        found_by="id",
        sent_as="organization_member",
        caseless=True,
        replace_on_changes=True,
    ),
)

PROJECT_ACCESS_RULE = Kind(
    name="project_access_rule",
    resource="ProjectAccessRule",
    section="projects.*.access",
    doc=(
        "Who may do what in the project. With `none` people do not see it, with `member` they may open "
        "and use it, with `admin` they may also change its settings and these rules. Rules do not limit "
        "organization admins."
    ),
    purpose="Who may open a project at all, by role or by person, and as what.",
    page=Page(
        "*Settings*, *Project*, *Access control*", "/project/{project}/settings/environment-access-control"
    ),
    collection="/api/projects/{project}/access_controls/",
    parent="project",
    natural_keys=(("role", "member"),),
    sparse_keys=True,
    lost_words=("access rule is lost with", "access rules are lost with"),
    upsert=Upsert(items="access_controls", identity=("role", "organization_member"), value="access_level"),
    grants=Grants(
        value="access_level",
        subjects={"roles": "role", "members": "member"},
        levels={"": PROJECT_LEVELS},
        administers="admin",
        last=is_for_everyone,
    ),
    read_scope="access_control:read",
    write_scope="access_control:write",
    since=2025,
    feature="access_control",
    fields=(
        IN_PROJECT,
        *SUBJECT,
        Field(
            name="access_level",
            doc="What they may do.",
            required=True,
            choices=PROJECT_LEVELS,
            confirmed=Confirmed(
                value="admin",
                when=is_for_everyone,
                words="for everyone lets every member of the organization change the project's access rules",
            ),
        ),
    ),
)

RESOURCE_ACCESS_RULE = Kind(
    name="resource_access_rule",
    resource="ResourceAccessRule",
    section="projects.*.resource_access",
    doc=(
        "Who may do what with all objects of a type in the project. With `none` people do not see them, "
        "with `viewer` they see them, with `editor` they may change them, with `manager` they may also "
        "change their access rules."
    ),
    purpose="Who may see or change all dashboards, all feature flags and so on of a project, by role or by person.",
    page=Page(
        "*Settings*, *Project*, *Access control*", "/project/{project}/settings/environment-access-control"
    ),
    collection="/api/projects/{project}/resource_access_controls/",
    parent="project",
    natural_keys=(("resource", "role", "member"),),
    sparse_keys=True,
    lost_words=("access rule is lost with", "access rules are lost with"),
    upsert=Upsert(
        items="access_controls", identity=("resource", "role", "organization_member"), value="access_level"
    ),
    grants=Grants(
        value="access_level",
        subjects={"roles": "role", "members": "member"},
        keyed_by="resource",
        levels={name: levels(name) for name in TYPES},
        covered=COVERED,
        last=is_for_everyone,
    ),
    read_scope="access_control:read",
    write_scope="access_control:write",
    since=2025,
    feature="access_control",
    fields=(
        IN_PROJECT,
        Field(
            name="resource",
            doc="The type of the objects.",
            required=True,
            choices=tuple(TYPES),
            replace_on_changes=True,
        ),
        *SUBJECT,
        Field(name="access_level", doc="What they may do.", required=True, choices=LEVELS),
    ),
)

OBJECT_ACCESS_RULE = Kind(
    name="object_access_rule",
    resource="ObjectAccessRule",
    section="projects.*.*.*.access",
    doc=(
        "Who may do what with one object, such as a dashboard. With `none` people do not see it, with "
        "`viewer` they see it, with `editor` they may change it, with `manager` they may also change its "
        "access rules."
    ),
    purpose="Who may see or change one dashboard, one feature flag and so on, by role or by person.",
    page=Page("the page of the object, *Access control* on its right"),
    collection="/api/projects/{project}/{object}/access_controls/",
    parent="project",
    natural_keys=(("role", "member"),),
    sparse_keys=True,
    lost_words=("access rule is lost with", "access rules are lost with"),
    upsert=Upsert(items="access_controls", identity=("role", "organization_member"), value="access_level"),
    attached=Attached(
        key="access",
        type="resource",
        id="resource_id",
        place="object",
        lists={
            "": ("/api/projects/{project}/access_control_default_objects/", ""),
            "role": ("/api/projects/{project}/access_control_role_objects/", "role_id"),
            "member": ("/api/projects/{project}/access_control_member_objects/", "member_id"),
        },
    ),
    grants=Grants(
        value="access_level",
        subjects={"roles": "role", "members": "member"},
        levels={name: levels(name) for name in OF_OBJECTS},
        administers="manager",
        last=is_for_everyone,
    ),
    read_scope="access_control:read",
    write_scope="access_control:write",
    since=2025,
    feature="access_control",
    to_api=without_the_object,
    fields=(
        IN_PROJECT,
        Field(
            name="resource",
            doc="The type of the object.",
            required=True,
            choices=OF_OBJECTS,
            replace_on_changes=True,
        ),
        Field(
            name="resource_id",
            doc="The id of the object.",
            required=True,
            number_ids=True,
            replace_on_changes=True,
        ),
        *SUBJECT,
        Field(name="access_level", doc="What they may do.", required=True, choices=LEVELS),
    ),
)
