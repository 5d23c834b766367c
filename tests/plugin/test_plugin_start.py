"""How the plugin starts: twice in each run of Pulumi, the second time for its configuration alone."""

from __future__ import annotations

import subprocess
import sys
import threading

import grpc

from pulumi_posthog.stack.plugin.at_start import AtStart
from pulumi_posthog.stack.plugin.before_resources import BeforeResources
from pulumi_posthog.stack.plugin.protocol import provider_pb2, provider_pb2_grpc
from pulumi_posthog.stack.plugin.server import served
from pulumi_posthog.stack.plugin.servicer import Provider
from pulumi_posthog.values.version import __version__


def test_what_it_says_of_its_configuration_needs_neither_kinds_nor_http():
    program = """
import sys
from types import SimpleNamespace
from pulumi_posthog.stack.plugin.at_start import AtStart
from pulumi_posthog.stack.plugin.protocol import provider_pb2
provider = AtStart("127.0.0.1:9")
provider.Handshake(provider_pb2.ProviderHandshakeRequest(), None)
urn = "urn:pulumi:test::tried::pulumi:providers:posthog::default"
assert provider.CheckConfig(provider_pb2.CheckRequest(urn=urn), None) == provider_pb2.CheckResponse(inputs={})
provider.DiffConfig(provider_pb2.DiffRequest(urn=urn), None)
provider.Cancel(None, None)
heavy = {"httpx", "pulumi", "yaml", "jsonschema", "pulumi_posthog.kinds", "pulumi_posthog.reconcile"} & set(sys.modules)
assert "posthog:index:Role" in provider.GetSchema(None, None).schema  # which programs in YAML ask another one for
heavy |= {"httpx", "pulumi", "yaml", "jsonschema"} & set(sys.modules)
sys.exit(f"imports {heavy}" if heavy else 0)
"""

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_each_call_that_the_provider_answers_is_handed_on_to_it():
    offered = {name for name in vars(provider_pb2_grpc.ResourceProviderServicer) if name[0].isupper()}
    served = {name for name in offered if overridden(Provider, name)}

    assert {name for name in offered if overridden(AtStart, name)} == served
    assert {name for name in offered if overridden(BeforeResources, name)} < served


def test_the_first_call_about_a_resource_is_answered_by_the_provider(monkeypatch):
    monkeypatch.setattr(Provider, "Check", lambda self, request, _: (self.engine, request.urn))
    at_start = AtStart("127.0.0.1:9")

    answer = at_start.Check(provider_pb2.CheckRequest(urn="one"), None)

    assert answer == ("127.0.0.1:9", "one")
    assert at_start.provider() is at_start.provider()
    assert at_start.GetPluginInfo(None, None).version == __version__


def overridden(provider: type, name: str) -> bool:
    return getattr(provider, name) is not getattr(provider_pb2_grpc.ResourceProviderServicer, name)


def test_a_program_for_the_plugin_starts_without_what_decides_about_resources():
    """That is in the plugin's process. The dynamic provider is made where a program needs it."""
    program = """
import sys
import pulumi_posthog.stack.program
needless = {"pulumi_posthog.stack.run", "pulumi_posthog.stack.dynamic.provider", "pulumi_posthog.reconcile.apply"}
sys.exit(f"imports {needless & set(sys.modules)}" if needless & set(sys.modules) else 0)
"""

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_sixteen_calls_are_served_side_by_side(monkeypatch):
    together = threading.Barrier(16)

    def answer(_self, request, _context):
        together.wait(60)
        return provider_pb2.CheckResponse(inputs=request.news)

    monkeypatch.setattr(AtStart, "Check", answer)
    server, port = served(AtStart())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        check = provider_pb2_grpc.ResourceProviderStub(channel).Check.future

        calls = [check(provider_pb2.CheckRequest(news={"place": place})) for place in range(16)]

        assert [call.result(60).inputs["place"] for call in calls] == [*range(16)]
    server.stop(None).wait()
