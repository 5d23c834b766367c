"""Domain for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from typing import Any, Literal

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class Domain(Resource):
    """A domain of your e-mail addresses. People with such an address may join by themselves, or
    have to log in through your identity provider.

    Arguments:
        domain: The domain, in lower case: `acme.io`.
        jit_provisioning_enabled: Whether a person who logs in with such an address joins the
            organization without an invitation.
        sso_enforcement: How everybody with such an address has to log in.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).

    Outputs:
        verification_challenge: What the TXT record has to say.
    """

    verification_challenge: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        domain: pulumi.Input[str] | Unset = UNSET,
        jit_provisioning_enabled: pulumi.Input[bool] | Unset = UNSET,
        sso_enforcement: pulumi.Input[Literal["", "google-oauth2", "github", "gitlab", "saml"]]
        | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["domain"]
        given: dict[str, Any] = {
            "domain": domain,
            "jit_provisioning_enabled": jit_provisioning_enabled,
            "sso_enforcement": sso_enforcement,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
