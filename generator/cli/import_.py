"""`contentpack import`: searches of an app, of a Splunk server, or Sigma rules become files of the pack."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.base.diagnostics import ConfigError, RepositoryError
from generator.cli import terminal
from generator.cli.extras import how_to_install
from generator.cli.options import example

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from generator.authoring.importing.sigma import RuleFile
    from generator.authoring.importing.source import ConfSource, Imported

_MAX_RULE_BYTES = 1_000_000


@click.command("import", epilog=example("contentpack import /opt/splunk/etc/apps/acme_searches --repo acme-pack"))
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--repo",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    metavar="DIR",
    help="The content pack that the files go to; made when it is not there. Default: the current folder.",
)
@click.option("--only", multiple=True, metavar="TEXT", help="Only saved searches whose name has this text; repeats.")
@click.option("--app", "app_id", metavar="ID", help="The app to read on a server.")
@click.option(
    "--splunk-ca",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The authority that signed the server's certificate.",
)
@click.option("--splunk-insecure", is_flag=True, help="Do not check the server's certificate.")
@click.option("--data-model", is_flag=True, help="Sigma rules search data models where pySigma knows how.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written.")
def command(
    *,
    sources: tuple[str, ...],
    repo: Path,
    only: tuple[str, ...],
    app_id: str | None,
    splunk_ca: Path | None,
    splunk_insecure: bool,
    data_model: bool,
    dry_run: bool,
) -> int:
    """Import content from elsewhere.

    SOURCE is the folder of a Splunk app, the address of a server's management port (with --app; the login comes from
    CONTENTPACK_SPLUNK_TOKEN, or CONTENTPACK_SPLUNK_USERNAME and CONTENTPACK_SPLUNK_PASSWORD), or Sigma rules: files and
    folders of YAML (extra `sigma`).
    Files that are there already are never overwritten. What was left out or guessed is told. Exits with 1 when a Sigma
    rule could not be imported.
    """
    from generator.authoring.importing.app import import_app
    from generator.authoring.importing.source import AppFolder, is_app_folder

    today = datetime.datetime.now(tz=datetime.UTC).date()
    apps: list[ConfSource] = []
    rules: list[Path] = []
    for source in sources:
        if source.startswith(("http://", "https://")):
            apps.append(_server(source, app_id, splunk_ca, verify=not splunk_insecure))
        elif is_app_folder(Path(source)):
            apps.append(AppFolder(Path(source)))
        elif Path(source).exists():
            rules.append(Path(source))
        else:
            raise RepositoryError(f"{source}: no such file or folder")
    if len(apps) > 1:
        raise click.UsageError("one app at a time: two would write the same contentpack.yml")
    kept: list[Imported] = []
    with terminal.Progress() as progress:
        for app in apps:
            progress.step(f"reading {app.title}")
            kept.append(import_app(app, today=today, chosen=_chooser(only)))
        if rules:
            progress.step("reading rules")
            kept.append(_sigma(rules, today, data_model=data_model))
    written, present = _write(repo, kept, dry_run=dry_run)
    for imported in kept:
        for note in imported.notes:
            terminal.note(note)
    verb = "would be written" if dry_run else "written"
    terminal.note(
        f"{written:,} files {verb} to {repo}" + (f"; already there, left as before: {present:,}" if present else "")
    )
    return int(any(imported.refused for imported in kept))


def _chooser(only: tuple[str, ...]) -> Callable[[str], bool] | None:
    if not only:
        return None
    return lambda name: any(text.lower() in name.lower() for text in only)


def _server(url: str, app: str | None, ca_file: Path | None, *, verify: bool) -> ConfSource:
    from generator.backends.splunk.knowledge import connected
    from generator.backends.splunk.target import target_from

    if not app:
        raise click.UsageError("a server has many apps: choose one with --app")
    return connected(target_from(url, os.environ, verify=verify, ca_file=ca_file), app)


def _sigma(paths: list[Path], today: datetime.date, *, data_model: bool) -> Imported:
    try:
        from generator.authoring.importing.sigma import import_sigma
    except ImportError as error:
        if error.name is not None and error.name.partition(".")[0] == "sigma":
            raise ConfigError(f"Sigma rules need the extra `sigma`: {how_to_install('sigma')}") from error
        raise
    return import_sigma(_rule_files(paths), today=today, data_model=data_model)


def _rule_files(paths: Iterable[Path]) -> Iterator[RuleFile]:
    from generator.authoring.importing.sigma import RuleFile

    for path in paths:
        files = [path] if path.is_file() else sorted(path.rglob("*.yml")) + sorted(path.rglob("*.yaml"))
        for file in files:
            if file.is_symlink() or not file.is_file():
                continue
            try:
                data = file.read_bytes()
            except OSError as error:
                raise RepositoryError(f"{file}: cannot be read: {error.strerror or error}") from error
            if len(data) > _MAX_RULE_BYTES:
                terminal.note(f"{file}: larger than {_MAX_RULE_BYTES:,} bytes, which no rule is; left out")
                continue
            yield RuleFile(file.as_posix(), data.decode("utf-8", errors="replace"))


def _write(repo: Path, kept: list[Imported], *, dry_run: bool) -> tuple[int, int]:
    """Write what is not there yet, all of it or nothing; return how many files were written and how many were there."""
    from generator.base.files import FileChange, write_together

    files: dict[str, bytes] = {}
    for imported in kept:
        for path, data in imported.files.items():
            files.setdefault(path, data)
    new = {path: data for path, data in files.items() if not os.path.lexists(repo / path)}
    if dry_run:
        for path in sorted(new):
            terminal.emit(f"{terminal.printable(path)}\n")
    else:
        write_together(repo, [FileChange(path, None, data) for path, data in sorted(new.items())])
    return len(new), len(files) - len(new)
