"""Declarations -> what the engine is asked to register, in which order, and what it is not asked after a failure."""

import signal
from types import SimpleNamespace

from google.protobuf import json_format, struct_pb2

from pulumi_posthog.stack import sdk_repairs
from pulumi_posthog.stack.declarations import THE_GUARD, Declaration, IdOf
from pulumi_posthog.stack.handlers.call import NOT_YET_KNOWN
from pulumi_posthog.stack.plugin.protocol.registering import resource_pb2
from pulumi_posthog.stack.plugin.registrar import Made, NotTried, Registrar, in_stack
from pulumi_posthog.stack.plugin.wire import SECRET, SIGNATURE, UNKNOWN

PREFIX = "urn:pulumi:test::tried"
STACK = f"{PREFIX}::pulumi:pulumi:Stack::tried-test"


class Engine:
    """Answers each request with a URN, and an id where it is no preview; what is in `failing` could not be made."""

    def __init__(self, *failing: str, preview: bool = False) -> None:
        self.asked: list = []
        self.failing = failing
        self.preview = preview
        self.RegisterResource = SimpleNamespace(future=self._take)

    def _take(self, request):
        self.asked.append(request)
        failed = request.name in self.failing
        answer = resource_pb2.RegisterResourceResponse(
            urn=f"{PREFIX}::{request.type}::{request.name}",
            id="" if self.preview else f"id of {request.name}",
            object=struct_pb2.Struct(),
            result=resource_pb2.Result.FAIL if failed else resource_pb2.Result.SUCCESS,
        )
        return SimpleNamespace(result=lambda: answer)


def declared(kind, name, **more):
    more = {"properties": {"name": name}, **more}
    return Declaration(key=(kind, name), type=kind.title(), about=f'{kind} "{name}"', **more)


def registrar(engine, **more):
    return Registrar(engine, STACK, lambda each, parent: in_stack(each, parent, PREFIX), **more)


GUARD = Declaration(key=THE_GUARD, type="Guard", properties={}, about="the guard")
WEB = declared("project", "Web", follows=(THE_GUARD,), retained=True, previously=("Shop",))
HOOK = declared(
    "hook",
    "Mail",
    parent=("project", "Web"),
    properties={"project": IdOf(("project", "Web")), "key": "hush", "left_out": None},
    secrets=frozenset({"key"}),
    secret_outputs=("token",),
)
ROLE = declared("role", "Ops", follows=(THE_GUARD,))


def test_no_property_of_what_only_follows_another_one_depends_on_that():
    engine = Engine()

    registrar(engine).register([GUARD, ROLE])

    role = json_format.MessageToDict(engine.asked[1])
    assert role["dependencies"] == [f"{PREFIX}::posthog:index:Guard::guard"]
    assert role["propertyDependencies"] == {"name": {}}  # without a word of any the engine says so of all


def test_a_list_is_deleted_with_its_role():
    engine = Engine()
    members = declared("role_members", "Ops", parent=("role", "Ops"), deleted_with=("role", "Ops"))

    registrar(engine).register([GUARD, ROLE, members])

    assert [each.deletedWith for each in engine.asked] == ["", "", f"{PREFIX}::posthog:index:Role::Ops"]


def test_what_is_in_another_one_is_registered_after_it_with_its_id_and_what_is_secret_is_marked():
    engine = Engine()

    registrar(engine).register([GUARD, WEB, HOOK, ROLE])

    assert [each.name for each in engine.asked] == ["guard", "Web", "Ops", "Mail"]
    assert json_format.MessageToDict(engine.asked[3]) == {
        "type": "posthog:index:Hook",
        "name": "Mail",
        "parent": f"{PREFIX}::posthog:index:Project::Web",
        "custom": True,
        "object": {"project": "id of Web", "key": {SIGNATURE: SECRET, "value": "hush"}},
        "dependencies": [f"{PREFIX}::posthog:index:Project::Web"],
        "propertyDependencies": {"project": {"urns": [f"{PREFIX}::posthog:index:Project::Web"]}},
        "retainOnDelete": False,  # else it would be what its project is
        "additionalSecretOutputs": ["token"],
        # Below the earlier names of its parent, too: that may have moved already, in a run that was killed.
        "aliases": [
            {
                "spec": {
                    "name": "Mail",
                    "type": "posthog:index:Hook",
                    "parentUrn": f"{PREFIX}::posthog:index:Organization$posthog:index:Project::Web",
                }
            },
            {"spec": {"name": "Mail", "type": "pulumi-python:dynamic/posthog:Hook"}},
            {
                "spec": {
                    "name": "Mail",
                    "type": "pulumi-python:dynamic/posthog:Hook",
                    "parentUrn": f"{PREFIX}::pulumi-python:dynamic/posthog:Project::Web",
                }
            },
        ],
        "aliasSpecs": True,
        "acceptSecrets": True,
        "supportsPartialValues": True,
        "supportsResultReporting": True,
    }


def test_a_resource_of_a_stack_is_taken_over_under_its_earlier_names_from_both_providers_and_from_a_component():
    engine = Engine()

    registrar(engine).register([GUARD, WEB])

    web = json_format.MessageToDict(engine.asked[1])
    assert (web["parent"], web["retainOnDelete"]) == (STACK, True)
    assert "protect" not in web  # nobody has said whether it is
    assert web["aliases"] == [
        {"spec": {"name": "Shop", "type": "posthog:index:Project"}},
        {"spec": {"name": "Web", "type": "pulumi-python:dynamic/posthog:Project"}},
        {"spec": {"name": "Shop", "type": "pulumi-python:dynamic/posthog:Project"}},
        {"urn": f"{PREFIX}::posthog:index:Organization$posthog:index:Project::Web"},
        {"urn": f"{PREFIX}::posthog:index:Organization$posthog:index:Project::Shop"},
    ]


def test_an_id_that_only_up_will_know_is_unknown_in_a_preview():
    engine = Engine(preview=True)

    registrar(engine).register([GUARD, WEB, HOOK])

    assert engine.asked[2].object["project"] == UNKNOWN


def test_what_is_in_something_that_failed_is_not_asked_and_all_else_is():
    engine = Engine("Web")
    failing = registrar(engine)

    try:
        failing.register([GUARD, WEB, HOOK, ROLE])
    except NotTried as error:
        names = error.names

    assert names == ['hook "Mail"']
    assert [each.name for each in engine.asked] == ["guard", "Web", "Ops"]
    assert set(failing.made) == {THE_GUARD, ("role", "Ops")}


def test_what_the_sdk_has_registered_counts_as_there_and_what_it_could_not_as_failed():
    engine = Engine()
    made = {THE_GUARD: Made("urn of the guard", NOT_YET_KNOWN)}

    try:
        registrar(engine, made=made).register([HOOK, ROLE])
    except NotTried as error:
        names = error.names

    assert names == ['hook "Mail"']
    assert [(each.name, list(each.dependencies)) for each in engine.asked] == [("Ops", ["urn of the guard"])]


def test_a_program_that_pulumi_ends_says_nothing_and_one_with_a_handler_of_its_own_keeps_it():
    def own(*_):
        pass

    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, own)
        sdk_repairs.end_when_told()
        assert signal.getsignal(signal.SIGINT) is own
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sdk_repairs.end_when_told()
        assert signal.getsignal(signal.SIGINT) not in (own, signal.default_int_handler)
    finally:
        signal.signal(signal.SIGINT, before)
