"""What the program spares the engine and itself; it uses names of the SDK's own, which another version may not have."""

import pytest

from pulumi_posthog.stack.sdk_repairs import SDK_DEBUG_VARIABLE

pytestmark = pytest.mark.e2e

SAID_FOR_EACH_RESOURCE = "resource registration prepared"


def test_the_sdk_still_has_what_is_mended():
    from pulumi.runtime import resource, rpc_manager, settings, stack

    assert issubclass(stack.ResourceRegistrationFailed, Exception)
    assert settings._get_rpc_manager().unhandled_exception is None
    assert callable(settings._get_rpc_manager().do_rpc)
    assert hasattr(resource, "log")
    assert hasattr(rpc_manager, "log")
    assert isinstance(settings._get_rpc_manager().rpcs, list)


def test_the_sdks_debug_messages_come_only_when_asked_for(stack):
    stack.write("roles:\n  Analysts: {}\n")

    quiet = stack.preview("--debug")
    stack.environment[SDK_DEBUG_VARIABLE] = "true"
    loud = stack.preview("--debug")

    assert (quiet.status, loud.status) == (0, 0)
    assert SAID_FOR_EACH_RESOURCE not in quiet.text
    assert SAID_FOR_EACH_RESOURCE in loud.text
