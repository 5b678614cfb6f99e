"""`contentpack migrate`: files of contentctl 3, 4 and 5 rewritten in the native dialect, comments and layout kept."""

from __future__ import annotations

import datetime
import sys
from typing import TYPE_CHECKING

import click

from generator.cli import terminal
from generator.cli.options import example, pack_paths, repo_option

if TYPE_CHECKING:
    from pathlib import Path

    from generator.authoring.migrate.pack import Change, Migration


@click.command("migrate", epilog=example("contentpack migrate --write"))
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@repo_option
@click.option("--write", is_flag=True, help="Change the files: all of them, or none when one cannot be written.")
@click.option("--drop", is_flag=True, help="Leave out what has no native place, instead of keeping it as comments.")
@click.option("--quiet", is_flag=True, help="No diff and no notes: only the files that stay, and the summary.")
def command(*, paths: tuple[str, ...], repo: Path, write: bool, drop: bool, quiet: bool) -> int:
    """Rewrite older content in the native dialect.

    Without `--write`, prints what would change as a diff. Reads contentctl 3, 4 and 5, the first shapes of contentctl-ng,
    and mixtures of them. A file that says what the native dialect cannot say stays as it is and is named with the
    reason; the dialects work side by side in a pack. Exits with 1 when a file stayed.
    """
    from generator.authoring.migrate.pack import migrate_pack
    from generator.content.load import load_pack, refuse_no_pack

    chosen = pack_paths(repo, paths)
    with terminal.Progress() as progress:
        progress.step("reading")
        pack = load_pack(repo)
        refuse_no_pack(repo, found=bool(pack.objects() or pack.config.document))
        progress.step("migrating")
        wanted = _chosen([item.path for item in pack.objects()], chosen) if chosen else None
        today = datetime.datetime.now(tz=datetime.UTC).date()
        migration = migrate_pack(pack, today=today, chosen=wanted, keep=not drop)
    if not quiet:
        for change in migration.changes:
            _show(change, diff=not write)
    for file in migration.kept:
        terminal.note(f"{file.path}: stays: {file.reason}")
    unread = sorted(path for path in pack.unread if not chosen or _covered(path, chosen))
    for path in unread:
        terminal.note(f"{path}: stays: it cannot be read; `contentpack validate` says why")
    if write:
        _write(repo, migration)
    terminal.note(_summary(migration, len(unread), writing=write))
    return int(bool(migration.kept or unread))


def _chosen(known: list[str], paths: tuple[str, ...]) -> frozenset[str]:
    return frozenset(path for path in known if _covered(path, paths))


def _covered(path: str, paths: tuple[str, ...]) -> bool:
    return any(path == chosen or path.startswith(f"{chosen}/") for chosen in paths)


def _show(change: Change, *, diff: bool) -> None:
    from generator.cli.fmt import print_diff

    target = change.moved_to or change.path
    if change.moved_to is not None:
        terminal.note(f"{change.path}: moves to {target}")
    for note in dict.fromkeys(change.notes):
        terminal.note(f"{target}: {note}")
    if diff:
        print_diff(change.path, change.before or "", change.after or "")


def _write(repo: Path, migration: Migration) -> None:
    from generator.base.files import FileChange, write_together

    changes: list[FileChange] = []
    for change in migration.changes:
        before = None if change.before is None else _bytes(repo, change)
        after = None if change.after is None else change.after.encode("utf-8", "surrogatepass")
        if change.moved_to is None:
            changes.append(FileChange(change.path, before, after))
        else:
            changes += [FileChange(change.moved_to, None, after), FileChange(change.path, before, None)]
    write_together(repo, changes)


def _bytes(repo: Path, change: Change) -> bytes:
    """Return what a file must still hold: its text as it was read, with a byte order mark where it has one."""
    from generator.base.diagnostics import RepositoryError

    path = repo / change.path
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RepositoryError(f"{path}: cannot be read: {error.strerror or error}") from error
    text = (change.before or "").encode("utf-8", "surrogatepass")
    if data.removeprefix(b"\xef\xbb\xbf") != text.removeprefix(b"\xef\xbb\xbf"):
        raise RepositoryError(f"{path}: changed while it was worked on; nothing was written, run again")
    return data


def _summary(migration: Migration, unread: int, *, writing: bool) -> str:
    def files(count: int) -> str:
        return f"{count:,} file" if count == 1 else f"{count:,} files"

    verb = "migrated" if writing else "would be migrated"
    parts = [f"{files(len(migration.changes))} {verb}"]
    if migration.native:
        parts.append(f"{files(migration.native)} native already")
    if stay := len(migration.kept) + unread:
        parts.append(f"{files(stay)} {'stays as it is' if stay == 1 else 'stay as they are'}")
    if not writing and migration.changes and not terminal.is_terminal(sys.stdout):
        parts.append("`--write` does it")
    return ", ".join(parts)
