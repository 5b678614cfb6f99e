"""Changes that an editor offers: formatted searches, fixes of findings, and comments that suppress one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Edit
from generator.base.frozen import dataclass
from generator.content.positions import scalar_edit, source_of
from generator.spl.format import format_spl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.base.diagnostics import Diagnostic
    from generator.content.model import Document, Pointer
    from generator.editor.workspace import Workspace

_KEY = re.compile(r"[^\s#-][^:]*:(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Action:
    """A change with a title. `settles` is the finding that it is for; `preferred` marks what should be offered first."""

    title: str
    edits: tuple[Edit, ...]
    settles: Diagnostic
    preferred: bool = False


def format_searches(workspace: Workspace, path: str) -> tuple[Edit, ...]:
    """Return the edits that lay out the searches of a file; one that cannot be parsed stays as it is."""
    document = workspace.document(path)
    if document is None:
        return ()
    edits = []
    for pointer, search in searches_of(document):
        laid = format_spl(search, workspace.env.commands)
        if laid != search:
            edits.append(scalar_edit(document, pointer, laid))
    return tuple(edits)


def searches_of(document: Document) -> Iterator[tuple[Pointer, str]]:
    """Yield the searches of a file with their pointers: its own, and those of drilldowns."""
    search = document.data.get("search")
    if isinstance(search, str) and search.strip():
        yield ("search",), search
    drilldowns = document.data.get("drilldown_searches")
    for index, drilldown in enumerate(drilldowns if isinstance(drilldowns, list) else ()):
        search = drilldown.get("search") if isinstance(drilldown, dict) else None
        if isinstance(search, str) and search.strip():
            yield ("drilldown_searches", index, "search"), search


def actions_for(text: str, diagnostics: tuple[Diagnostic, ...]) -> list[Action]:
    """Return what can be done about findings of a file with this text."""
    found: list[Action] = []
    for diagnostic in diagnostics:
        fix = diagnostic.fix
        if fix is not None and fix.edits:
            found.append(Action(fix.description, fix.edits, diagnostic, preferred=fix.safe))
        comment = _ignore(text, diagnostic)
        if comment is not None:
            found.append(Action(f"Ignore {diagnostic.code} here, with a reason", (comment,), diagnostic))
    return found


def _ignore(text: str, diagnostic: Diagnostic) -> Edit | None:
    """Return the comment above the entry that a finding lies in: inside of a value it would be text."""
    path = diagnostic.span.path
    source = source_of(path, text)
    number = diagnostic.span.line
    while number > 1:
        line = source.line(number)
        if line[:1] not in (" ", "\t", "-", "#", "}", "]", "") and _KEY.match(line):
            break
        number -= 1
    start = source.offset(number, 1)
    end = "\r\n" if "\r\n" in text else "\n"
    return Edit(path, start, start, f"# contentpack: ignore[{diagnostic.code}] say why{end}")
