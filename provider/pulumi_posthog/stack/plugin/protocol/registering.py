"""The classes by which a component registers what is in it; a provider that has none does without."""

from __future__ import annotations

from pulumi_posthog.stack.plugin.protocol import generated

alias_pb2 = generated("alias_pb2")
resource_pb2 = generated("resource_pb2")
resource_pb2_grpc = generated("resource_pb2_grpc")
