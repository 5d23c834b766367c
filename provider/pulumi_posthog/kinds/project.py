"""A project holds everything that an organization collects; its settings are declared with it (posthog-api.md 3.4)."""

from pulumi_posthog.kind import Deletion, Field, Kind, Type

PROJECT = Kind(
    name="project",
    resource="Project",
    section="projects",
    doc="A project with its settings.",
    collection="/api/organizations/{organization}/projects/",
    natural_keys=(("name",),),
    read_scope="project:read",
    write_scope="project:write",
    listed_in_full=False,
    completed_at="/api/environments/{id}/",
    completion_sign="base_currency",
    created_with=("name", "timezone"),
    deletion=Deletion.NEVER,
    activity_scopes=("Team", "Project"),
    fields=(
        Field(
            name="name",
            doc="Unique within the organization, whatever its case.",
            required=True,
            max_length=200,
            caseless=True,
            from_key=True,
        ),
        Field(
            name="timezone",
            doc="The time zone of dates and charts.",
            choices_from="timezones",
            default="UTC",
        ),
        Field(
            name="app_urls",
            type=Type.STRINGS,
            doc="Where the toolbar may run.",
            items={"type": "string", "minLength": 1, "maxLength": 200},
            default=[],
        ),
        Field(name="anonymize_ips", type=Type.BOOLEAN, doc="Drop IP addresses of events.", default=False),
    ),
)
