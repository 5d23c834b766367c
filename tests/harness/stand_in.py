"""In place of one of our programs: has it forked by a process that has imported it, and ends as it does.

`forked.stand_ins` copies this file into a folder, under the names of such programs. It hands on its files, its signals
and its end. What it does not know, and what has other variables for Python, becomes the real program. It imports only
what Python has loaded anyway, and so takes a hundredth of a second.
"""

import _signal
import _socket
import marshal
import posix
import sys

AT_ONCE = ("PYTHONUNBUFFERED",)  # Pulumi adds it, to see at once what a program prints
folder, _, name = sys.argv[0].rpartition("/")
arguments = sys.argv[1:]
with open(f"{folder}/known", "rb") as file:  # noqa: PTH123 - pathlib takes longer to import than all of this
    known = marshal.load(file)  # noqa: S302 - from our own file


def text(value: bytes) -> str:
    """As Python reads the names of files."""
    return value.decode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())


def forked() -> None:
    """Have it forked, and end as it ends."""
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.connect(known["sockets"][name])
    message = marshal.dumps([[name, *arguments], posix.getcwd(), environment])
    files = b"".join(each.to_bytes(4, sys.byteorder) for each in (0, 1, 2))
    length = len(message).to_bytes(4, "big")
    connection.sendmsg([length], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
    connection.sendall(message)
    for number in (_signal.SIGINT, _signal.SIGTERM):
        _signal.signal(number, lambda number, _: connection.send(bytes([number])))
    status = int.from_bytes(connection.recv(4), "big", signed=True)
    if status < 0:  # it was ended by a signal, and so is this
        _signal.signal(-status, _signal.SIG_DFL)
        posix.kill(posix.getpid(), -status)
    posix._exit(status)


environment = {text(key): text(value) for key, value in posix.environ.items()}
at_start = {
    key: value
    for key, value in environment.items()
    if key.startswith(known["at start"]) and key not in AT_ONCE
}
python = name.startswith("python")
if at_start == known["variables"]:
    if (
        not python
        or "".join(arguments[:1]).endswith("-python-exec")
        or arguments[:3] == ["-u", "-m", "pulumi.dynamic"]
    ):
        forked()
    if arguments == ["--version"]:
        print("Python", sys.version.partition(" ")[0])
        sys.exit()
    if arguments == known["packages"][0]:
        print(known["packages"][1], end="")
        sys.exit()
posix.execv(f"{known['real']}/{name}", [f"{known['real']}/{name}", *arguments])
