"""The language server driven by a real client (pygls' own) over standard input and output, and over TCP."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import socket
import sys
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from generator.authoring.scaffold.new_pack import PackNames, new_pack
from generator.base.files import write_files

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

TODAY = datetime.datetime.now(tz=datetime.UTC).date()
PATH = "detections/endpoint/ssh_login_after_repeated_failures.yml"
MACRO = "macros/linux_secure_log.yml"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    names = PackNames("acme", "Acme Detections", "ACME", "Acme SOC", "soc@acme.example")
    write_files(tmp_path, new_pack(names, today=TODAY, new_id=uuid.uuid4))
    return tmp_path


class Editor:
    """An editor as a test needs one: opens and changes a file, waits for findings, asks."""

    def __init__(self, client: LanguageClient, pack: Path) -> None:
        self.client = client
        self.pack = pack
        self.versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}
        self.found: dict[str, list[types.Diagnostic]] = {}
        self.seen: dict[str, int] = {}
        self.told: list[str] = []
        self._news = asyncio.Event()

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.found[params.uri] = list(params.diagnostics)
            self.seen[params.uri] = params.version or 0
            self._news.set()

        @client.feature(types.WINDOW_SHOW_MESSAGE)
        def shown(params: types.ShowMessageParams) -> None:
            self.told.append(params.message)

        @client.feature(types.WINDOW_LOG_MESSAGE)
        def logged(params: types.LogMessageParams) -> None:
            self.told.append(params.message)

    def uri(self, path: str) -> str:
        return (self.pack / path).as_uri()

    async def start(self, encodings: list[types.PositionEncodingKind] | None = None) -> types.InitializeResult:
        general = types.GeneralClientCapabilities(position_encodings=encodings) if encodings else None
        result = await self.client.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(general=general),
                workspace_folders=[types.WorkspaceFolder(self.pack.as_uri(), "pack")],
            )
        )
        self.client.initialized(types.InitializedParams())
        return result

    async def open(self, path: str, text: str | None = None) -> list[str]:
        self.texts[path] = text if text is not None else (self.pack / path).read_text(encoding="utf-8")
        item = types.TextDocumentItem(self.uri(path), "yaml", 1, self.texts[path])
        self.versions[path] = 1
        return await self._sent(path, lambda: self.client.text_document_did_open(types.DidOpenTextDocumentParams(item)))

    async def replace(self, path: str, old: str, new: str) -> list[str]:
        """Change a part of the text the way editors do: by range, in UTF-16."""
        text = self.texts[path]
        start = text.index(old)
        self.versions[path] += 1
        change = types.TextDocumentContentChangePartial(
            range=types.Range(position(text, start), position(text, start + len(old))), text=new
        )
        self.texts[path] = text[:start] + new + text[start + len(old) :]
        identifier = types.VersionedTextDocumentIdentifier(self.versions[path], self.uri(path))
        params = types.DidChangeTextDocumentParams(identifier, [change])
        return await self._sent(path, lambda: self.client.text_document_did_change(params))

    async def _sent(self, path: str, send: Callable[[], None]) -> list[str]:
        send()
        return await self.findings(path)

    async def findings(self, path: str, code: str = "") -> list[str]:
        """Wait for what is found in the newest text of a file, and for a code among it."""
        for _ in range(200):
            codes = [str(item.code) for item in self.found.get(self.uri(path), ())]
            if self.seen.get(self.uri(path), 0) >= self.versions[path] and (not code or code in codes):
                return codes
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), 0.1)
        raise AssertionError(f"no findings came for {path}: {self.found}, {self.told}")

    def at(self, path: str, needle: str, inside: int) -> dict[str, Any]:
        text = self.texts[path]
        return {
            "text_document": types.TextDocumentIdentifier(self.uri(path)),
            "position": position(text, text.index(needle) + inside),
        }

    def apply(self, path: str, edits: Any) -> str:
        """Return the text with edits made, positions read as UTF-16."""
        text = self.texts[path]
        for edit in sorted(edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True):
            start, end = index(text, edit.range.start), index(text, edit.range.end)
            text = text[:start] + edit.new_text + text[end:]
        return text


def position(text: str, offset: int) -> types.Position:
    line = text.count("\n", 0, offset)
    begin = text.rfind("\n", 0, offset) + 1
    return types.Position(line, len(text[begin:offset].encode("utf-16-le")) // 2)


def index(text: str, place: types.Position) -> int:
    begin = 0
    for _ in range(place.line):
        begin = text.index("\n", begin) + 1
    line = text[begin : text.find("\n", begin) if "\n" in text[begin:] else len(text)]
    return begin + len(line.encode("utf-16-le")[: place.character * 2].decode("utf-16-le", "ignore"))


def drive(pack: Path, steps: Callable[[Editor], Awaitable[None]]) -> None:
    async def run() -> None:
        client = LanguageClient("test", "1")
        await client.start_io(sys.executable, "-m", "generator", "lsp")
        editor = Editor(client, pack)
        try:
            await asyncio.wait_for(steps(editor), 60)
            await client.shutdown_async(None)
            client.exit(None)
        except BaseException:
            if client._server is not None:
                client._server.kill()  # else stopping would wait for it
            raise
        finally:
            await client.stop()

    asyncio.run(run())


def test_open_edit_diagnose_complete_hover_define_format_fix(pack: Path) -> None:
    async def steps(editor: Editor) -> None:
        client = editor.client
        result = await editor.start()
        assert result.capabilities.completion_provider is not None
        assert await editor.open(PATH) == []
        # A character of two UTF-16 units in front of what follows on the same line.
        assert await editor.replace(PATH, "| where failures >= 5", '| eval mark="𝄞" | wher failures >= 5') == ["SPL003"]
        (finding,) = editor.found[editor.uri(PATH)]
        text = editor.texts[PATH]
        assert text[index(text, finding.range.start) : index(text, finding.range.end)] == "wher"
        assert (finding.severity, finding.source) == (types.DiagnosticSeverity.Error, "contentpack")

        found = await client.text_document_completion_async(
            types.CompletionParams(**editor.at(PATH, "wher failures", 4))
        )
        assert isinstance(found, types.CompletionList)
        where = next(item for item in found.items if item.label == "where")
        assert "| where failures" in editor.apply(PATH, [where.text_edit])

        actions = await client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(editor.uri(PATH)), finding.range, types.CodeActionContext([finding])
            )
        )
        (ignore,) = [action for action in actions or [] if isinstance(action, types.CodeAction)]
        assert ignore.edit is not None
        assert ignore.edit.changes is not None
        changed = editor.apply(PATH, ignore.edit.changes[editor.uri(PATH)])
        assert "# contentpack: ignore[SPL003] say why\nsearch: |-" in changed

        assert await editor.replace(PATH, "wher failures", "where   failures") == []
        edits = await client.text_document_formatting_async(
            types.DocumentFormattingParams(
                types.TextDocumentIdentifier(editor.uri(PATH)), types.FormattingOptions(2, insert_spaces=True)
            )
        )
        assert "| where failures>=5 AND" in editor.apply(PATH, edits) or "| where failures >= 5 AND" in editor.apply(
            PATH, edits
        )

        hover = await client.text_document_hover_async(types.HoverParams(**editor.at(PATH, "`linux_secure_log`", 3)))
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert "sourcetype=linux_secure" in hover.contents.value
        place = await client.text_document_definition_async(
            types.DefinitionParams(**editor.at(PATH, "`linux_secure_log`", 3))
        )
        assert isinstance(place, types.Location)
        assert place.uri == editor.uri(MACRO)
        assert (pack / MACRO).read_text(encoding="utf-8").splitlines()[place.range.start.line].startswith("definition:")

        lenses = await client.text_document_code_lens_async(
            types.CodeLensParams(types.TextDocumentIdentifier(editor.uri(PATH)))
        )
        assert [lens.command.title for lens in lenses or [] if lens.command] == ["Run tests"]
        assert (pack / PATH).read_text(encoding="utf-8") != editor.texts[PATH], "nothing was written"

    drive(pack, steps)


def test_a_macro_edit_reaches_the_open_detection_and_broken_yaml_is_survived(pack: Path) -> None:
    async def steps(editor: Editor) -> None:
        await editor.start()
        assert await editor.open(PATH) == []
        assert await editor.open(MACRO) == []
        await editor.replace(MACRO, "name: linux_secure_log", "name: linux_secure_logs")
        assert "MAC001" in await editor.findings(PATH, "MAC001")
        assert "YML001" in await editor.replace(PATH, "tests:", "tests: [")
        assert "MAC001" in await editor.replace(PATH, "tests: [", "tests:")
        outside = (pack.parent / "elsewhere.yml").as_uri()
        answer = await editor.client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(outside), types.Position(0, 0))
        )
        assert answer is None

    drive(pack, steps)


def test_the_tests_of_a_detection_run_on_demand(pack: Path) -> None:
    async def steps(editor: Editor) -> None:
        await editor.start()
        await editor.open(PATH)
        params = types.ExecuteCommandParams("contentpack.runTests", arguments=[editor.uri(PATH)])
        result = await editor.client.workspace_execute_command_async(params)
        passed = result["passed"] if isinstance(result, dict) else result.passed
        assert passed
        assert any("2 of 2 tests passed" in line for line in editor.told)
        log = pack / "attack_data/ssh_login_after_repeated_failures/auth.log"
        log.write_text(log.read_text(encoding="utf-8").replace("Accepted", "Refused"), encoding="utf-8")
        await editor.client.workspace_execute_command_async(params)
        assert any("1 of 2 tests passed" in line for line in editor.told)

    drive(pack, steps)


def test_another_encoding_is_used_when_the_client_offers_it_first(pack: Path) -> None:
    async def steps(editor: Editor) -> None:
        result = await editor.start([types.PositionEncodingKind.Utf32, types.PositionEncodingKind.Utf16])
        agreed = result.capabilities.position_encoding
        text = (pack / PATH).read_text(encoding="utf-8").replace("| where fail", '| eval m="𝄞" | wher fail')
        assert await editor.open(PATH, text) == ["SPL003"]
        (finding,) = editor.found[editor.uri(PATH)]
        line = text.splitlines()[finding.range.start.line]
        wanted = line.index("wher fail") + (0 if agreed == types.PositionEncodingKind.Utf32 else 1)
        assert finding.range.start.character == wanted

    drive(pack, steps)


def test_over_tcp(pack: Path) -> None:
    async def run() -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "generator", "lsp", "--tcp", f"127.0.0.1:{port}"), stderr=asyncio.subprocess.DEVNULL
        )
        client = LanguageClient("test", "1")
        try:
            for _ in range(100):
                try:
                    await client.start_tcp("127.0.0.1", port)
                    break
                except OSError:
                    await asyncio.sleep(0.1)
            editor = Editor(client, pack)
            await editor.start()
            assert await editor.open(PATH) == []
        finally:
            process.terminate()
            await process.wait()
            await client.stop()

    asyncio.run(run())


def test_two_packs_a_huge_file_a_renamed_file_and_an_unreadable_attack_table(pack: Path) -> None:
    other = pack / "other"
    names = PackNames("beta", "Beta Detections", "BETA", "Beta SOC", "soc@beta.example")
    write_files(other, new_pack(names, today=TODAY, new_id=uuid.uuid4))

    async def steps(editor: Editor) -> None:
        await editor.start()
        second = f"other/{PATH}"
        assert await editor.open(PATH) == []
        assert await editor.open(second) == []
        assert "SPL003" in await editor.replace(second, "| stats count", "| stat count")
        assert await editor.replace(PATH, "name: SSH", "name:  SSH") == [], "the other pack's mistake is not this one's"

        huge = "detections/endpoint/huge.yml"
        text = f"name: Huge\ndescription: {'x' * 12_000_000}\n"
        assert await editor.open(huge, text) != []

        old = pack / MACRO
        renamed = "macros/renamed.yml"
        assert await editor.open(MACRO) == []
        editor.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(editor.uri(MACRO)))
        )
        old.rename(pack / renamed)
        assert await editor.open(renamed) == ["REF006"], "called otherwise than its macro, and not defined twice"
        assert "MAC001" not in await editor.replace(PATH, "name:  SSH", "name: SSH")

        (pack / "bad.json").write_text("{", encoding="utf-8")
        config = (pack / "contentpack.yml").read_text(encoding="utf-8")
        assert await editor.open("contentpack.yml", f"{config}attack: bad.json\n") != []
        for _ in range(100):  # the message comes behind the findings
            if any("bad.json" in line for line in editor.told):
                break
            await asyncio.sleep(0.05)
        assert any("bad.json" in line and "built-in" in line for line in editor.told), editor.told

    drive(pack, steps)
