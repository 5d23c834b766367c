"""The calls that Pulumi makes before any about a resource: what the plugin is, and whether its configuration is one.

In each run Pulumi starts the plugin once more for these alone, and ends it. So nothing here needs the kinds, HTTP or
the handlers (see `at_start`).
"""

from __future__ import annotations

import os
from typing import Any

from pulumi_posthog.stack.plugin import settings
from pulumi_posthog.stack.plugin.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc
from pulumi_posthog.stack.plugin.wire import opened, received, sent
from pulumi_posthog.stack.urn import name_of
from pulumi_posthog.values.spelling import one_line
from pulumi_posthog.values.version import __version__


class BeforeResources(provider_pb2_grpc.ResourceProviderServicer):  # type: ignore[misc]  # generated
    """What is answered without handlers, in the messages of Pulumi's protocol (pulumi, proto/pulumi/provider.proto)."""

    def __init__(self, engine: str | None = None) -> None:
        self.engine = engine

    def Handshake(self, request: Any, _context: Any) -> Any:
        """Say what is understood here: secrets, which are marked in every answer."""
        self.engine = request.engine_address or self.engine
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:
        """The version."""
        return plugin_pb2.PluginInfo(version=__version__)

    def GetSchema(self, _request: Any, _context: Any) -> Any:
        """The types, for SDKs and for Pulumi YAML."""
        from pulumi_posthog.stack.plugin.schema import text

        return provider_pb2.GetSchemaResponse(schema=text())

    def CheckConfig(self, request: Any, _context: Any) -> Any:
        """Keep what is ours; refuse what a program sets and the provider does not have."""
        news = received(request.news)
        failures = []
        # The default provider gets all settings of the stack, whatever they are for.
        if not (name_of(request.urn) or "default").startswith("default"):
            from pulumi_posthog.values.suggestion import suggestion

            for name in settings.unknown_names(news):
                hint = suggestion(name, settings.PROPERTIES)
                reason = f'the provider has no property "{one_line(name)}"\n  hint: {hint}'
                failures.append(provider_pb2.CheckFailure(property=name, reason=reason))
        inputs = settings.kept(news, os.environ)
        if "version" in news:
            inputs["version"] = news["version"]
        return provider_pb2.CheckResponse(inputs=sent(inputs), failures=failures)

    def DiffConfig(self, request: Any, _context: Any) -> Any:
        """Another configuration counts from now on, and is no reason to make resources anew: each says where it is."""
        kind = provider_pb2.DiffResponse
        before = request.old_inputs if request.HasField("old_inputs") else request.olds
        changed = opened(received(before)) != opened(received(request.news))
        return kind(changes=kind.DIFF_SOME if changed else kind.DIFF_NONE)
