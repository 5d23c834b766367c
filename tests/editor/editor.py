"""An editor without a window: a text in it, and its user's settings -> what the YAML language server says."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

SECONDS = 60  # of an answer; on an idle machine they take milliseconds
CURSOR = "|"
# What the server would otherwise fetch from the net.
OFFLINE = {"schemaStore": {"enable": False}, "kubernetesCRDStore": {"enable": False}}
Answer = TypeVar("Answer")


class Mark(NamedTuple):
    """What the editor underlines, and the words it shows there."""

    line: str
    underlined: str
    message: str


class Editor:
    """A language server at work; `with Editor(program, folder, {"customTags": [...]}) as editor: ...`.

    Every text is a new file of `folder` that is never saved, so that its modeline is followed from there.
    """

    def __init__(self, program: Path, folder: Path, settings: Mapping[str, Any]) -> None:
        self.program = program
        self.settings = {"yaml": {**OFFLINE, **settings}}
        self.names = (folder.joinpath(f"unsaved-{number}.yaml").as_uri() for number in itertools.count())
        self.loop = asyncio.Runner()
        self.client = LanguageClient("editor", "1")
        self.diagnostics: dict[str, asyncio.Future[list[lsp.Diagnostic]]] = {}

        @self.client.feature(lsp.WORKSPACE_CONFIGURATION)
        def configuration(_: LanguageClient, asked: lsp.ConfigurationParams) -> list[Any]:
            return [self.settings.get(item.section or "") for item in asked.items]

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def publish(_: LanguageClient, said: lsp.PublishDiagnosticsParams) -> None:
            if not self.diagnostics[said.uri].done():
                self.diagnostics[said.uri].set_result(list(said.diagnostics))

    def __enter__(self) -> Editor:
        self._run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._stop())
        self.loop.close()

    def _run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self.loop.run(asyncio.wait_for(work, SECONDS))

    async def _start(self) -> None:
        await self.client.start_io("node", str(self.program), "--stdio")
        workspace = lsp.WorkspaceClientCapabilities(configuration=True)
        hover = lsp.HoverClientCapabilities(content_format=[lsp.MarkupKind.Markdown])
        capabilities = lsp.ClientCapabilities(workspace, lsp.TextDocumentClientCapabilities(hover=hover))
        await self.client.initialize_async(lsp.InitializeParams(capabilities))
        self.client.initialized(lsp.InitializedParams())

    async def _stop(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()

    async def _open(self, text: str) -> tuple[lsp.TextDocumentIdentifier, list[lsp.Diagnostic]]:
        name = next(self.names)
        self.diagnostics[name] = asyncio.get_running_loop().create_future()
        item = lsp.TextDocumentItem(name, "yaml", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return lsp.TextDocumentIdentifier(name), await self.diagnostics[name]

    def marks(self, text: str) -> list[Mark]:
        """What is underlined in this text."""
        _, found = self._run(self._open(text))
        lines = text.splitlines()
        return [
            Mark(
                line=lines[each.range.start.line].strip(),
                underlined=lines[each.range.start.line][
                    each.range.start.character : each.range.end.character
                ],
                message=each.message,
            )
            for each in found
        ]

    def offered(self, text: str) -> list[str]:
        """What is offered at the "|" in this text, of that what goes on from the letters before it."""
        text, place, begun = _at_cursor(text)

        async def ask() -> lsp.CompletionList | list[lsp.CompletionItem] | None:
            document, _ = await self._open(text)
            return await self.client.text_document_completion_async(lsp.CompletionParams(document, place))

        answer = self._run(ask())
        items = answer.items if isinstance(answer, lsp.CompletionList) else answer or []
        return [item.label for item in items if item.label.startswith(begun)]

    def hover(self, text: str) -> str:
        """What is shown when the mouse rests at the "|" in this text."""
        text, place, _ = _at_cursor(text)

        async def ask() -> lsp.Hover | None:
            document, _ = await self._open(text)
            return await self.client.text_document_hover_async(lsp.HoverParams(document, place))

        answer = self._run(ask())
        assert answer is not None, "nothing is shown there"
        assert isinstance(answer.contents, lsp.MarkupContent)
        return answer.contents.value


def _at_cursor(text: str) -> tuple[str, lsp.Position, str]:
    before, _, after = text.partition(CURSOR)
    line = before.rpartition("\n")[2]
    return before + after, lsp.Position(before.count("\n"), len(line)), line.rpartition(" ")[2]
