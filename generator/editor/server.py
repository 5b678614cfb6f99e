"""The Language Server Protocol over `generator.editor`: this module translates, and decides nothing about content.

Positions come and go in the encoding that pygls agreed on with the client (UTF-16 unless both know better). Needs the
extra `lsp` (pygls).
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from generator.base.diagnostics import GeneratorError, Severity
from generator.content.config import CONFIG_FILES
from generator.editor import changing, completion, knowing
from generator.editor.completion import Sort
from generator.editor.cursor import cursor_at
from generator.editor.positions import Place, offset_of, place_of, range_of
from generator.editor.workspace import Workspace
from generator.version import __version__

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable

    from generator.base.diagnostics import Diagnostic, Edit
    from generator.editor.positions import Encoding, Range

RUN_TESTS: Final = "contentpack.runTests"
_SEVERITIES: Final = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_KINDS: Final = {
    Sort.FIELD: types.CompletionItemKind.Field,
    Sort.COMMAND: types.CompletionItemKind.Keyword,
    Sort.FUNCTION: types.CompletionItemKind.Function,
    Sort.MACRO: types.CompletionItemKind.Snippet,
    Sort.LOOKUP: types.CompletionItemKind.Struct,
    Sort.MODEL: types.CompletionItemKind.Module,
    Sort.OPTION: types.CompletionItemKind.Property,
    Sort.VALUE: types.CompletionItemKind.Value,
}
_TEST_SECONDS: Final = 600


class ContentServer(LanguageServer):
    """A language server for content packs: one workspace for each pack that files are opened of."""

    def __init__(self, clock: Callable[[], datetime.date]) -> None:
        super().__init__("contentpack", __version__)
        self.clock = clock
        self.packs: dict[Path, Workspace] = {}
        self.checking: set[Path] = set()
        self.told: dict[Path, tuple[str, ...]] = {}

    # -- files -------------------------------------------------------------------------------------------------------

    def place(self, uri: str) -> tuple[Workspace, str] | None:
        """Return the pack of a file and its path there; None for what belongs to no pack."""
        parts = urlsplit(uri)
        if parts.scheme != "file":
            return None
        file = Path(url2pathname(unquote(parts.path) if "%" in parts.path else parts.path))
        root = next((top for top in file.parents if any((top / name).is_file() for name in CONFIG_FILES)), None)
        if root is None:
            folders = [Path(url2pathname(unquote(urlsplit(folder).path))) for folder in self.workspace.folders]
            root = next((folder for folder in folders if file.is_relative_to(folder)), None)
        if root is None or file.suffix.lower() not in (".yml", ".yaml"):
            return None
        if root not in self.packs:
            self.packs[root] = Workspace(root, self.clock)
        return self.packs[root], file.relative_to(root).as_posix()

    def uri(self, pack: Workspace, path: str) -> str:
        """Return the address of a file of a pack."""
        return (pack.root / path).as_uri()

    def source(self, uri: str) -> str:
        """Return the text of an open file."""
        return str(self.workspace.get_text_document(uri).source)

    @property
    def encoding(self) -> Encoding:
        """What columns are counted in."""
        return cast(
            "Encoding", str(getattr(self.workspace.position_encoding, "value", self.workspace.position_encoding))
        )

    def text_of(self, pack: Workspace, path: str) -> str:
        """Return a file's text, the unsaved one where it is open."""
        own = pack.text(path)
        if own is not None:
            return own
        document = pack.document(path)
        return document.text if document is not None else ""

    # -- findings ----------------------------------------------------------------------------------------------------

    def publish(self, pack: Workspace, path: str, found: Iterable[Diagnostic]) -> None:
        """Send a file's findings."""
        text = self.text_of(pack, path)
        uri = self.uri(pack, path)
        opened = self.workspace.text_documents.get(uri)
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(
                uri=uri,
                version=opened.version if opened is not None else None,
                diagnostics=[self.diagnostic(pack, item, text) for item in found],
            )
        )

    def diagnostic(self, pack: Workspace, item: Diagnostic, text: str) -> types.Diagnostic:
        """Return a finding in the protocol's form."""
        related = [
            types.DiagnosticRelatedInformation(
                location=types.Location(
                    uri=self.uri(pack, note.span.path),
                    range=_range(range_of(note.span, self.text_of(pack, note.span.path), self.encoding)),
                ),
                message=note.message,
            )
            for note in item.notes
            if note.span is not None
        ]
        return types.Diagnostic(
            range=_range(range_of(item.span, text, self.encoding)),
            message=item.message + (f"\n{item.hint}" if item.hint else ""),
            severity=_SEVERITIES[item.severity],
            code=item.code,
            source="contentpack",
            related_information=related or None,
        )

    def changed(self, uri: str, text: str) -> None:
        """Take a file's text and send what is found in it, and in open files that depend on it."""
        place = self.place(uri)
        if place is None:
            return
        pack, path = place
        try:
            for other in pack.set_text(path, text):
                self.publish(pack, other, pack.diagnostics(other))
            self.tell(pack)
        except GeneratorError as error:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"contentpack: {error}"))

    def tell(self, pack: Workspace) -> None:
        """Show what a person has to know of a pack, once until it changes."""
        trouble = pack.trouble()
        for text in trouble:
            if text not in self.told.get(pack.root, ()):
                self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, f"contentpack: {text}"))
        self.told[pack.root] = trouble

    async def check_saved(self, uri: str) -> None:
        """Check the whole pack as it is on disk, beside what is typed on; send what is found."""
        place = self.place(uri)
        if place is None or place[0].root in self.checking:
            return
        pack = place[0]
        self.checking.add(pack.root)
        try:
            found = await asyncio.to_thread(pack.check_saved)
            opened = set(pack.open_paths())
            for path, listed in found.items():
                if path not in opened:
                    self.publish(pack, path, listed)
            for path in opened:
                self.publish(pack, path, pack.diagnostics(path))
        except GeneratorError as error:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, f"contentpack: {error}"))
        finally:
            self.checking.discard(pack.root)

    # -- edits -------------------------------------------------------------------------------------------------------

    def workspace_edit(self, pack: Workspace, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        """Return edits of any files in the protocol's form."""
        changes: dict[str, list[types.TextEdit]] = {}
        for edit in edits:
            changes.setdefault(self.uri(pack, edit.path), []).append(self.text_edit(pack, edit))
        return types.WorkspaceEdit(changes=cast("Any", changes))

    def text_edit(self, pack: Workspace, edit: Edit) -> types.TextEdit:
        """Return one edit in the protocol's form."""
        text = self.text_of(pack, edit.path)
        start = place_of(edit.path, text, edit.start, self.encoding)
        end = place_of(edit.path, text, edit.end, self.encoding)
        return types.TextEdit(types.Range(_position(start), _position(end)), edit.text)


def _position(place: Place) -> types.Position:
    return types.Position(place.line, place.column)


def _range(found: Range) -> types.Range:
    return types.Range(_position(found.start), _position(found.end))


def make_server(clock: Callable[[], datetime.date]) -> ContentServer:
    """Return a server with all its features; `clock` gives the day for findings about the future."""
    server = ContentServer(clock)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(ls: ContentServer, params: types.DidOpenTextDocumentParams) -> None:
        ls.changed(params.text_document.uri, ls.source(params.text_document.uri))
        await ls.check_saved(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: ContentServer, params: types.DidChangeTextDocumentParams) -> None:
        ls.changed(params.text_document.uri, ls.source(params.text_document.uri))

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(ls: ContentServer, params: types.DidSaveTextDocumentParams) -> None:
        await ls.check_saved(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: ContentServer, params: types.DidCloseTextDocumentParams) -> None:
        place = ls.place(params.text_document.uri)
        if place is not None:
            place[0].close(place[1])

    _reading(server)
    _writing(server)
    return server


def _reading(server: ContentServer) -> None:
    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["`", "|", " ", "$", ".", "=", ":"])
    )
    def complete(ls: ContentServer, params: types.CompletionParams) -> types.CompletionList:
        place = ls.place(params.text_document.uri)
        found = _cursor(ls, params)
        items: list[types.CompletionItem] = []
        if place is not None and found is not None:
            pack, path = place
            cursor, text, offset = found
            for proposal in completion.complete(pack, path, cursor):
                start = place_of(path, text, offset - proposal.replaces, ls.encoding)
                items.append(
                    types.CompletionItem(
                        label=proposal.label,
                        kind=_KINDS[proposal.sort],
                        detail=proposal.detail or None,
                        documentation=proposal.documentation or None,
                        filter_text=f"{proposal.text} {proposal.detail}"
                        if proposal.sort is Sort.VALUE
                        else proposal.text,
                        text_edit=types.TextEdit(types.Range(_position(start), params.position), proposal.text),
                    )
                )
        return types.CompletionList(is_incomplete=len(items) >= completion.LIMIT, items=items)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(ls: ContentServer, params: types.HoverParams) -> types.Hover | None:
        place, found = ls.place(params.text_document.uri), _cursor(ls, params)
        if place is None or found is None:
            return None
        known = knowing.known_at(place[0], found[0])
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, known.markdown)) if known.markdown else None

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(ls: ContentServer, params: types.DefinitionParams) -> types.Location | None:
        place, found = ls.place(params.text_document.uri), _cursor(ls, params)
        if place is None or found is None:
            return None
        span = knowing.known_at(place[0], found[0]).definition
        if span is None:
            return None
        pack = place[0]
        return types.Location(ls.uri(pack, span.path), _range(range_of(span, ls.text_of(pack, span.path), ls.encoding)))


def _cursor(ls: ContentServer, params: Any) -> tuple[Any, str, int] | None:  # noqa: ANN401 - any request with a position
    place = ls.place(params.text_document.uri)
    if place is None:
        return None
    text = ls.source(params.text_document.uri)
    offset = offset_of(place[1], text, Place(params.position.line, params.position.character), ls.encoding)
    cursor = cursor_at(text, offset)
    return (cursor, text, offset) if cursor is not None else None


def _writing(server: ContentServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(ls: ContentServer, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        place = ls.place(params.text_document.uri)
        if place is None:
            return []
        pack, path = place
        return [ls.text_edit(pack, edit) for edit in changing.format_searches(pack, path)]

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )
    def actions(ls: ContentServer, params: types.CodeActionParams) -> list[types.CodeAction]:
        place = ls.place(params.text_document.uri)
        if place is None:
            return []
        pack, path = place
        text = ls.text_of(pack, path)
        wanted = tuple(
            item
            for item in pack.diagnostics(path)
            if _touches(_range(range_of(item.span, text, ls.encoding)), params.range)
        )
        return [
            types.CodeAction(
                title=action.title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[ls.diagnostic(pack, action.settles, text)],
                is_preferred=action.preferred or None,
                edit=ls.workspace_edit(pack, action.edits),
            )
            for action in changing.actions_for(text, wanted)
        ]

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    def lenses(ls: ContentServer, params: types.CodeLensParams) -> list[types.CodeLens]:
        place = ls.place(params.text_document.uri)
        document = place[0].document(place[1]) if place is not None else None
        if place is None or document is None or not document.data.get("tests"):
            return []
        text = ls.text_of(*place)
        line = next((number for number, found in enumerate(text.split("\n")) if found.startswith("tests:")), 0)
        where = types.Range(types.Position(line, 0), types.Position(line, 5))
        command = types.Command(title="Run tests", command=RUN_TESTS, arguments=[params.text_document.uri])
        return [types.CodeLens(range=where, command=command)]

    @server.command(RUN_TESTS)
    async def run_tests(ls: ContentServer, uri: str) -> dict[str, Any]:
        place = ls.place(uri)
        if place is None:
            return {"error": f"{uri} is no file of a content pack"}
        result = await tests_of(place[0].root, place[1])
        level = types.MessageType.Info if result.get("passed") else types.MessageType.Error
        ls.window_show_message(types.ShowMessageParams(level, result["message"]))
        return result


def _touches(one: types.Range, other: types.Range) -> bool:
    first = (one.start.line, one.start.character), (one.end.line, one.end.character)
    second = (other.start.line, other.start.character), (other.end.line, other.end.character)
    return first[0] <= second[1] and second[0] <= first[1]


async def tests_of(root: Path, path: str) -> dict[str, Any]:
    """Run the tests of a detection's saved file in a process of their own; return their report and one line about it."""
    with tempfile.TemporaryDirectory(prefix="contentpack-lsp-") as folder:
        report = Path(folder) / "report.json"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "generator", "test", "--repo", str(root), path, "--json", str(report)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, told = await asyncio.wait_for(process.communicate(), _TEST_SECONDS)
        except TimeoutError:
            process.kill()
            return {"passed": False, "tests": [], "message": f"{path}: the tests did not end in {_TEST_SECONDS} s"}
        if not report.is_file():
            lines = told.decode(errors="replace").strip().splitlines()
            return {"passed": False, "tests": [], "message": lines[-1] if lines else f"{path}: no test could be run"}
        found = json.loads(report.read_bytes())
    tests = found.get("tests", [])
    failed = [test for test in tests if test.get("outcome") != "pass"]
    message = f"{path}: {len(tests) - len(failed)} of {len(tests)} tests passed"
    if failed:
        message += "".join(f"\n{test.get('test')}: {test.get('outcome')}: {test.get('reason')}" for test in failed)
    return {"passed": bool(tests) and not failed, "tests": tests, "message": message}
