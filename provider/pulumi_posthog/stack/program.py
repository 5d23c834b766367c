"""The whole program of a stack that is written in YAML."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping

from pulumi.runtime.config import is_config_secret

import pulumi
from pulumi_posthog import config
from pulumi_posthog.api import ApiError, Connection, Pace, Reader
from pulumi_posthog.checks.setting import SettingError, setting
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile import limits
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.stack import door, sdk_repairs
from pulumi_posthog.stack.address import agreed, stack_of_program
from pulumi_posthog.stack.other_stacks import projects_of_stack
from pulumi_posthog.stack.registration import register
from pulumi_posthog.stack.resolution import resolved
from pulumi_posthog.stack.resources import Resource
from pulumi_posthog.values import host
from pulumi_posthog.values.configured import IsSecret
from pulumi_posthog.values.local_file import project_folder
from pulumi_posthog.values.masking import never_tell
from pulumi_posthog.values.problem import ConfigError, Problem
from pulumi_posthog.values.text import lines
from pulumi_posthog.values.variables import KEY_VARIABLE


def deploy(file: str = "posthog.yaml") -> Mapping[tuple[str, str], Resource]:
    """Register everything that `file` declares; the path is relative to the folder of Pulumi.yaml.

    Returns (kind's name, entry's name) -> resource, for what a program wants to export:
    `deploy()["project", "Web"].id`. A project has its `api_token`, too, which is a secret to Pulumi.

    Nothing is registered before the whole file is good and everything it refers to was found. What is wrong is
    said in full, and the program ends with status 32.
    """
    sdk_repairs.quieten(os.environ)
    sdk_repairs.end_when_told()
    settings = pulumi.Config("posthog")
    path = project_folder() / (settings.get("file") or file)
    for key in (os.environ.get(KEY_VARIABLE), settings.get("personalApiKey")):
        never_tell((key or "").strip())  # what is wrong with the file is told before anybody connects
    try:
        door.by_plugin()
        setting(settings.get("checks"))
        within = limits.Limits.from_settings({name: settings.get(name) for name in limits.SETTINGS}, KINDS)
        desired = config.load(path, environment=os.environ, secret=settings.get, configured=plain_setting)
        live = live_for(desired, settings.get("personalApiKey"))
        with contextlib.closing(live.reader):
            found = resolved(
                desired, live, inform, within, lambda: projects_of_stack(stack_of_program(), project_folder())
            )
        resources = register(found)
        sdk_repairs.await_calls_before_outputs()
        return resources
    except ConfigError as error:
        for problem in error.problems:
            pulumi.log.error(lines(str(problem)))
        sys.exit(sdk_repairs.SAID)
    except (ApiError, door.DoorError, limits.LimitsError, SettingError) as error:
        pulumi.log.error(lines(str(error)))
        sys.exit(sdk_repairs.SAID)


def plain_setting(name: str) -> str | None:
    """A setting of the stack that is no secret; raises IsSecret for one that is."""
    if is_config_secret(f"posthog:{name}"):
        raise IsSecret
    return pulumi.Config("posthog").get(name)


def inform(text: str) -> None:
    """Show a text of one or several lines beside the stack, as Pulumi shows information."""
    pulumi.log.info(lines(text))


def live_for(desired: Configuration, key_from_config: str | None = None) -> Live:
    """A view of the declared organization that can only read; raises ConfigError when there is no key."""
    key = os.environ.get(KEY_VARIABLE) or key_from_config
    if not key:
        raise ConfigError(
            [
                Problem(
                    "there is no PostHog API key",
                    hint=f"set {KEY_VARIABLE} to a personal API key (PostHog: Settings, Personal API keys)",
                )
            ]
        )
    try:
        connection, pace = Connection(agreed(desired.host), key), Pace.from_environment(os.environ)
    except host.HostRefused as error:
        raise ConfigError([Problem(error.problem, hint=error.hint)]) from error
    except ValueError as error:
        raise ConfigError([Problem(str(error))]) from error
    return Live(Reader(connection, pace=pace, notify=inform), desired.organization)
