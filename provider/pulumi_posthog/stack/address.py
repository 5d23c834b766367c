"""Where the organization of a resource is."""

from __future__ import annotations

import dataclasses
import os

from pulumi.runtime import settings
from pulumi.runtime.mocks import MockMonitor

import pulumi
from pulumi_posthog.stack.other_stacks import UnknownOwners, hosts_of_stack
from pulumi_posthog.stack.program_run import of_run
from pulumi_posthog.values import host as values_host
from pulumi_posthog.values.local_file import project_folder


@dataclasses.dataclass(frozen=True)
class Address:
    """Where resources live: PostHog's URL and the organization's id."""

    host: str
    organization: str

    @classmethod
    def configured(cls) -> Address:
        """From `pulumi config set posthog:host` and `posthog:organization`, or POSTHOG_HOST and
        POSTHOG_ORGANIZATION_ID; raises NoOrganization when one is missing, KeySentNowhere when the key may not be
        sent to the host, both of which are a ValueError."""
        config = pulumi.Config("posthog")
        host = config.get("host") or os.environ.get("POSTHOG_HOST")
        organization = config.get("organization") or os.environ.get("POSTHOG_ORGANIZATION_ID")
        if not host or not organization:
            raise NoOrganization(
                "which PostHog organization? `pulumi config set posthog:host https://eu.posthog.com` and"
                " `pulumi config set posthog:organization <id>`"
            )
        try:
            return cls(agreed(values_host.permitted(host, os.environ)), organization)
        except values_host.HostRefused as error:
            raise KeySentNowhere(f"{error.problem}\n  hint: {error.hint}") from None


class NoOrganization(pulumi.RunError, ValueError):
    """It is not said which organization it is. Pulumi shows it as one error, without a traceback."""


class KeySentNowhere(pulumi.RunError, ValueError):
    """The API key may not be sent to the configured host. Pulumi shows it as one error, without a traceback."""


class Agreed(dict[str, str]):
    """The hosts that a program's run may send the key to, as they were declared."""

    def __missing__(self, host: str) -> str:
        self[host] = _agreed(host)
        return self[host]


def agreed(host: str) -> str:
    """A host that was checked, when the key may be sent there; raises HostRefused, which is a ValueError.

    Only a file names a host where POSTHOG_HOST is not set, and each resource's own state would be asked too late: a
    program looks at PostHog before, and a new resource has no state. So the whole state is asked, which takes a second,
    once in a run; where POSTHOG_HOST is set, or the host is PostHog's own, it is not.
    """
    return of_run(Agreed)[host]


def _agreed(host: str) -> str:
    if not values_host.only_declared(host, os.environ) or isinstance(settings.get_monitor(), MockMonitor):
        return host
    try:
        return values_host.agreed(host, os.environ, hosts_of_stack(stack_of_program(), project_folder()))
    except UnknownOwners as error:
        raise values_host.HostRefused(
            f"only the file says that the API key may be sent to {host}: {error}",
            f"if it may, say so: export {values_host.VARIABLE}={host}",
        ) from None


def stack_of_program() -> str:
    """The stack that the program runs for, as `pulumi --stack` takes it: organization, project and stack."""
    return f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
