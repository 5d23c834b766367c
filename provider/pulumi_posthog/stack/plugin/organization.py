"""The component `posthog:index:Organization`: all that a posthog.yaml declares, for a program in any language."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Any

import grpc

from pulumi_posthog import config
from pulumi_posthog.api import ApiError
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.declarations import PERSONS, declarations
from pulumi_posthog.stack.handlers.call import NOT_YET_KNOWN
from pulumi_posthog.stack.location import PROPERTY, Location
from pulumi_posthog.stack.other_stacks import UnknownOwners, hosts_of_stack, projects_of_stack
from pulumi_posthog.stack.plugin.answers import Refused
from pulumi_posthog.stack.plugin.organization_schema import INPUTS
from pulumi_posthog.stack.plugin.protocol.registering import resource_pb2, resource_pb2_grpc
from pulumi_posthog.stack.plugin.registrar import NotTried, Registrar, Stopped, in_component
from pulumi_posthog.stack.plugin.wire import Secret, opened, received, sent
from pulumi_posthog.stack.resolution import checks_in_preview, resolved
from pulumi_posthog.stack.run import Run
from pulumi_posthog.stack.urn import COMPONENT, PLUGIN_TYPE
from pulumi_posthog.values import host as values_host
from pulumi_posthog.values.configured import IsSecret
from pulumi_posthog.values.local_file import project_folder
from pulumi_posthog.values.problem import ConfigError
from pulumi_posthog.values.spelling import one_line
from pulumi_posthog.values.suggestion import suggestion

NAME = COMPONENT.removeprefix(PLUGIN_TYPE)
TYPE = COMPONENT


def constructed(request: Any, run: Run) -> tuple[str, dict[str, Any]]:
    """Register the component and all that is in it: its URN, its outputs by name. Raises Refused and Stopped.

    Nothing is registered before the whole file is good and everything it refers to was found.
    """
    inputs = opened(received(request.inputs))
    configuration = _configuration(request, inputs, run)
    over = threading.Event()
    with grpc.insecure_channel(request.monitorEndpoint) as channel:

        def end() -> None:
            over.set()
            channel.close()

        # After a refusal Pulumi leaves the registration of what was refused without an answer.
        pulumi_engine.when_over(end)
        try:
            return _registered(request, configuration, inputs, resource_pb2_grpc.ResourceMonitorStub(channel))
        except Exception as error:
            if over.is_set():
                raise Stopped from error
            raise


def _registered(
    request: Any, configuration: Configuration, inputs: Mapping[str, Any], monitor: Any
) -> tuple[str, dict[str, Any]]:
    try:
        urn = monitor.RegisterResource(
            resource_pb2.RegisterResourceRequest(
                type=TYPE,
                name=request.name,
                parent=request.parent,
                custom=False,
                object=sent(inputs),
                protect=request.protect,
                dependencies=request.dependencies,
                aliases=request.aliases,
                aliasSpecs=True,
                acceptSecrets=True,
            )
        ).urn
    except grpc.RpcError as error:
        raise Stopped from error
    registrar = Registrar(
        monitor,
        urn,
        in_component,
        provider=request.providers.get("posthog", ""),
        protect=request.protect,
        retain=request.retainOnDelete,
    )
    try:
        registrar.register(declarations(configuration))
    except NotTried as error:
        raise Refused(str(error)) from None
    if configuration.checks and request.dryRun:
        pulumi_engine.say(checks_in_preview(len(configuration.checks)))
    outputs = {**inputs, **_outputs(registrar)}
    try:
        monitor.RegisterResourceOutputs(
            resource_pb2.RegisterResourceOutputsRequest(urn=urn, outputs=sent(outputs))
        )
    except grpc.RpcError as error:
        raise Stopped from error
    return urn, outputs


def _outputs(registrar: Registrar) -> dict[str, Any]:
    projects, tokens, erasures = {}, {}, {}
    for (type_, name), made in registrar.made.items():
        if type_ == PROJECT.name:
            projects[name] = made.id
            tokens[name] = opened(made.outputs.get("api_token")) or NOT_YET_KNOWN
        elif type_ == PERSONS:
            erasures[name] = opened(made.outputs.get("receipts")) or []
    result: dict[str, Any] = {"projects": projects, "projectTokens": Secret(tokens)}
    return {**result, "erasures": Secret(erasures)} if erasures else result


def _configuration(request: Any, inputs: Mapping[str, Any], run: Run) -> Configuration:
    """What the file declares, with everything it refers to looked up. Raises Refused."""
    for name in inputs:
        if name not in INPUTS:
            hint = suggestion(name, INPUTS)
            raise Refused(f'an organization has no property "{one_line(name)}"\n  hint: {hint}')
    file = inputs.get("file", "posthog.yaml")
    if not isinstance(file, str):
        raise Refused(
            "file must be known before anything is done: write the path itself, and not an output of a resource"
        )
    try:
        configuration = config.load(
            project_folder() / file,
            environment=os.environ,
            secret=lambda name: request.config.get(f"posthog:{name}"),
            configured=lambda name: _plain_setting(request, name),
        )
        _agreed(configuration.host, request)
        location = Location(configuration.host, configuration.organization)
        live = run.view({PROPERTY: location.as_property[PROPERTY]}).live
        return resolved(
            configuration,
            live,
            limits=run.settings.limits,
            ours=lambda: projects_of_stack(_stack(request), project_folder()),
        )
    except ConfigError as error:
        raise Refused("\n".join(map(str, error.problems))) from error
    except (ApiError, CannotApply) as error:
        raise Refused(str(error)) from error


def _plain_setting(request: Any, name: str) -> str | None:
    if f"posthog:{name}" in request.configSecretKeys:
        raise IsSecret
    return dict(request.config).get(f"posthog:{name}")


def _stack(request: Any) -> str:
    return f"{request.organization or 'organization'}/{request.project}/{request.stack}"


def _agreed(host: str, request: Any) -> None:
    """Refuse to send the key to a host that only the file names, unless the stack has been there already."""
    if not values_host.only_declared(host, os.environ):
        return
    try:
        values_host.agreed(host, os.environ, hosts_of_stack(_stack(request), project_folder()))
    except values_host.HostRefused as error:
        raise Refused(f"{error.problem}\n  hint: {error.hint}") from None
    except UnknownOwners as error:
        raise Refused(
            f"only the file says that the API key may be sent to {host}: {error}\n"
            f"  hint: if it may, say so: export {values_host.VARIABLE}={host}"
        ) from None
