"""`contentpack bump`: the app's next version, by what changed since the last release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.base.diagnostics import ConfigError, RepositoryError
from generator.cli import terminal
from generator.cli.collection import put_off
from generator.cli.options import example, repo_option

if TYPE_CHECKING:
    from pathlib import Path

    from generator.content.config import Config

_FIELDS = {"contentpack.yml": ("app", "version"), "contentctl.yml": ("app", "version"), "build.yml": ("app_version",)}


@click.command("bump", epilog=example("contentpack bump --since v1.3.0 --write"))
@repo_option
@click.option("--since", metavar="REV", help="The last release. [default: the newest tag such as v1.2.3]")
@click.option("--check", metavar="VERSION", help="Only check that the app has this version; exit with 1 if it has not.")
@click.option("--write", is_flag=True, help="Write the version into the configuration.")
@put_off()
def command(*, repo: Path, since: str | None, check: str | None, write: bool) -> int:
    """Tell the app's next version by what changed in Splunk.

    Major: a search, macro or lookup that others may use is gone or renamed. Minor: something new, or a search that
    finds something else. Patch: everything else. A version that is already high enough stays.
    """
    from generator.ci.appdiff import diff, side_of_commit, side_of_folder, whole
    from generator.ci.diffmodel import Bump
    from generator.ci.release import next_version, version_tuple
    from generator.content import history
    from generator.content.config import load_config

    config, _ = load_config(repo)
    if check is not None:
        if config.app.version == check:
            return 0
        terminal.note(f"the app's version is {config.app.version}, and not {check}")
        return 1
    since = since or history.newest_tag(repo)
    if since is None:
        raise RepositoryError("there is no tag such as `v1.2.3`; name the last release with --since")
    with terminal.Progress() as progress:
        progress.step("rendering both apps")
        before = side_of_commit(repo, history.commit_of(repo, since), since)
        made = diff(before, whole(side_of_folder(repo, "worktree")[0]))
    wanted = next_version(made.version_before or config.app.version, made.bump)
    now, least = version_tuple(config.app.version), version_tuple(wanted)
    if now is not None and least is not None and now >= least:
        why = "nothing changed" if made.bump is Bump.NONE else f"a {made.bump} release would be {wanted}"
        terminal.note(f"{config.app.version} stays: {why} since {since}")
        terminal.emit(f"{config.app.version}\n")
        return 0
    terminal.note(f"a {made.bump} release since {since}")
    if write:
        _write(repo, config, wanted)
    terminal.emit(f"{wanted}\n")
    return 0


def _write(repo: Path, config: Config, version: str) -> None:
    """Replace the version where it is written.

    Raises:
        ConfigError: there is no configuration, or it names no version.
    """
    from generator.base.diagnostics import Edit
    from generator.base.files import apply_edits, rewrite
    from generator.content.positions import locate, source_of

    document = config.document
    if document is None:
        raise ConfigError("there is no configuration to write the version to; make contentpack.yml")
    pointer = _FIELDS[document.path]
    value: object = document.data
    for key in pointer:
        value = value.get(key) if isinstance(value, dict) else None
    if value is None:
        raise ConfigError(f"{document.path} has no `{'.'.join(pointer)}`; write `{version}` there")
    span = locate(document, pointer)
    source = source_of(document.path, document.text)
    start, end = source.offset(span.line, span.col), source.offset(span.end_line, span.end_col)
    quote = document.text[start] if document.text[start] in "'\"" else ""
    edit = Edit(document.path, start, end, f"{quote}{version}{quote}")
    rewrite(repo / document.path, document.text, apply_edits(document.text, (edit,)))
