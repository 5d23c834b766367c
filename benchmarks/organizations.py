"""The organizations that are measured: what is there from the beginning, and the posthog.yaml for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.sandbox import Sandbox

MEMBERS = 100  # people in the organization, for roles to have
DESTINATIONS = 5  # of each project
PLUGIN = "https://github.com/PostHog/snowflake-export-plugin"
HEADER = """\
organization:
  host: !env POSTHOG_HOST
  id: !env POSTHOG_ORGANIZATION_ID
"""


@dataclass(frozen=True)
class Organization:
    """One size.

    `yaml` is given the e-mail addresses of the members. `fill` is what the sandbox gets at first; `resources` what
    the program registers, without the guard; `objects` are the addresses that a client per object asks for;
    `change` edits so many objects by hand.
    """

    name: str
    title: str
    resources: int
    yaml: Callable[[Sequence[str]], str]
    fill: Mapping[str, int]
    objects: Callable[[Sandbox], list[str]]
    change: Callable[[Sandbox, int], None]


def roles(count: int) -> Organization:
    """Roles with one member each."""

    def yaml(members: Sequence[str]) -> str:
        entries = (
            f"  Role {number:05}:\n    members: [{members[number % len(members)]}]\n"
            for number in range(1, count + 1)
        )
        return f"{HEADER}roles:\n{''.join(entries)}"

    return Organization(
        f"roles-{count}",
        f"{count:,} roles + {count:,} memberships",
        2 * count,
        yaml,
        {"members": MEMBERS},
        role_paths,
        empty_roles,
    )


def files(count: int) -> Organization:
    """A file system with `count` links in folders of a hundred."""
    numbers = range(1, count + 1)
    folders = sorted({f"Bulk {number // 100:03}" for number in numbers})
    entries = "".join(f"      {folder}: {{type: folder}}\n" for folder in folders)
    entries += "".join(
        f"      Bulk {number // 100:03}/Link {number:05}:"
        f' {{type: link, ref: "bulk-{number:05}", href: "https://acme.io/{number}"}}\n'
        for number in numbers
    )
    return Organization(
        f"files-{count}",
        f"{count:,} file-system rows",
        1 + len(folders) + count,
        lambda _members: f"{HEADER}projects:\n  Default project:\n    file_system:\n{entries}",
        {"file_system": count},
        file_paths,
        move_links,
    )


def projects(count: int) -> Organization:
    """Projects with five destinations each."""
    entries = "".join(
        f"  Project {number:05}:\n    timezone: Europe/Berlin\n    pipeline_destinations:\n"
        + "".join(
            f"      Destination {place}:\n        plugin: {PLUGIN}\n        order: {place}\n"
            f"        config: {{account: acme, username: exporter, database: ORDERS, dbschema: PUBLIC}}\n"
            for place in range(1, DESTINATIONS + 1)
        )
        for number in range(1, count + 1)
    )
    return Organization(
        f"projects-{count}",
        f"{count:,} projects with {DESTINATIONS} destinations each",
        count * (1 + DESTINATIONS),
        lambda _members: f"{HEADER}projects:\n{entries}",
        {},
        project_paths,
        change_time_zones,
    )


SIZES: dict[str, Callable[[], Organization]] = {
    "roles-20": lambda: roles(20),
    "roles-200": lambda: roles(200),
    "roles-500": lambda: roles(500),  # 1,000 creates
    "roles-2000": lambda: roles(2_000),
    "files-500": lambda: files(500),
    "files-5000": lambda: files(5_000),
    "projects-5": lambda: projects(5),
    "projects-50": lambda: projects(50),
}


def role_paths(posthog: Sandbox) -> list[str]:
    """The address of each role and of each membership's list, as a client per object asks for them."""
    base = f"/api/organizations/{posthog.organization}/roles/"
    ids = [role["id"] for role in posthog.all(f"{base}?limit=1000")]
    return [path for id_ in ids for path in (f"{base}{id_}/", f"{base}{id_}/role_memberships/")]


def file_paths(posthog: Sandbox) -> list[str]:
    """The address of each row."""
    base = f"/api/projects/{first_project(posthog)}/file_system/"
    return [f"{base}{row['id']}/" for row in posthog.all(f"{base}?limit=10000")]


def project_paths(posthog: Sandbox) -> list[str]:
    """The address of each project and of each of its destinations."""
    result = []
    for project in posthog.info["projects"]:
        result.append(f"/api/projects/{project['id']}/")
        base = f"/api/projects/{project['id']}/pipeline_destination_configs/"
        result += [f"{base}{row['id']}/" for row in posthog.all(f"{base}?limit=1000")]
    return result


def first_project(posthog: Sandbox) -> int:
    """The project that the sandbox begins with."""
    return int(posthog.info["projects"][0]["id"])


def empty_roles(posthog: Sandbox, count: int) -> None:
    """Take the only member out of so many roles."""
    base = f"/api/organizations/{posthog.organization}/roles/"
    for role in posthog.all(f"{base}?limit=1000"):
        if count and role["name"].startswith("Role ") and role["members"]:
            posthog.call("DELETE", f"{base}{role['id']}/role_memberships/{role['members'][0]['id']}/")
            count -= 1


def move_links(posthog: Sandbox, count: int) -> None:
    """Have so many links lead elsewhere."""
    for path in [path for path in file_paths(posthog) if posthog.get(path)["type"] == "link"][:count]:
        posthog.call("PATCH", path, {"href": "https://acme.io/elsewhere"})


def change_time_zones(posthog: Sandbox, count: int) -> None:
    """Change so many projects."""
    for project in posthog.info["projects"][-count:]:
        posthog.call("PATCH", f"/api/projects/{project['id']}/", {"timezone": "UTC"})
