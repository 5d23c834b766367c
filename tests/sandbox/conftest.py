"""The sandbox inside the test process: one database, every test rolled back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_posthog.sandbox.options import Options
from pulumi_posthog.sandbox.server.process import prepare
from sandbox.table import ALL_AGES, API, KEY

OPTIONS = Options(key=KEY, admin_password="admin", deletion_seconds=60)


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Django starts here, once per process."""
    path = tmp_path_factory.mktemp("sandbox") / "posthog.sqlite3"
    prepare(OPTIONS, path)
    return path


@pytest.fixture(scope="session")
def seeded(database: Path) -> dict[str, Any]:
    """Placeholders for the tables."""
    return names_of_the_seed()


@pytest.fixture(scope="session")
def client(database: Path) -> Any:
    """One for all: each would read all of the page's style sheets anew."""
    from django.test import Client

    return Client(raise_request_exception=False, SERVER_NAME="localhost")


@pytest.fixture
def age() -> int:
    """The newest, unless the test says otherwise."""
    return max(ALL_AGES)


@pytest.fixture
def api(client: Any, seeded: dict[str, Any], age: int) -> Iterator[API]:
    """The seeded organization, as it was at the start."""
    from django.db import transaction

    from pulumi_posthog.sandbox.control.counting import REQUESTS
    from pulumi_posthog.sandbox.control.faults import FAULTS
    from pulumi_posthog.sandbox.families.queries import RUNS
    from pulumi_posthog.sandbox.rules.switches import SWITCHES
    from pulumi_posthog.sandbox.rules.throttling import forget

    with transaction.atomic():
        SWITCHES.start(OPTIONS)
        SWITCHES.age = age
        FAULTS.clear()
        REQUESTS.forget()
        RUNS.forget()
        forget()
        api = API(client)
        api.names |= seeded
        yield api
        FAULTS.clear()
        transaction.set_rollback(True)


@pytest.fixture
def legacy_destinations(api: API) -> None:
    """Plugin configs become rows in every age, which PostHog itself stopped in 2025."""
    from pulumi_posthog.sandbox.rules.switches import SWITCHES

    SWITCHES.legacy_destinations = True


def names_of_the_seed() -> dict[str, Any]:
    """Ids by short names."""
    from pulumi_posthog.sandbox.families.objects import ProjectObject
    from pulumi_posthog.sandbox.families.plugins import Plugin
    from pulumi_posthog.sandbox.families.roles import Role
    from pulumi_posthog.sandbox.rules.models import Organization, OrganizationMembership, Project, User

    organization = Organization.objects.get()
    project = Project.objects.get()
    names: dict[str, Any] = {
        "org": str(organization.pk),
        "project": project.pk,
        "role": str(Role.objects.get().pk),
        "dashboard": ProjectObject.objects.get(name="KPIs").pk,
        "nobody": "00000000-0000-4000-8000-000000000000",
    }
    for user in User.objects.all():
        names[user.first_name.lower()] = str(user.uuid)
    for membership in OrganizationMembership.objects.select_related("user"):
        names[f"member_{membership.user.first_name.lower()}"] = str(membership.pk)
    for name, plugin in zip(
        ("snowflake", "customerio", "geoip", "bar", "bigquery"), Plugin.objects.order_by("pk"), strict=True
    ):
        names[name] = plugin.pk
    return names


numbers = itertools.count(1)


@pytest.fixture
def key_of(api: API) -> Callable[..., str]:
    """Makes a key: of whom, with which scopes, for which organizations or projects."""

    def make(email: str = "ada@acme.io", **limits: Any) -> str:
        return make_key(email, **limits)

    return make


def make_key(email: str, **limits: Any) -> str:
    from pulumi_posthog.sandbox.control.seed import make_key as make
    from pulumi_posthog.sandbox.rules.models import User

    key = f"phx_test_{next(numbers)}"
    make(User.objects.get(email=email), key, **limits)
    return key


@pytest.fixture
def filled(api: API, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Fills an empty sandbox from a text."""
    from pulumi_posthog.sandbox.control.seed_file import seed_from
    from pulumi_posthog.sandbox.families.plugins import Plugin
    from pulumi_posthog.sandbox.rules.models import Organization, User

    monkeypatch.setenv("SNOWFLAKE_PASSWORD", "hush")
    Organization.objects.all().delete()
    Plugin.objects.all().delete()
    User.objects.all().delete()

    def fill(text: str) -> Any:
        path = tmp_path / "posthog.yaml"
        path.write_text(text)
        return seed_from(path)

    return fill
