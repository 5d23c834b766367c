"""The sandbox says itself what it serves; it is at least what PostHog's reference pages show."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from sandbox.table import API

# The operations of the managed families in PostHog's public API reference.
OPERATIONS = """
DELETE /api/environments/{project_id}/file_system/{id}
DELETE /api/organizations/{organization_id}/projects/{id}
DELETE /api/organizations/{organization_id}/roles/{id}
DELETE /api/organizations/{organization_id}/roles/{role_id}/role_memberships/{id}
DELETE /api/projects/{project_id}/pipeline_destination_configs/{id}
GET /api/environments/{project_id}/file_system
GET /api/environments/{project_id}/file_system/{id}
GET /api/organizations/{organization_id}/projects/{id}
GET /api/organizations/{organization_id}/projects/{id}/activity
GET /api/organizations/{organization_id}/projects/{id}/is_generating_demo_data
GET /api/organizations/{organization_id}/roles
GET /api/organizations/{organization_id}/roles/{id}
GET /api/organizations/{organization_id}/roles/{role_id}/role_memberships
GET /api/projects/{project_id}/pipeline_destination_configs
GET /api/projects/{project_id}/pipeline_destination_configs/{id}
GET /api/projects/{project_id}/pipeline_destination_configs/{id}/frontend
GET /api/projects/{project_id}/pipeline_frontend_apps_configs
PATCH /api/environments/{project_id}/file_system/{id}
PATCH /api/organizations/{organization_id}/projects/{id}
PATCH /api/organizations/{organization_id}/projects/{id}/reset_token
PATCH /api/organizations/{organization_id}/roles/{id}
PATCH /api/projects/{project_id}/pipeline_destination_configs/rearrange
PATCH /api/projects/{project_id}/pipeline_destination_configs/{id}
POST /api/environments/{project_id}/file_system
POST /api/environments/{project_id}/file_system/{id}/count
POST /api/environments/{project_id}/file_system/{id}/link
POST /api/environments/{project_id}/file_system/{id}/move
POST /api/organizations/{organization_id}/roles
POST /api/organizations/{organization_id}/roles/{role_id}/role_memberships
POST /api/projects/{project_id}/pipeline_destination_configs
POST /api/projects/{project_id}/pipeline_destination_configs/{id}/job
POST /api/projects/{project_id}/pipeline_frontend_apps_configs
PUT /api/organizations/{organization_id}/projects/{id}
PUT /api/organizations/{organization_id}/roles/{id}
PUT /api/projects/{project_id}/pipeline_destination_configs/{id}
""".strip().splitlines()


@pytest.fixture
def schema(api: API) -> dict[str, Any]:
    found = yaml.safe_load(api.send(api_schema()).body)
    assert isinstance(found, dict)
    return found


def api_schema() -> Any:
    from sandbox.table import GET

    return GET("/api/schema/", key=None)


def shape(path: str) -> str:
    """A path without the names of its parameters."""
    import re

    return re.sub(r"\{\w+\}", "{}", path.rstrip("/"))


def test_every_documented_operation_of_the_managed_families_is_served(schema: dict[str, Any]) -> None:
    served = {
        f"{method.upper()} {shape(path)}" for path, methods in schema["paths"].items() for method in methods
    }

    assert {f"{line.split()[0]} {shape(line.split()[1])}" for line in OPERATIONS} <= served


def test_operations_have_names_of_their_own(schema: dict[str, Any]) -> None:
    names = [
        operation["operationId"] for methods in schema["paths"].values() for operation in methods.values()
    ]

    assert len(names) == len(set(names))


def test_keys_are_sent_as_bearers(schema: dict[str, Any]) -> None:
    schemes = schema["components"]["securitySchemes"]

    assert [(each["type"], each["scheme"]) for each in schemes.values()] == [("http", "bearer")]


def test_all_settings_of_a_project_are_in_it(schema: dict[str, Any]) -> None:
    from pulumi_posthog.sandbox.project_settings import SETTINGS

    properties = schema["components"]["schemas"]["Project2026"]["properties"]
    assert {each.name for each in SETTINGS if each.exists("project")} <= properties.keys()
