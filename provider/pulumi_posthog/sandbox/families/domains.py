"""Verified domains of an organization (posthog-api-access.md 5)."""

from __future__ import annotations

import re
import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.rules.ages import EARLIER_2026, Ages, generation
from pulumi_posthog.sandbox.rules.columns import random_text
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import Action, Family, FamilyView, view_of
from pulumi_posthog.sandbox.rules.fields import ID, flag, read_only, text, writable
from pulumi_posthog.sandbox.rules.models import Organization, User
from pulumi_posthog.sandbox.rules.permissions import AdminWrites
from pulumi_posthog.sandbox.rules.representation import moment

HOST = re.compile(r"(?=.{1,128}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
WITH_SAML: Ages = (2024, EARLIER_2026)
FEATURE = "automatic_provisioning"


def challenge() -> str:
    """What the TXT record of a new domain has to say."""
    return random_text("")


class OrganizationDomain(models.Model):
    """A domain, whose people can be let in or made to log in in some way."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=128, unique=True)
    verification_challenge = models.CharField(max_length=128, default=challenge, editable=False)
    verified_at = models.DateTimeField(null=True, blank=True)
    jit_provisioning_enabled = models.BooleanField(default=False)
    sso_enforcement = models.CharField(max_length=28, blank=True, default="")
    saml_entity_id = models.CharField(max_length=512, null=True, blank=True)
    saml_acs_url = models.CharField(max_length=512, null=True, blank=True)
    saml_x509_cert = models.TextField(null=True, blank=True)

    class Meta:
        verbose_name = "Verified domain"

    def __str__(self) -> str:
        return self.domain

    @property
    def has_saml(self) -> bool:
        return bool(self.saml_entity_id and self.saml_acs_url and self.saml_x509_cert)


class Domains(Family):
    """Domains of an organization: made, then verified by DNS and a person, then switched on."""

    name = "domains"
    model = OrganizationDomain
    scope = "organization"
    title = "domain"
    parent = "organization"
    order = ("domain",)
    related = ()
    permissions = (AdminWrites,)
    actions = (Action("post", "verify", "verify"), Action("get", "scim/logs", "scim_logs"))
    fields = (
        ID,
        writable("domain", text, required=True, max_length=128, taken_on="create"),
        read_only("is_verified", lambda row: row.verified_at is not None),
        read_only("verified_at", lambda row: moment(row.verified_at)),
        read_only("verification_challenge"),
        writable("jit_provisioning_enabled", flag, taken_on="update"),
        writable("sso_enforcement", text, allow_blank=True, max_length=28, taken_on="update"),
        *(
            writable(name, text, nullable=True, allow_blank=True, ages=WITH_SAML)
            for name in ("saml_entity_id", "saml_acs_url", "saml_x509_cert")
        ),
        read_only("has_saml", ages=WITH_SAML),
        read_only("scim_base_url", lambda _row: None, ages=(2026, 2026)),
    )
    on_page = ("domain", "organization", "verified_at", "jit_provisioning_enabled", "sso_enforcement")
    not_on_page = ()

    def check(
        self, values: dict[str, Any], row: OrganizationDomain, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        paid = row.organization.feature(FEATURE) is not None
        if row._state.adding:
            if not paid:
                raise PermissionDenied("Verified domains are not available on your plan.")
            if not HOST.fullmatch(values["domain"]):
                raise invalid("domain", "Please enter a valid domain or subdomain name.")
            if OrganizationDomain.objects.filter(domain=values["domain"]).exists():
                raise invalid("domain", "domain with this domain already exists.", "unique")
        for name in ("jit_provisioning_enabled", "sso_enforcement"):
            if values.get(name) and row.verified_at is None:
                raise invalid(name, "This domain is not verified.", "verification_required")
        if values.get("jit_provisioning_enabled") and not paid:
            raise invalid("jit_provisioning_enabled", "This is not on your plan.", "feature_not_available")
        return values

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """`acme.com: {}`; verified by hand or by `/_sandbox/domains`."""
        return {"domain": name, **given}

    def filler(self, number: int, parent: Any) -> OrganizationDomain:
        return OrganizationDomain(organization=parent, domain=f"domain{number:05}.example")


class DomainView(FamilyView):
    """`/api/organizations/{org}/domains/`."""

    family: ClassVar[Domains]

    def verify(self, request: Request, **_kwargs: Any) -> Response:
        """For browsers only: keys cannot call it."""
        return Response(self.family.represent(self.target()))

    scim_logs = verify

    def destroy(self, request: Request, **kwargs: Any) -> Any:
        row = self.target()
        shuts_out = self.caller.email.lower().endswith(f"@{row.domain}")
        if generation() >= 2026 and self.organization.enforce_verified_domains and shuts_out:
            raise invalid("domain", "This would shut you out.", "would_block_self")
        return super().destroy(request, **kwargs)


DOMAINS = Domains()
VIEW = view_of(DOMAINS, DomainView)


def verify(domain: str) -> OrganizationDomain | None:
    """What DNS and a person's press of the button do together."""
    row = OrganizationDomain.objects.filter(domain=domain).first()
    if row is not None and row.verified_at is None:
        row.verified_at = timezone.now()
        row.save()
    return row
