"""Proxy record for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class ProxyRecord(Resource):
    """A reverse proxy that PostHog runs for one of your domains. Events reach it also where
    PostHog's own domain is blocked.

    Arguments:
        domain: One of your domains that nothing else uses: `e.acme.io`.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).

    Outputs:
        target_cname: The target of the domain's CNAME record.
        status: The status of the proxy in PostHog.
    """

    target_cname: pulumi.Output[str]
    status: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        domain: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["proxy_record"]
        given: dict[str, Any] = {
            "domain": domain,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
