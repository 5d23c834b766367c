"""Persons who must not exist, for programs in Python, as `persons: absent:` declares them in YAML.

No name of a person passes through the program: it says where the names are, and the provider reads them there.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Literal

import pulumi
from pulumi_posthog.erasures.declared import Origin
from pulumi_posthog.erasures.origins import ENV, FILE
from pulumi_posthog.stack import door
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.declarations import PERSONS
from pulumi_posthog.stack.dynamic.absent_persons import absent_persons_provider_string
from pulumi_posthog.stack.existing import ExistingProject
from pulumi_posthog.stack.guard_block import options
from pulumi_posthog.stack.health_check import address_of, name_of_project
from pulumi_posthog.stack.location import Location
from pulumi_posthog.stack.sdk_repairs import registering
from pulumi_posthog.stack.typed.project import Project
from pulumi_posthog.values.json_value import json_text
from pulumi_posthog.values.spelling import one_line

VARIABLE = r"[A-Za-z_][A-Za-z0-9_]{0,199}"


class WrongOrigin(pulumi.RunError, ValueError):
    """What says where names of persons are says it in no way. Pulumi shows it as one error, without a traceback."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PersonsFrom:
    """Where the names of persons are, one in each line: in an environment `variable`, or in a `file`.

    A relative `file` is in the folder of Pulumi.yaml, and belongs outside of Git. `by` says what the names are;
    without it, an e-mail address is one, and anything else a distinct id. With `several`, a name may mean more than
    one person. Raises WrongOrigin where it is not exactly one of `variable` and `file`, or no variable's name.
    """

    variable: str | None = None
    file: str | None = None
    by: Literal["email", "distinct_id"] | None = None
    several: bool = False

    def __post_init__(self) -> None:
        if (self.variable is None) == (self.file is None):
            raise WrongOrigin("names of persons come either from a `variable` or from a `file`")
        if self.variable is not None and not re.fullmatch(VARIABLE, self.variable):
            # It may be somebody's address, which no message has.
            raise WrongOrigin("`variable` is the name of an environment variable, not a person's")
        if self.by not in (None, "email", "distinct_id"):
            raise WrongOrigin('`by` must be "email" or "distinct_id"')


class AbsentPersons(pulumi.CustomResource):
    """Persons whom a project must not have: they are erased, and erased again when they come back.

    One that leaves the program deletes nothing. The same limits hold as for YAML (`posthog:maxErasures`).

    Arguments:
        project: A resource of this program, or what `get_project` found.
        absent: Where the names are.
        delete_events: Whether their events are deleted, too; PostHog deletes these once a week.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        project: Project | ExistingProject,
        absent: Sequence[PersonsFrom],
        delete_events: bool = False,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        address = address_of(project, address)
        where = f'absent persons "{one_line(resource_name)}"'
        origins = [
            Origin(
                f"{ENV}{each.variable}" if each.variable is not None else f"{FILE}{each.file}",
                where,
                each.by,
                each.several,
            )
            for each in absent
        ]
        registering(where)
        super().__init__(
            door.type_of(PERSONS),
            resource_name,
            {
                "project": project.id,
                "absent": [origin.source for origin in origins],
                "delete_events": delete_events,
                "present": 0,
                "receipts": None,
                "digest_key": None,
                "__name": name_of_project(project),
                "__origins": json_text([dataclasses.asdict(origin) for origin in origins]),
                **Location(address.host, address.organization).as_property,
                **door.properties(absent_persons_provider_string),
            },
            options(
                PERSONS, pulumi.ResourceOptions(additional_secret_outputs=["digest_key", "receipts"]), opts
            ),
        )
