"""Invites into an organization: made and deleted, never changed (posthog-api-access.md 2)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.members import give_default_role, log_membership
from pulumi_posthog.sandbox.rules.access import LEVEL_OF, project_level
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import Action, Family, FamilyView, Log, view_of
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    ID,
    UPDATED_AT,
    choice,
    flag,
    json,
    read_only,
    text,
    writable,
)
from pulumi_posthog.sandbox.rules.membership import membership_of
from pulumi_posthog.sandbox.rules.models import (
    ADMIN,
    LEVELS,
    MEMBER,
    AccessControl,
    Organization,
    OrganizationMembership,
    Project,
    User,
)
from pulumi_posthog.sandbox.rules.switches import SWITCHES

MOST_AT_ONCE = 20
WORDS = ("none", "member", "admin")


class OrganizationInvite(models.Model):
    """Somebody asked to join, who has not joined yet. Its id is the link in the mail."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invites")
    target_email = models.EmailField(max_length=254)
    first_name = models.CharField(max_length=30, blank=True, default="")
    level = models.PositiveSmallIntegerField(default=MEMBER, choices=LEVELS)
    message = models.TextField(null=True, blank=True)
    private_project_access = models.JSONField(null=True, blank=True, default=list)
    emailing_attempt_made = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Organization invite"

    def __str__(self) -> str:
        return f"{self.target_email} to {self.organization}"

    @property
    def is_expired(self) -> bool:
        """The row stays then until it is deleted or replaced."""
        return self.created_at <= timezone.now() - timedelta(seconds=SWITCHES.invite_seconds)


class Mail(models.Model):
    """A mail that would have been sent: tests count them, nobody gets any."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "Mail"

    def __str__(self) -> str:
        return f"{self.subject}, to {self.to}"


def email(**options: Any) -> serializers.EmailField:
    return serializers.EmailField(**options)


class Invites(Family):
    """Invites of an organization, expired ones included."""

    name = "invites"
    model = OrganizationInvite
    scope = "organization_member"
    title = "invite"
    parent = "organization"
    methods = ("list", "create", "destroy")
    log = Log("OrganizationInvite")
    actions = (Action("post", "bulk", "bulk", of_one=False, scopes="write"),)
    fields = (
        ID,
        writable("target_email", email, required=True, max_length=254),
        writable("first_name", text, allow_blank=True, max_length=30),
        read_only("emailing_attempt_made"),
        writable("level", choice, choices=LEVELS),
        read_only("is_expired"),
        CREATED_BY,
        CREATED_AT,
        UPDATED_AT,
        writable("message", text, nullable=True, allow_blank=True),
        writable("private_project_access", json, nullable=True),
        writable("send_email", flag, write_only=True),
        writable("combine_pending_invites", flag, write_only=True, ages=(2025, 2026)),
    )
    on_page = ("target_email", "organization", "level", "is_expired", "created_at")

    def check(
        self, values: dict[str, Any], row: OrganizationInvite, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        """2.3; who comes from a seed has no user, and may everything."""
        organization = row.organization
        values["target_email"] = address(values["target_email"])
        sends, combines = values.pop("send_email", True), values.pop("combine_pending_invites", False)
        own = membership_of(user, organization) if user else None
        if own is not None and values.get("level", MEMBER) > own.level:
            raise PermissionDenied("You cannot invite a user with a higher permission level than your own.")
        wanted = values.get("private_project_access")
        if wanted is not None:
            checked_access(wanted, organization, own)
            values["private_project_access"] = wanted or None
        refuse_members(values["target_email"], organization)
        older = OrganizationInvite.objects.filter(
            organization=organization, target_email__iexact=values["target_email"]
        )
        if SWITCHES.age >= 2025:
            if combines:
                values = combined(values, [each for each in older if not each.is_expired])
            older.delete()
        values["emailing_attempt_made"] = sends and SWITCHES.sends_mail and request is not None
        return values

    def after(self, row: OrganizationInvite, before: Any | None, user: User | None) -> None:
        if before is None and row.emailing_attempt_made:
            Mail.objects.create(
                organization=row.organization,
                to=row.target_email,
                subject=f"Invite to {row.organization.name}",
            )

    def log_name(self, row: OrganizationInvite) -> str:
        return row.target_email

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """`eve@acme.com: {level: 8}`."""
        return {"target_email": name, **given}

    def filler(self, number: int, parent: Any) -> OrganizationInvite:
        return OrganizationInvite(organization=parent, target_email=f"invited{number:05}@acme.io")


def address(given: str) -> str:
    """In small letters: the whole since 2025, before only the part after the `@`."""
    name, _, domain = given.rpartition("@")
    return given.lower() if SWITCHES.age >= 2025 else f"{name}@{domain.lower()}"


def refuse_members(target: str, organization: Organization) -> None:
    """400 for somebody who is in the organization already."""
    if OrganizationMembership.objects.filter(organization=organization, user__email__iexact=target).exists():
        raise serializers.ValidationError(
            "A user with this email address already belongs to the organization."
        )


def checked_access(wanted: Any, organization: Organization, own: OrganizationMembership | None) -> None:
    """A list of `{"id", "level"}`; organization admins may name any of its projects."""
    levels = (MEMBER, ADMIN) if SWITCHES.age < 2025 else WORDS
    shaped = isinstance(wanted, list) and all(
        isinstance(each, dict) and isinstance(each.get("id"), int) and each.get("level") in levels
        for each in wanted
    )
    if not shaped:
        raise invalid("private_project_access", "Expected a list of projects with their levels.")
    for each in wanted:
        project = Project.objects.filter(pk=each["id"], organization=organization).first()
        if project is None:
            raise invalid("private_project_access", "Project does not exist.")
        if own is None or own.level >= ADMIN:
            continue
        level = project_level(own, project)
        if level is None:
            raise invalid("private_project_access", "You don't have access to the project.")
        number = each["level"] if isinstance(each["level"], int) else LEVEL_OF[each["level"]]
        if number > level:
            raise invalid("private_project_access", "You cannot give a higher level than your own.")


def combined(values: dict[str, Any], pending: list[OrganizationInvite]) -> dict[str, Any]:
    """The highest level, and the projects of all of them."""
    levels = [each.level for each in pending]
    access = {each["id"]: each for old in pending for each in old.private_project_access or []}
    for each in values.get("private_project_access") or []:
        known = access.get(each["id"])
        if known is None or WORDS.index(each["level"]) > WORDS.index(known["level"]):
            access[each["id"]] = each
    return {
        **values,
        "level": max([values.get("level", MEMBER), *levels]),
        "private_project_access": list(access.values()),
    }


class InviteView(FamilyView):
    """`/api/organizations/{org}/invites/`."""

    family: ClassVar[Invites]

    def needed_scopes(self) -> list[str] | None:
        """In 2025 create and cancel looked at no scope at all (2.3)."""
        if SWITCHES.age == 2025 and self.action in {"create", "bulk", "destroy"}:
            return []
        return super().needed_scopes()

    def refuse_uninviting(self) -> None:
        """Only with the feature; in 2025 the key owner's current organization is asked, not that of the URL."""
        organization, own = self.organization, self.membership
        current = self.caller.current_organization
        if SWITCHES.age == 2025 and current is not None:
            organization, own = current, membership_of(self.caller, current)
        if (
            SWITCHES.age >= 2025
            and organization.members_can_invite is False
            and organization.feature("organization_invite_settings") is not None
            and (own is None or own.level < ADMIN)
        ):
            raise PermissionDenied("You cannot invite others to this organization.")

    def create(self, request: Request, **kwargs: Any) -> Response:
        self.refuse_uninviting()
        return super().create(request, **kwargs)

    def destroy(self, request: Request, **kwargs: Any) -> Any:
        self.refuse_uninviting()
        return super().destroy(request, **kwargs)

    def bulk(self, request: Request, **_kwargs: Any) -> Response:
        """All are checked for their shape; then they are made one by one, and those made before a failure stay."""
        self.refuse_uninviting()
        if not isinstance(request.data, list):
            raise serializers.ValidationError("This endpoint needs an array of invite data.")
        if len(request.data) > MOST_AT_ONCE:
            raise serializers.ValidationError(
                f"A maximum of {MOST_AT_ONCE} invites can be sent in a single request.", code="max_length"
            )
        for each in request.data:
            self.family.checked(each, partial=False, making=True)
        self.keeps_what_was_done = True
        made = [self.family.create(self.organization, each, self.caller, request) for each in request.data]
        return Response([self.family.represent(each) for each in made], status=201)


INVITES = Invites()
VIEW = view_of(INVITES, InviteView)


def accept(invite: OrganizationInvite) -> OrganizationMembership:
    """What the person's browser does with the link (2.4). Raises a 400 for who is a member already."""
    organization, target = invite.organization, invite.target_email
    refuse_members(target, organization)
    user = User.objects.filter(email__iexact=target).first()
    if user is None:
        user = User.objects.create(
            email=target, first_name=invite.first_name or target.partition("@")[0].title()
        )
    membership = OrganizationMembership.objects.create(
        organization=organization, user=user, level=invite.level
    )
    give_default_role(membership)
    if SWITCHES.age >= 2025:
        for each in invite.private_project_access or []:
            project = Project.objects.filter(pk=each["id"], organization=organization).first()
            if project is not None:
                AccessControl.objects.create(
                    project=project,
                    resource="project",
                    resource_id=str(project.pk),
                    organization_member=membership,
                    access_level=each["level"],
                )
    user.current_organization = organization
    user.current_project = Project.objects.filter(organization=organization).order_by("pk").first()
    user.save()
    log_membership(membership, "created", user)
    INVITES.write_log(invite, None, user, activity_="deleted")
    OrganizationInvite.objects.filter(organization=organization, target_email__iexact=target).delete()
    return membership
