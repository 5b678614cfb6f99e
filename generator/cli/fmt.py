"""`contentpack fmt`: searches laid out readably, by edits that leave everything else in the files as it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from generator.base.frozen import dataclass
from generator.cli import terminal
from generator.cli.options import example, pack_paths, repo_option

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.base.diagnostics import Edit
    from generator.base.source import Span
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
    from functools import partial

    from generator.analysis.environment import commands_of
    from generator.base.files import rewrite
    from generator.base.parallel import fork_map
    from generator.content.config import load_config
    from generator.content.load import refuse_no_pack

    writing = not check and not show_diff
    changed, broken, same = 0, 0, 0
    with terminal.Progress() as progress:
        chosen = _chosen(repo, pack_paths(repo, paths))
        config = load_config(repo)[0]
        refuse_no_pack(repo, found=bool(chosen or paths or config.document))
        results = fork_map(
            partial(_lay_out, repo, commands=commands_of(config)),
            chosen,
            progress=lambda done: progress.step("laying out", done, len(chosen)),
        )
    for result in results:
        broken += bool(result.errors)
        for span, message in result.errors:
            terminal.note(f"{span.path}:{span.line}:{span.col}: left as it is: {message}")
        if result.after is None:
            same += not result.errors
            continue
        if writing:
            rewrite(repo / result.path, result.before, result.after)
        changed += 1
        if show_diff:
            print_diff(result.path, result.before, result.after)
        else:
            terminal.emit(f"{'formatted' if writing else 'would format'} {terminal.printable(result.path)}\n")
    terminal.note(_summary(changed, same, broken, writing=writing))
    return int(bool(broken) or (bool(changed) and not writing))


@dataclass(frozen=True, slots=True)
class _Result:
    """A file's old and new text (None where nothing changes), and the errors of searches that were left."""

    path: str
    before: str
    after: str | None
    errors: tuple[tuple[Span, str], ...]


def _lay_out(root: Path, path: str, commands: CommandTable) -> _Result:
    """Lay out the searches of one file."""
    from generator.base.files import apply_edits
    from generator.base.source import Span
    from generator.content.load import read_document
    from generator.content.positions import locate, scalar_edit
    from generator.editor.changing import searches_of

    document = read_document(root, path).document
    if document is None:
        return _Result(path, "", None, ((Span(path), "it cannot be read; `contentpack validate` says why"),))
    edits: list[Edit] = []
    errors: list[tuple[Span, str]] = []
    for pointer, search in searches_of(document):
        laid = _format(search, commands)
        if isinstance(laid, str):
            if laid != search:
                edits.append(scalar_edit(document, pointer, laid))
        else:
            errors += [(locate(document, pointer, error.start, error.end), error.message) for error in laid]
    return _Result(path, document.text, apply_edits(document.text, edits) if edits else None, tuple(errors))


def _format(search: str, commands: CommandTable) -> str | tuple[SplError, ...]:
    """Return a search laid out, or its syntax errors."""
    from generator.spl.format import format_spl
    from generator.spl.parser import parse

    laid = format_spl(search, commands)
    if laid != search:
        return laid
    return parse(search, commands).errors or search  # the formatter gives back what it cannot read


def _chosen(root: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Return the content files at or below the paths, all when there are none."""
    from generator.content.load import list_files

    return tuple(
        path
        for path in list_files(root).documents
        if not paths or any(path == chosen or path.startswith(f"{chosen}/") for chosen in paths)
    )


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
        print_diff(_STDIN_NAME, search, laid)
    elif not check:
        terminal.emit(laid)
    return int((check or show_diff) and laid != search)


def print_diff(path: str, before: str, after: str) -> None:
    """Print what changes in a file as a unified diff that `git apply` takes."""
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
        parts.append(f"{files(broken)} with errors")
    return ", ".join(parts)
