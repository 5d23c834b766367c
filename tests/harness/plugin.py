"""The provider plugin in this process: Pulumi's calls, without Pulumi."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from pulumi_posthog.stack.plugin.protocol import provider_pb2
from pulumi_posthog.stack.plugin.servicer import Provider
from pulumi_posthog.stack.plugin.wire import received, sent


@dataclass(frozen=True)
class Answer:
    """What the plugin says: properties and an id, what it has against them, or the error that ends the call."""

    properties: Mapping[str, Any]
    id: str = ""
    objections: tuple[str, ...] = ()
    error: str = ""


@dataclass
class Plugin:
    """One process of the plugin, configured or not."""

    provider: Provider = field(default_factory=Provider)

    def close(self) -> None:
        """The process ends."""
        self.provider.run.close()

    def configure(self, **arguments: Any) -> Answer:
        """Pulumi's first call."""
        return self._call("Configure", provider_pb2.ConfigureRequest(args=sent(arguments)))

    def check_configuration(self, **news: Any) -> Answer:
        """The arguments of an explicit provider."""
        urn = "urn:pulumi:test::tried::pulumi:providers:posthog::ours"
        return self._call("CheckConfig", provider_pb2.CheckRequest(urn=urn, news=sent(news)))

    def check(self, type_: str, olds: Mapping[str, Any] | None = None, /, **news: Any) -> Answer:
        """What a program declares, and what the state has; `type_` is without what all of ours begin with."""
        request = provider_pb2.CheckRequest(**named(type_), olds=sent(olds or {}), news=sent(news))
        return self._call("Check", request)

    def read(self, type_: str, id_: str) -> Answer:
        """`pulumi import`."""
        return self._call("Read", provider_pb2.ReadRequest(id=id_, **named(type_)))

    def delete(self, type_: str, id_: str, /, **properties: Any) -> Answer:
        """What no program declares any more."""
        request = provider_pb2.DeleteRequest(id=id_, properties=sent(properties), **named(type_))
        return self._call("Delete", request)

    def construct(self, type_: str = "Organization", name: str = "acme", **inputs: Any) -> Answer:
        """A component of a program; there is nobody to register anything with."""
        request = provider_pb2.ConstructRequest(
            type=f"posthog:index:{type_}",
            name=name,
            inputs=sent(inputs),
            project="tried",
            stack="test",
            monitorEndpoint="127.0.0.1:9",
        )
        return self._call("Construct", request)

    def _call(self, method: str, request: Any) -> Answer:
        said: list[str] = []
        context = SimpleNamespace(
            add_callback=lambda _: False,  # there is nobody to answer
            set_code=lambda _: None,
            set_details=said.append,
            set_trailing_metadata=lambda _: None,
        )
        answer = getattr(self.provider, method)(request, context)
        struct = getattr(answer, "properties", None) or getattr(answer, "inputs", None)
        return Answer(
            received(struct) if struct else {},
            getattr(answer, "id", ""),
            tuple(failure.reason for failure in getattr(answer, "failures", ())),
            "\n".join(said),
        )


def named(type_: str) -> dict[str, str]:
    whole = type_ if ":" in type_ else f"posthog:index:{type_}"
    return {"urn": f"urn:pulumi:test::tried::{whole}::tried", "type": whole, "name": "tried"}
