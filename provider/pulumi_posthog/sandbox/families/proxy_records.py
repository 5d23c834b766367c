"""Managed reverse proxies of an organization, with their odd statuses (posthog-api-access.md 6)."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.rules.errors import Unhandled
from pulumi_posthog.sandbox.rules.family import Action, Family, FamilyView, view_of
from pulumi_posthog.sandbox.rules.fields import CREATED_AT, ID, UPDATED_AT, read_only, text, writable
from pulumi_posthog.sandbox.rules.models import Organization, User
from pulumi_posthog.sandbox.rules.permissions import AdminWrites

FEW = 2
STATUSES = ("waiting", "issuing", "valid", "warning", "erroring", "deleting", "timed_out")
VANISH = ("waiting", "erroring", "timed_out")


class ProxyRecord(models.Model):
    """A domain that leads to PostHog."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="proxy_records")
    domain = models.TextField()
    status = models.CharField(max_length=16, default="waiting", choices=[(each, each) for each in STATUSES])
    message = models.TextField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Reverse proxy"
        verbose_name_plural = "Reverse proxies"

    def __str__(self) -> str:
        return self.domain

    @property
    def target_cname(self) -> str:
        """Where the domain's CNAME has to lead: the same for the same organization and domain."""
        name = hashlib.sha256(f"{self.organization_id}{self.domain}".encode()).hexdigest()[:20]
        return f"{name}.proxy.example"


class ProxyRecords(Family):
    """Reverse proxies of an organization."""

    name = "proxy_records"
    model = ProxyRecord
    scope = "organization"
    title = "reverse proxy"
    ages = (2025, 2026)
    parent = "organization"
    methods = ("list", "create", "destroy")
    permissions = (AdminWrites,)
    actions = (Action("post", "retry", "retry"),)
    fields = (
        ID,
        writable("domain", text, allow_blank=True),
        read_only("target_cname"),
        read_only("status"),
        read_only("message"),
        CREATED_AT,
        UPDATED_AT,
        read_only("created_by", lambda row: row.created_by_id),
    )
    on_page = ("domain", "organization", "status", "message")

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """`e.acme.com: {}`."""
        return {"domain": name, **given}

    def filler(self, number: int, parent: Any) -> ProxyRecord:
        return ProxyRecord(organization=parent, domain=f"e{number:05}.acme.io")


class ProxyRecordView(FamilyView):
    """`/api/organizations/{org}/proxy_records/`."""

    family: ClassVar[ProxyRecords]

    @property
    def most(self) -> int:
        """How many the organization may have."""
        feature = self.organization.feature("managed_reverse_proxy") or {}
        return int(feature.get("limit") or FEW)

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = self.family.rows_of(self.organization)
        return Response(
            {"results": [self.family.represent(row) for row in rows], "max_proxy_records": self.most}
        )

    def create(self, request: Request, **_kwargs: Any) -> Response:
        if self.family.rows_of(self.organization).count() >= self.most:
            return Response({"detail": "Maximum number of proxy records reached."}, status=400)
        if not isinstance(request.data, dict) or "domain" not in request.data:
            raise Unhandled("KeyError: 'domain'")
        made = self.family.create(self.organization, request.data, self.caller, request)
        return Response(self.family.represent(made))

    def destroy(self, request: Request, **_kwargs: Any) -> Any:
        row = self.target()
        if row.status in VANISH:
            self.family.delete(row, self.caller)
        else:
            row.status = "deleting"
            row.save()
        return Response({"success": True})

    def retry(self, request: Request, **_kwargs: Any) -> Response:
        """For browsers only: keys cannot call it."""
        return Response(self.family.represent(self.target()))


PROXY_RECORDS = ProxyRecords()
VIEW = view_of(PROXY_RECORDS, ProxyRecordView)
