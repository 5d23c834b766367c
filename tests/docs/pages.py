"""A page of the documentation -> its fenced blocks; and a reader who types all of them into one shell."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DOCS = REPOSITORY / "docs"
PAGES = (
    *(REPOSITORY / name for name in ("README.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted(DOCS.rglob("*.md")),
)
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>\S.*)?$")
SECONDS = 400  # for all commands of a page
# What a page begins with is there when its story begins.
DEPLOYED = {"posthog.yaml"}
APPLIED = "\npulumi up --yes --skip-preview --diff"
READY = "for _ in $(seq 120); do grep -qs 'admin page' sandbox.log && break; sleep 0.5; done"


@dataclass(frozen=True)
class Block:
    """A fenced block: "```sh exits=7" has the language "sh" and the options {"exits": "7"}."""

    page: Path
    line: int
    language: str
    options: Mapping[str, str]
    text: str

    @property
    def name(self) -> str:
        """Where it stands."""
        return f"{self.page.relative_to(REPOSITORY)}:{self.line}"


@dataclass(frozen=True)
class Step:
    """What the reader does, and the output that the page promises (None: it says nothing about it)."""

    block: Block
    promised: Block | None


def blocks(page: Path) -> tuple[Block, ...]:
    """The fenced blocks of a page, in their order."""
    return tuple(_blocks(page))


def _blocks(page: Path) -> Iterator[Block]:
    opened: re.Match[str] | None = None
    start, lines = 0, list[str]()
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = FENCE.match(line)
        if opened is None:
            if fence:
                opened, start, lines = fence, number, []
        elif fence and fence["info"] is None:
            language, *options = (opened["info"] or "").split()
            pairs = (option.partition("=") for option in options)
            yield Block(
                page, start, language, {name: value for name, _, value in pairs}, "\n".join(lines) + "\n"
            )
            opened = None
        else:
            lines.append(line.removeprefix(opened["indent"]))
    assert opened is None, f"{page.name}:{start}: a fence that nothing closes"


def steps(page: Path) -> tuple[Step, ...]:
    """What a page asks its reader to do: run `sh` blocks, and write files.

    A file is a block whose first line is its name: `# posthog.yaml`. A `text` block right after a command is what
    it prints.
    """
    found = blocks(page)
    return tuple(
        Step(block, after if after is not None and after.language == "text" else None)
        for block, after in zip_longest(found, found[1:])
        if block.language == "sh" or file_of(block)
    )


def file_of(block: Block) -> str | None:
    """The file that a block is the content of."""
    match = re.match(r"# (\S+\.(?:yaml|py))\n", block.text)
    return match[1] if match and block.language in {"yaml", "python"} else None


def read(
    page: Path,
    environment: Mapping[str, str],
    folder: Path,
    *,
    header: str = "",
    put: Mapping[str, str] | None = None,
) -> None:
    """Follow a page from its first command to its last; AssertionError where something else happens than it says.

    `header` goes before a posthog.yaml that does not say which organization it is about; `put` are words of the
    page and what stands for them on this machine.
    """
    tasks = steps(page)
    words = put or {}
    first = next((step.block for step in tasks if file_of(step.block) in DEPLOYED), None)
    script = ""
    for number, step in enumerate(tasks):
        script += _put(_command(step.block, header), words) + (APPLIED if step.block is first else "")
        script += f"\nprintf '\\n@@%s %s@@\\n' {number} $?\n"
    process = subprocess.Popen(
        ["bash", "-c", script],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=SECONDS)
    finally:
        if process.poll() is None or "pulumi-posthog sandbox" in script:
            _end(process.pid)
    parts = re.split(r"\n@@(\d+) (\d+)@@\n", output)
    assert len(parts) == 3 * len(tasks) + 1, f"{page.name}: the shell ended early:\n{output}"
    for step, said, status in zip(tasks, parts[0::3], parts[2::3], strict=False):
        _check(step, said, int(status), words)


def _end(group: int) -> None:
    try:
        os.killpg(group, signal.SIGTERM)
    except ProcessLookupError:
        return


def _command(block: Block, header: str) -> str:
    name = file_of(block)
    if name is None:
        # A person waits for the line that says where it is.
        return block.text + (READY if "pulumi-posthog sandbox" in block.text else "")
    text = block.text
    if name == "posthog.yaml" and "\norganization:" not in text:
        text = header + text
    return f"cat > {name} <<'END OF FILE'\n{text}END OF FILE"


def _put(text: str, words: Mapping[str, str]) -> str:
    for word, other in words.items():
        text = text.replace(word, other)
    return text


def _check(step: Step, said: str, status: int, words: Mapping[str, str]) -> None:
    block = step.block
    print(f"$ {block.text}{said}\nstatus {status}\n")
    wanted = int(block.options.get("exits", "0"))
    assert status == wanted, f"{block.name} ended with {status}:\n{block.text}\n{said}"
    assert "Traceback" not in said, f"{block.name}:\n{said}"
    if step.promised:
        assert_said(step.promised, said, words)


def assert_said(promised: Block, said: str, put: Mapping[str, str] | None = None) -> None:
    """Every line of a block is in the output, in that order; "..." is any text, or any lines."""
    rest = plain(said)
    for line in promised.text.splitlines():
        if not plain(line) or line.strip() == "...":
            continue
        # A narrow terminal may break a line at any blank.
        parts = (re.escape(plain(part)).replace(r"\ ", r"\s+") for part in _put(line, put or {}).split("..."))
        match = re.search(r"[^\n]*?\s*?".join(parts), rest)
        assert match, f"{promised.name} is not printed (any more):\n{line}\n\nbut:\n{said}"
        rest = rest[match.end() :]


def plain(text: str) -> str:
    """One space for every run of blanks within a line: Pulumi and tables align."""
    return "\n".join(re.sub(r"[ \t]+", " ", line).replace(" :", ":").strip() for line in text.splitlines())
