"""What PostHog stores: one table per noun, named as PostHog names it."""

from __future__ import annotations

import secrets
import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from pulumi_posthog.sandbox.rules.columns import project_token, somewhere

MEMBER, ADMIN, OWNER = 1, 8, 15
LEVELS = ((MEMBER, "member"), (ADMIN, "admin"), (OWNER, "owner"))


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
    members_can_see_org_members = models.BooleanField(
        default=True, help_text="later 2026; without it, members who are not admins see only themselves"
    )
    default_anonymize_ips = models.BooleanField(default=False)
    is_member_join_email_enabled = models.BooleanField(default=True)
    allow_publicly_shared_resources = models.BooleanField(default=True)
    default_experiment_stats_method = models.CharField(
        max_length=20, null=True, blank=True, default="bayesian"
    )
    enforce_verified_domains = models.BooleanField(default=False)
    uses_most_specific_access_resolution = models.BooleanField(
        default=False, help_text="newest 2026: the nearest access rule wins; no API call says so"
    )
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
    managing_account = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="newest 2026: the only one whose requests may write access rules",
    )
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
        "Role", on_delete=models.CASCADE, null=True, blank=True, related_name="access_controls"
    )
    access_level = models.CharField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Access control"

    def __str__(self) -> str:
        return f"{self.resource} {self.resource_id or ''} {self.access_level}"
