"""`contentpack fmt`: searches laid out readably, by edits that leave everything else in the files as it is."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from generator.cli import terminal
from generator.cli.options import example, pack_paths, repo_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from generator.base.diagnostics import Edit
    from generator.base.source import Span
    from generator.content.model import Document, Pointer
    from generator.spl.errors import SplError
    from generator.spl.syntax import CommandTable

_STDIN = "-"
_STDIN_NAME = "<stdin>"


@click.command("fmt", epilog=example("contentpack fmt detections/endpoint --diff"))
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@repo_option
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 if something would change.")
@click.option("--diff", "show_diff", is_flag=True, help="Change nothing; print what would change.")
def command(*, paths: tuple[str, ...], repo: Path, check: bool, show_diff: bool) -> int:
    """Lay out the searches of content files readably.

    Without PATH, those of the whole pack; with `-` as PATH, the SPL on standard input is printed laid out. A search
    with a syntax error is left as it is and named.
    """
    if _STDIN in paths:
        if paths != (_STDIN,):
            raise click.UsageError("`-` (standard input) goes alone")
        return _format_stdin(check=check, show_diff=show_diff)
    from generator.cli.files import rewrite

    writing = not check and not show_diff
    changed, broken, same = 0, 0, 0
    with terminal.Progress() as progress:
        for number, document in enumerate(_documents(repo, pack_paths(repo, paths))):
            progress.step("laying out", number)
            result = _lay_out(document)
            if result.errors:
                broken += 1
                progress.clear()
                for span, error in result.errors:
                    terminal.note(f"{span.path}:{span.line}:{span.col}: left as it is: {error.message}")
            if result.text == document.text:
                same += 1
                continue
            if writing:
                rewrite(repo / document.path, document.text, result.text)
            changed += 1
            progress.clear()
            if show_diff:
                _print_diff(document.path, document.text, result.text)
            else:
                terminal.emit(f"{'formatted' if writing else 'would format'} {terminal.printable(document.path)}\n")
    terminal.note(_summary(changed, same, broken, writing=writing))
    return int(bool(broken) or (bool(changed) and not writing))


@dataclass(frozen=True, slots=True)
class _Result:
    """A file's new text (the old one where nothing changes), and the errors of searches that were left."""

    text: str
    errors: tuple[tuple[Span, SplError], ...]


def _lay_out(document: Document) -> _Result:
    from generator.cli.files import apply_edits
    from generator.commands import load_commands
    from generator.content.positions import locate, scalar_edit

    edits: list[Edit] = []
    errors: list[tuple[Span, SplError]] = []
    for pointer, search in _searches(document):
        laid = _format(search, load_commands())
        if isinstance(laid, str):
            if laid != search:
                edits.append(scalar_edit(document, pointer, laid))
        else:
            errors += [(locate(document, pointer, error.start, error.end), error) for error in laid]
    return _Result(apply_edits(document.text, edits), tuple(errors))


def _format(search: str, commands: CommandTable) -> str | tuple[SplError, ...]:
    """Return a search laid out, or its syntax errors; trailing line ends stay the YAML's business."""
    from generator.spl.format import format_spl
    from generator.spl.parser import parse

    errors = parse(search, commands).errors
    return errors or format_spl(search, commands)


def _searches(document: Document) -> Iterator[tuple[Pointer, str]]:
    """Yield the searches of a file with their pointers: its own, and those of drilldowns."""
    search = document.data.get("search")
    if isinstance(search, str) and search.strip():
        yield ("search",), search
    drilldowns = document.data.get("drilldown_searches")
    if isinstance(drilldowns, list):
        for index, drilldown in enumerate(drilldowns):
            search = drilldown.get("search") if isinstance(drilldown, dict) else None
            if isinstance(search, str) and search.strip():
                yield ("drilldown_searches", index, "search"), search


def _documents(root: Path, paths: Sequence[str]) -> Iterator[Document]:
    """Yield the content files at or below the paths (none: all) that can be read; `validate` reports the others."""
    from generator.content.load import list_files, read_document

    for path in list_files(root).documents:
        if not paths or any(path == chosen or path.startswith(f"{chosen}/") for chosen in paths):
            document = read_document(root, path).document
            if document is not None:
                yield document


def _format_stdin(*, check: bool, show_diff: bool) -> int:
    from generator.base.source import SourceFile
    from generator.commands import load_commands

    search = sys.stdin.read()
    laid = _format(search, load_commands())
    if not isinstance(laid, str):
        source = SourceFile(_STDIN_NAME, search)
        for error in laid:
            line, col = source.line_col(error.start)
            terminal.note(f"{_STDIN_NAME}:{line}:{col}: {error.message}")
        return 1
    laid = laid.rstrip("\n") + "\n"
    if show_diff:
        _print_diff(_STDIN_NAME, search, laid)
    elif not check:
        terminal.emit(laid)
    return int((check or show_diff) and laid != search)


def _print_diff(path: str, before: str, after: str) -> None:
    import difflib

    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    text = "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
    if terminal.is_terminal(sys.stdout):  # else the diff goes to a file or to `git apply`, as it is
        text = "\n".join(terminal.printable(line) for line in text.split("\n"))
    terminal.emit(text)


def _summary(changed: int, same: int, broken: int, *, writing: bool) -> str:
    def files(count: int) -> str:
        return f"{count:,} file" if count == 1 else f"{count:,} files"

    parts = [f"{files(changed)} {'formatted' if writing else 'would be formatted'}", f"{files(same)} left unchanged"]
    if broken:
        parts.append(f"{files(broken)} with syntax errors")
    return ", ".join(parts)
