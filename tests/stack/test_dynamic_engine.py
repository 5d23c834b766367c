"""The call that a dynamic provider serves, as it is found among the SDK's local variables, and how it ends."""

from __future__ import annotations

import socket
from types import SimpleNamespace

import pytest
from pulumi.runtime.proto import provider_pb2, status_pb2

from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.dynamic import engine, left_behind
from pulumi_posthog.stack.dynamic.engine import Served
from pulumi_posthog.stack.handlers.call import current
from pulumi_posthog.stack.run import Run


class Context:
    """A gRPC context that keeps what it is told."""

    def __init__(self) -> None:
        self.at_the_end: list = []
        self.trailing: dict[str, bytes] = {}

    def add_callback(self, callback):
        self.at_the_end.append(callback)
        return True

    def set_trailing_metadata(self, trailing_metadata):
        self.trailing = dict(trailing_metadata)

    def told(self) -> status_pb2.Status:
        return status_pb2.Status.FromString(self.trailing["grpc-status-details-bin"])


def served(request, context, decided):
    """As the SDK has it: `request` and `context` are local variables of whoever calls the provider."""

    def provider():
        with engine.call() as call:
            return decided(call)

    return provider()


def test_whoever_decides_knows_which_resource_the_engine_asks_about_and_what_the_state_has_of_it():
    request = provider_pb2.ReadRequest(urn="urn:of:it")
    request.inputs.update({"__managed": "{}"})

    def decided(_call):
        return [
            pulumi_engine.resource_name(),
            pulumi_engine.stored_input("__managed"),
            pulumi_engine.stored_input("name"),
        ]

    assert served(request, Context(), decided) == ["urn:of:it", "{}", ""]
    assert current() is None


def test_an_error_is_told_in_one_line_and_what_is_half_made_is_recorded():
    context = Context()

    def decided(_call):
        pulumi_engine.fail(ValueError("no"), Run().once, created_id="7", outs={"name": "Web"})

    with pytest.raises(ValueError, match="no"):
        served(provider_pb2.CreateRequest(urn="urn:of:it"), context, decided)

    told = context.told()
    half = provider_pb2.ErrorResourceInitFailed.FromString(told.details[0].value)
    assert (told.message, half.id, dict(half.properties), list(half.reasons)) == (
        "no",
        "7",
        {"name": "Web"},
        ["no"],
    )


def test_what_waits_for_the_end_of_a_call_hears_of_it():
    context, heard = Context(), []

    served(SimpleNamespace(urn=""), context, lambda _: pulumi_engine.when_over(lambda: heard.append("over")))
    assert heard == []
    for each in context.at_the_end:
        each()

    assert heard == ["over"]


@pytest.mark.parametrize(
    ("olds", "moves"), [({"name": "x"}, True), ({"__provider": "x"}, False), (None, False)]
)
def test_a_state_without_a_provider_in_it_is_the_plugins(olds, moves):
    request = SimpleNamespace(urn="") if olds is None else SimpleNamespace(urn="", olds=olds)

    assert served(request, Context(), lambda call: call.moves_here) is moves


def test_where_nobody_asks_there_is_a_call_about_nothing():
    with engine.call() as call:
        assert isinstance(call, Served)
        assert (pulumi_engine.resource_name(), call.moves_here) == ("", False)


def test_an_engine_is_there_as_long_as_somebody_listens_at_its_address():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        assert left_behind.is_there(address)

    assert not left_behind.is_there(address)
