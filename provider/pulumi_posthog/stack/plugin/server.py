"""`pulumi-resource-posthog`: Pulumi starts it, reads its port, and ends it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_posthog.stack.plugin.at_start import AtStart

CALLS = (
    16  # served at once, as many as there are connections; Pulumi's own limit is --parallel, 4 for each core
)
GRACE = 5.0  # seconds that calls under way have when Pulumi is gone
LOOK = 1.0  # seconds between two looks whether Pulumi is still there
LARGEST = 400 * 1024 * 1024  # bytes of a message, as Pulumi has it


def main() -> None:
    """Serve until Pulumi has enough; its address is the last argument."""
    from pulumi_posthog.values.version import __version__

    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        print(__version__)  # noqa: T201 - what was asked for
        return
    # Before it stands what `pulumi -v=9 --logflow` hands on, which says nothing to us: this program writes no log.
    *flags, address = arguments or ["127.0.0.1:0"]
    if address.startswith("-") or ":" not in address or (flags and not flags[0].startswith("-")):
        sys.exit(
            "pulumi-resource-posthog: Pulumi starts this program; do not run it yourself\n"
            "  hint: name it in Pulumi.yaml: `plugins: {providers: [{name: posthog, path: .venv/bin}]}`"
        )

    from pulumi_posthog.values.lasting import lasting

    with lasting():
        from pulumi_posthog.stack.plugin.at_start import AtStart

        provider = AtStart(*arguments[-1:])
        server, port = served(provider)
    # Set, whatever was inherited: a shell has its jobs in the background ignore Ctrl-C, by which Pulumi ends its
    # plugins, and it waits five seconds for those that ignore it.
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    print(port, flush=True)  # noqa: T201 - Pulumi waits for it
    parent = os.getppid()
    while not over.wait(LOOK):
        if os.getppid() != parent:
            _finish(server, provider)
            break
    # Soon: threads that wait for PostHog must not hold up Pulumi. But what runs there for us is called off.
    provider.finish()
    os._exit(0)


def served(provider: Any) -> tuple[Any, int]:
    """A server that has begun, on this machine alone, and its port."""
    import grpc

    from pulumi_posthog.stack.plugin.protocol import provider_pb2_grpc

    limits = [("grpc.max_receive_message_length", LARGEST), ("grpc.max_send_message_length", LARGEST)]
    server = grpc.server(ThreadPoolExecutor(max_workers=CALLS), options=limits)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def _finish(server: Any, provider: AtStart) -> None:
    """Pulumi was killed: let writes under way get their answer, and wake those that wait."""
    stopped = server.stop(GRACE)
    provider.finish()
    stopped.wait(GRACE)


if __name__ == "__main__":
    main()
