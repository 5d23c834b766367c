"""The engine's calls: each is translated, decided by a handler, and translated back."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import empty_pb2

from pulumi_posthog.stack.handlers.call import NOT_YET_KNOWN, Call, Failure
from pulumi_posthog.stack.handlers.configuration import configure
from pulumi_posthog.stack.handlers.under_way import UnderWay
from pulumi_posthog.stack.plugin import settings
from pulumi_posthog.stack.plugin.answers import Refused, failed
from pulumi_posthog.stack.plugin.before_resources import BeforeResources
from pulumi_posthog.stack.plugin.details import details
from pulumi_posthog.stack.plugin.importing import imported
from pulumi_posthog.stack.plugin.protocol import (
    engine_pb2,
    engine_pb2_grpc,
    provider_pb2,
)
from pulumi_posthog.stack.plugin.types import CHECK, GUARD, Resource, at, resource_of
from pulumi_posthog.stack.plugin.wire import Secret, opened, received, sent
from pulumi_posthog.stack.run import Run
from pulumi_posthog.stack.urn import name_of
from pulumi_posthog.values.spelling import one_line
from pulumi_posthog.values.text import lines
from pulumi_posthog.values.variables import KEY_VARIABLE
from pulumi_posthog.values.version import __version__

MOVES = "this stack moves from the dynamic provider to the provider plugin: nothing is deleted or replaced for that"
ENDED = "Pulumi ended this run before everything in the file was registered: the other messages say why"
Method = Callable[..., Any]


def answering(response: Callable[[], Any]) -> Callable[[Method], Method]:
    """Serve a call about one resource: what its handler says is shown beside it, and an error ends it cleanly."""

    def decorated(method: Method) -> Method:
        @functools.wraps(method)
        def call(self: Provider, request: Any, context: Any) -> Any:
            with self.serving(request, context) as made:
                resource = resource_of(request.type)
                try:
                    if isinstance(resource, str):
                        raise Refused(resource)
                    return method(self, request, resource, made)
                except Exception as error:
                    if made.failure and not isinstance(resource, str):
                        made.failure = _marked(made.failure, resource)
                    failed(context, made, error)
                    return response()

        return call

    return decorated


def _marked(failure: Failure, resource: Resource) -> Failure:
    return Failure(failure.text, failure.created_id, resource.form.answered(failure.outs, frozenset()))


class Provider(BeforeResources):
    """`pulumirpc.ResourceProvider`: one for each process, which has one configuration.

    Each call gets and answers the messages that Pulumi's protocol has for it (pulumi, proto/pulumi/provider.proto). One
    in which an error is raised ends as `answers.failed` says.
    """

    def __init__(self, engine: str | None = None) -> None:
        super().__init__(engine)
        self.run = Run()
        self._component: str | None = None
        self._address: tuple[str, str] | None = None
        self._calls = UnderWay()

    # -- what the plugin is -----------------------------------------------------------------------------------

    # -- the configuration ------------------------------------------------------------------------------------

    def Configure(self, request: Any, context: Any) -> Any:
        """Take over the configuration; a limit that makes no sense stops the run."""
        with self.serving(request, context) as call:
            texts = settings.texts(received(request.args))
            self._address = settings.address(texts)
            try:
                if not os.environ.get(KEY_VARIABLE) and settings.KEY not in texts:
                    raise Refused(settings.NO_KEY)
                configure(self.run, texts.get)
            except Exception as error:
                failed(context, call, error)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    # -- resources --------------------------------------------------------------------------------------------

    @answering(provider_pb2.CheckResponse)
    def Check(self, request: Any, resource: Resource, call: Call) -> Any:
        """What is declared, complete and comparable, or why it can't be."""
        news = received(request.news)
        _same_version(news)
        properties, faults = resource.form.given(call.urn and (name_of(call.urn) or ""), news)
        if resource.form.located:
            faults += at(properties, self._address)
        inputs = properties
        if not faults:
            olds = resource.form.taken(received(request.olds))
            result = resource.handler(self.run).check(olds, properties)
            inputs = result.inputs
            failures = [
                provider_pb2.CheckFailure(property=failure.property, reason=failure.reason)
                for failure in result.failures
            ]
        else:
            failures = [
                provider_pb2.CheckFailure(property=fault.name, reason=lines(fault.text)) for fault in faults
            ]
        return provider_pb2.CheckResponse(
            inputs=sent(resource.form.answered(inputs, _secret(news))), failures=failures
        )

    @answering(provider_pb2.DiffResponse)
    def Diff(self, request: Any, resource: Resource, call: Call) -> Any:
        """What is declared against what PostHog has."""
        form, news = resource.form, _placed(received(request.news), request.old_inputs)
        if resource.name == GUARD and "__provider" in request.olds:
            call.say(MOVES)
        taken = form.taken(news)
        result = resource.handler(self.run).diff(request.id, form.taken(received(request.olds)), taken)
        if not result.changes:
            return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)
        replaces = list(result.replaces or ())
        found = details(opened(received(request.old_inputs)), opened(news), form.shown)
        kind = provider_pb2.PropertyDiff.Kind
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME,
            replaces=replaces,
            deleteBeforeReplace=bool(result.delete_before_replace),
            diffs=sorted({path.partition("[")[0] for path in found}),
            detailedDiff={
                path: provider_pb2.PropertyDiff(
                    kind=kind.Value(f"{what}_REPLACE" if path.partition("[")[0] in replaces else what),
                    inputDiff=True,
                )
                for path, what in found.items()
            },
            hasDetailedDiff=bool(found),
        )

    @answering(provider_pb2.ReadResponse)
    def Read(self, request: Any, resource: Resource, call: Call) -> Any:
        """What PostHog has now; without an id where it has it no more."""
        stored, inputs = received(request.properties), received(request.inputs)
        if not stored and resource.kind is not None:
            result = imported(self.run, resource.kind, request.id, self._address)
        elif not stored:
            raise Refused(f"a {resource.name} is not an object in PostHog: it can't be imported")
        else:
            result = resource.handler(self.run).read(request.id, resource.form.taken(stored))
        if result.id is None:
            return provider_pb2.ReadResponse()
        secret = _secret(stored) | _secret(inputs)
        outs = resource.form.answered(result.outs, secret)
        # A resource that is nothing in PostHog keeps its inputs.
        kept = sent(inputs if result.inputs is None else resource.form.answered(result.inputs, secret))
        # Where none are answered, Pulumi keeps those that it has, but an import has none. Nearly always they are the
        # same, and what is not sent need not be taken apart and logged there.
        same = stored and kept == request.inputs
        return provider_pb2.ReadResponse(
            id=result.id,
            properties=sent(outs),
            inputs=None if same else kept,
            refresh_before_update=_refreshed(resource),
        )

    @answering(provider_pb2.CreateResponse)
    def Create(self, request: Any, resource: Resource, call: Call) -> Any:
        """Make it; in a preview say what is known of it."""
        properties = received(request.properties)
        if call.dry_run:
            return provider_pb2.CreateResponse(properties=sent({**_not_yet(resource), **properties}))
        result = resource.handler(self.run).create(resource.form.taken(properties))
        return provider_pb2.CreateResponse(
            id=result.id,
            properties=sent(resource.form.answered(result.outs, _secret(properties))),
            refresh_before_update=_refreshed(resource),
        )

    @answering(provider_pb2.UpdateResponse)
    def Update(self, request: Any, resource: Resource, call: Call) -> Any:
        """Change it; in a preview say what is known of it."""
        olds, news = received(request.olds), received(request.news)
        if call.dry_run:
            return provider_pb2.UpdateResponse(properties=sent({**olds, **news}))
        form = resource.form
        result = resource.handler(self.run).update(request.id, form.taken(olds), form.taken(news))
        return provider_pb2.UpdateResponse(
            properties=sent(form.answered(result.outs, _secret(news))),
            refresh_before_update=_refreshed(resource),
        )

    @answering(empty_pb2.Empty)
    def Delete(self, request: Any, resource: Resource, _call: Call) -> Any:
        """Remove it."""
        resource.handler(self.run).delete(request.id, resource.form.taken(received(request.properties)))
        return empty_pb2.Empty()

    # -- the component ----------------------------------------------------------------------------------------

    def Construct(self, request: Any, context: Any) -> Any:
        """Register everything that a posthog.yaml declares; Pulumi calls it once for each component of a program."""
        from pulumi_posthog.stack.plugin.organization import NAME, TYPE, constructed
        from pulumi_posthog.stack.plugin.registrar import Stopped

        with self.serving(request, context) as call:
            try:
                if request.type != TYPE:
                    raise Refused(
                        f'there is no component "{one_line(request.type)}"\n  hint: there is {TYPE}'
                    )
                if self._component is not None:
                    raise Refused(
                        f'a stack has one {NAME}, and "{one_line(self._component)}" is it:'
                        f' "{one_line(request.name)}" is not registered\n'
                        "  hint: put both into one file, with `!include`, or into two stacks"
                    )
                self._component = request.name
                urn, outputs = constructed(request, self.run)
                return provider_pb2.ConstructResponse(urn=urn, state=sent(outputs))
            except Stopped:
                context.set_code(grpc.StatusCode.CANCELLED)
                context.set_details(ENDED)
            except Exception as error:
                failed(context, call, error)
        return provider_pb2.ConstructResponse()

    # -- the end ----------------------------------------------------------------------------------------------

    def Cancel(self, _request: Any, _context: Any) -> Any:
        """Pulumi has been told to stop: writes that are under way get their answer, and nothing waits any more."""
        self.finish()
        return empty_pb2.Empty()

    def finish(self) -> None:
        """Have what PostHog does for us called off, then wake all that waits."""
        self._calls.finish(self.run)

    # -- speaking ---------------------------------------------------------------------------------------------

    @contextmanager
    def serving(self, request: Any, context: Any) -> Iterator[Call]:
        """Make a call known to all that is decided in the block."""
        urn = getattr(request, "urn", "")  # a component has none before it is registered
        call = Call(
            urn,
            say=functools.partial(self._log, urn, engine_pb2.INFO),
            warn=functools.partial(self._log, urn, engine_pb2.WARNING),
            stored=lambda: opened(received(request.inputs)) if hasattr(request, "inputs") else {},
            dry_run=bool(getattr(request, "preview", False)),
        )
        with self._calls.serving(call, context):
            yield call

    def _log(self, urn: str, severity: Any, text: str) -> None:
        stub = self._stub()
        if stub is not None:
            stub.Log(engine_pb2.LogRequest(severity=severity, message=text, urn=urn))

    @functools.cache  # noqa: B019 - one provider for each process
    def _stub(self) -> Any:
        return engine_pb2_grpc.EngineStub(grpc.insecure_channel(self.engine)) if self.engine else None


def _placed(news: dict[str, Any], old_inputs: Any) -> dict[str, Any]:
    """`news` with what is ours alone (`__at`) as it was, where Pulumi asks what would be if nothing were known.

    It asks so of what depends on something that is to be replaced, as the state says: one that an earlier version has
    written says so of every property.
    """
    unknown = [name for name, value in news.items() if value is NOT_YET_KNOWN and name.startswith("__")]
    if not unknown:
        return news
    before = received(old_inputs)
    return news | {name: before[name] for name in unknown if name in before}


def _secret(properties: Mapping[str, Any]) -> frozenset[str]:
    """The properties that a program has made secret, all or in part."""
    return frozenset(name for name, value in properties.items() if isinstance(value, Secret))


def _refreshed(resource: Resource) -> bool:
    """Whether Pulumi reads it in every run, asked to or not: so a bare preview shows what was changed by hand.

    Not the guard: it takes being read for a sign that everything was.
    """
    return resource.name not in (GUARD, CHECK)


def _not_yet(resource: Resource) -> dict[str, Any]:
    fields = resource.kind.fields if resource.kind else ()
    return {field.name: NOT_YET_KNOWN for field in fields if field.read_only}


def _same_version(news: dict[str, Any]) -> None:
    theirs = news.pop("__version", None)
    if theirs not in (None, __version__):
        raise Refused(
            f"the program has pulumi-posthog {theirs}, and the provider plugin is of {__version__}\n"
            "  hint: install both in one virtual environment, and name its folder under `plugins:` in Pulumi.yaml"
        )
