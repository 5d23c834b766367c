"""What PostHog stores: one table per noun, named as PostHog names it."""

from __future__ import annotations

import random
import secrets
import string
import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

MEMBER, ADMIN, OWNER = 1, 8, 15
LEVELS = ((MEMBER, "member"), (ADMIN, "admin"), (OWNER, "owner"))

# Lists without an order come as the rows lie in the table (1.7): here, as if thrown in by a seeded hand.
HEAP = random.Random(0)  # noqa: S311 - an order, not a secret


def somewhere() -> float:
    """Where a new row lies in its table."""
    return HEAP.random()


def random_text(prefix: str, length: int = 43) -> str:
    """A token with PostHog's prefix."""
    alphabet = string.ascii_letters + string.digits
    return prefix + "".join(secrets.choice(alphabet) for _ in range(length))


def project_token() -> str:
    """`api_token` of a project (1.2)."""
    return random_text("phc_")


class Organization(models.Model):
    """Owns projects, members, roles and plugins (2.2)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=64)
    slug = models.SlugField(max_length=48, unique=True)
    plugins_access_level = models.PositiveSmallIntegerField(
        default=9, choices=((0, "none"), (3, "config"), (6, "install"), (9, "root"))
    )
    enforce_2fa = models.BooleanField(null=True, blank=True)
    members_can_invite = models.BooleanField(null=True, blank=True, default=True)
    members_can_use_personal_api_keys = models.BooleanField(default=True)
    members_can_create_projects = models.BooleanField(default=False)
    is_member_list_restricted = models.BooleanField(
        default=False, help_text="2026: members who are not admins see only themselves"
    )
    default_anonymize_ips = models.BooleanField(default=False)
    default_role = models.ForeignKey(
        "Role", on_delete=models.SET_NULL, null=True, blank=True, related_name="default_of"
    )
    available_product_features = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Organization"

    def __str__(self) -> str:
        return self.name

    def feature(self, key: str) -> dict[str, Any] | None:
        """The entitlement of that key, None where the plan lacks it."""
        features: list[dict[str, Any]] = self.available_product_features or []
        return next((each for each in features if each["key"] == key), None)


class User(models.Model):
    """A person with a login (2.1)."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    distinct_id = models.CharField(max_length=200, unique=True, default=secrets.token_hex)
    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_email_verified = models.BooleanField(null=True, blank=True, default=True)
    role_at_organization = models.CharField(max_length=64, null=True, blank=True)
    hedgehog_config = models.JSONField(null=True, blank=True)
    current_organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    current_project = models.ForeignKey(
        "Project", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_login = models.DateTimeField(null=True, blank=True)

    # What Django REST framework asks of a caller.
    is_authenticated: ClassVar[bool] = True

    class Meta:
        verbose_name = "User"

    def __str__(self) -> str:
        return self.email


class OrganizationMembership(models.Model):
    """A user in an organization, at a level (1.9, 2.3)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="organization_memberships")
    level = models.PositiveSmallIntegerField(default=MEMBER, choices=LEVELS)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Organization member"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("organization", "user"), name="one_membership_per_user")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization}"


class OrganizationInvite(models.Model):
    """Somebody asked to join, who has not joined yet."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invites")
    target_email = models.EmailField(null=True)
    first_name = models.CharField(max_length=30, blank=True, default="")
    level = models.PositiveSmallIntegerField(default=MEMBER, choices=LEVELS)
    message = models.TextField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Organization invite"

    def __str__(self) -> str:
        return f"{self.target_email} to {self.organization}"


class PersonalAPIKey(models.Model):
    """A key belongs to a user; only its digest is stored (1.2)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="personal_api_keys")
    label = models.CharField(max_length=40)
    secure_value = models.CharField(max_length=64, unique=True, editable=False)
    mask_value = models.CharField(max_length=11, editable=False)
    scopes = models.JSONField(
        null=True, blank=True, help_text="null: a key from before there were scopes, which may do everything"
    )
    scoped_organizations = models.JSONField(default=list, blank=True)
    scoped_teams = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "Personal API key"

    def __str__(self) -> str:
        return f"{self.label} ({self.mask_value})"


class Project(models.Model):
    """A project together with its one environment, which has the same id (3.1)."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=200, default="Default project")
    environment_name = models.CharField(max_length=200, default="Default project")
    product_description = models.CharField(max_length=1000, null=True, blank=True)
    settings = models.JSONField(default=dict, blank=True, help_text="the environment's settings")
    api_token = models.CharField(max_length=200, unique=True, default=project_token)
    secret_api_token = models.CharField(max_length=200, null=True, blank=True)
    ingested_event = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deletion_began_at = models.DateTimeField(null=True, blank=True, help_text="2026: pending since then")
    demo_data_until = models.DateTimeField(null=True, blank=True, help_text="generating demo data until then")
    heap_position = models.FloatField(default=somewhere, editable=False)

    class Meta:
        verbose_name = "Project"

    def __str__(self) -> str:
        return self.name

    def setting(self, name: str) -> Any:
        """The stored value; None where nothing is stored and nothing is the default."""
        return self.settings.get(name)


class ProjectObject(models.Model):
    """A dashboard, insight, flag, ...: what a row of the file system can stand for (7.7)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="objects_of_project")
    type = models.CharField(max_length=100, default="dashboard")
    short_id = models.CharField(max_length=12, blank=True, default="")
    name = models.CharField(max_length=400)
    deleted = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "Dashboard, insight, flag, ..."
        verbose_name_plural = "Dashboards, insights, flags, ..."

    def __str__(self) -> str:
        return f"{self.type} {self.name}"

    @property
    def ref(self) -> str:
        """What file-system rows call it."""
        return self.short_id or str(self.pk)


class Role(models.Model):
    """A named set of members (4)."""

    VIEW, EDIT = 21, 37

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="roles")
    name = models.CharField(max_length=200)
    feature_flags_access_level = models.PositiveSmallIntegerField(
        default=EDIT, choices=((VIEW, "can only view"), (EDIT, "can edit")), help_text="2024 only"
    )
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    heap_position = models.FloatField(default=somewhere, editable=False)

    class Meta:
        verbose_name = "Role"
        constraints: ClassVar = [
            # Case-sensitive, unlike the API's own check (4.3).
            models.UniqueConstraint(fields=("organization", "name"), name="unique_role_name")
        ]

    def __str__(self) -> str:
        return self.name


class RoleMembership(models.Model):
    """A member in a role (5)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_memberships")
    organization_member = models.ForeignKey(
        OrganizationMembership,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="role_memberships",
    )
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    heap_position = models.FloatField(default=somewhere, editable=False)

    class Meta:
        verbose_name = "Role membership"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("role", "user"), name="one_role_membership_per_user")
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role}"


class Plugin(models.Model):
    """An installed plugin; what its configs are is decided by its capabilities (2.4, 6.2)."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="plugins"
    )
    plugin_type = models.CharField(max_length=200, null=True, blank=True, default="repository")
    is_global = models.BooleanField(default=False)
    name = models.CharField(max_length=200, null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    url = models.CharField(max_length=800, null=True, blank=True)
    icon = models.CharField(max_length=800, null=True, blank=True)
    config_schema = models.JSONField(default=list, blank=True)
    capabilities = models.JSONField(default=dict, blank=True)
    tag = models.CharField(max_length=200, null=True, blank=True)
    latest_tag = models.CharField(max_length=800, null=True, blank=True)
    metrics = models.JSONField(null=True, blank=True)
    public_jobs = models.JSONField(null=True, blank=True)
    frontend_source = models.TextField(blank=True, default="")
    has_hog_function_template = models.BooleanField(
        default=False, help_text="2025 and later: creating a config makes a hog function instead"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    heap_position = models.FloatField(default=somewhere, editable=False)

    class Meta:
        verbose_name = "Plugin"

    def __str__(self) -> str:
        return self.name or self.url or f"plugin {self.pk}"


class PluginConfig(models.Model):
    """A pipeline destination, transformation or site app of a project (6)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="plugin_configs")
    plugin = models.ForeignKey(Plugin, on_delete=models.CASCADE, related_name="configs")
    enabled = models.BooleanField(default=False)
    order = models.IntegerField()
    config = models.JSONField(default=dict, blank=True)
    name = models.CharField(max_length=400, null=True, blank=True)
    description = models.CharField(max_length=1000, null=True, blank=True)
    deleted = models.BooleanField(default=False, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Pipeline config (destination, transformation, site app)"
        verbose_name_plural = "Pipeline configs (destinations, transformations, site apps)"

    def __str__(self) -> str:
        return self.name or str(self.plugin)


class PluginAttachment(models.Model):
    """A file in the config of a plugin (6.3)."""

    plugin_config = models.ForeignKey(PluginConfig, on_delete=models.CASCADE, related_name="attachments")
    key = models.CharField(max_length=200)
    file_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=200)
    file_size = models.IntegerField()
    contents = models.BinaryField()

    class Meta:
        verbose_name = "Plugin attachment"

    def __str__(self) -> str:
        return self.file_name


class HogFunction(models.Model):
    """What the creation of a plugin config makes since 2025 (6.4); not served, only to be seen."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="hog_functions")
    plugin = models.ForeignKey(Plugin, on_delete=models.SET_NULL, null=True)
    name = models.CharField(max_length=400)
    enabled = models.BooleanField(default=False)
    inputs = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "Hog function"

    def __str__(self) -> str:
        return self.name


class FileSystem(models.Model):
    """A row of the project tree; nothing about it is unique (7)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="file_system", db_index=False)
    path = models.TextField()
    depth = models.IntegerField(null=True, blank=True)
    type = models.CharField(max_length=100, blank=True)
    ref = models.CharField(max_length=100, null=True, blank=True)
    href = models.TextField(null=True, blank=True)
    meta = models.JSONField(default=dict, null=True, blank=True)
    shortcut = models.BooleanField(default=False, null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "File system row"
        indexes: ClassVar = [
            models.Index(fields=("project", "path"), name="file_system_path"),
            models.Index(fields=("project", "type", "ref"), name="file_system_ref"),
        ]

    def __str__(self) -> str:
        return f"{self.path} ({self.type})"


class FileSystemView(models.Model):
    """When somebody last opened what a row stands for (7.1 `log_view`)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    type = models.CharField(max_length=100)
    ref = models.CharField(max_length=100)
    viewed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "File system view"

    def __str__(self) -> str:
        return f"{self.user} saw {self.type} {self.ref}"


class FileSystemShortcut(models.Model):
    """A starred item of one user (7.10)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="shortcuts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="shortcuts")
    path = models.TextField()
    type = models.CharField(max_length=100, blank=True)
    ref = models.CharField(max_length=100, null=True, blank=True)
    href = models.TextField(null=True, blank=True)
    order = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "File system shortcut"

    def __str__(self) -> str:
        return self.path


class ActivityLog(models.Model):
    """Who changed what and when (8)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization_id = models.UUIDField(null=True, blank=True)
    team_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_system = models.BooleanField(default=False)
    was_impersonated = models.BooleanField(default=False)
    scope = models.CharField(max_length=79)
    activity = models.CharField(max_length=79)
    item_id = models.CharField(max_length=72, null=True, blank=True)
    detail = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "Activity log entry"
        verbose_name_plural = "Activity log"

    def __str__(self) -> str:
        return f"{self.scope} {self.item_id} {self.activity}"


class AccessControl(models.Model):
    """Who may do what with a project, a kind of resource, or one object (9)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="access_controls")
    resource = models.CharField(max_length=64)
    resource_id = models.CharField(max_length=36, null=True, blank=True)
    organization_member = models.ForeignKey(
        OrganizationMembership,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="access_controls",
    )
    role = models.ForeignKey(
        Role, on_delete=models.CASCADE, null=True, blank=True, related_name="access_controls"
    )
    access_level = models.CharField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Access control"

    def __str__(self) -> str:
        return f"{self.resource} {self.resource_id or ''} {self.access_level}"


class FeatureFlagRoleAccess(models.Model):
    """2024: a role that may edit a feature flag (9)."""

    feature_flag = models.ForeignKey(ProjectObject, on_delete=models.CASCADE, related_name="role_access")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="feature_flag_access")
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Feature flag role access"
        verbose_name_plural = "Feature flag role access"

    def __str__(self) -> str:
        return f"{self.role} may edit {self.feature_flag}"


class OrganizationResourceAccess(models.Model):
    """2024: an organization's default access to feature flags (9)."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="resource_access")
    resource = models.CharField(max_length=32)
    access_level = models.PositiveSmallIntegerField(
        default=Role.EDIT, choices=((Role.VIEW, "can only view"), (Role.EDIT, "can edit"))
    )
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Organization resource access"
        verbose_name_plural = "Organization resource access"

    def __str__(self) -> str:
        return f"{self.resource} {self.access_level}"
