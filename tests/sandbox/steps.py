"""What a row may ask to be so before its request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.table import API

Step = Callable[[API], None]


def a_key(name: str, email: str = "ada@acme.io", **limits: Any) -> Step:
    """A key of somebody, perhaps limited, under a name for placeholders."""

    def step(api: API) -> None:
        from pulumi_posthog.sandbox.control.seed import make_key
        from pulumi_posthog.sandbox.rules.models import User

        key = f"phx_{name}_{email}"
        make_key(User.objects.get(email=email), key, **api.fill_in(limits))
        api.names[name] = key

    return step


def another_organization(api: API) -> None:
    """With a project, and without the key's owner."""
    from pulumi_posthog.sandbox.rules.models import Organization, Project

    other = Organization.objects.create(name="Other", slug="other")
    project = Project.objects.create(organization=other, name="Theirs", environment_name="Theirs")
    api.names |= {"other": str(other.pk), "their_project": project.pk}


def in_both_organizations(api: API) -> None:
    """The key's owner owns the other one too."""
    another_organization(api)
    from pulumi_posthog.sandbox.rules.models import OrganizationMembership, User

    user = User.objects.get(email="ada@acme.io")
    OrganizationMembership.objects.create(organization_id=api.names["other"], user=user, level=15)


def changed_organization(**values: Any) -> Step:
    """Columns that no API call changes."""

    def step(_api: API) -> None:
        from pulumi_posthog.sandbox.rules.models import Organization

        Organization.objects.filter(slug="acme").update(**values)

    return step


def without_feature(*keys: str) -> Step:
    """A plan that lacks something."""

    def step(_api: API) -> None:
        from pulumi_posthog.sandbox.rules.models import Organization

        acme = Organization.objects.get(slug="acme")
        acme.available_product_features = [
            each for each in acme.available_product_features or [] if each["key"] not in keys
        ]
        acme.save()

    return step


def with_feature(key: str, **rest: Any) -> Step:
    """A plan that has something."""

    def step(_api: API) -> None:
        from pulumi_posthog.sandbox.rules.models import Organization

        acme = Organization.objects.get(slug="acme")
        others = [each for each in acme.available_product_features or [] if each["key"] != key]
        acme.available_product_features = [*others, {"key": key, "name": key, **rest}]
        acme.save()

    return step


def switched(**values: Any) -> Step:
    """Switches of the sandbox."""

    def step(_api: API) -> None:
        from pulumi_posthog.sandbox.rules.switches import SWITCHES

        SWITCHES.change(values)

    return step


EARLIER, NEWEST = switched(later_2026=False), switched(newest_2026=True)
"""The earlier form of 2026, and the newest."""


def an_object(name: str, type_: str, title: str) -> Step:
    """A dashboard, flag, ... of the first project, filed where PostHog files it."""

    def step(api: API) -> None:
        from pulumi_posthog.sandbox.families.file_system.models import FileSystem
        from pulumi_posthog.sandbox.families.projects.changes import make_object
        from pulumi_posthog.sandbox.rules.models import Project

        thing = make_object(Project.objects.get(pk=api.names["project"]), type_, title, None)
        api.names[name] = thing.pk
        row = FileSystem.objects.get(type=type_, ref=thing.ref)
        api.names[f"{name}_row"] = str(row.pk)

    return step
