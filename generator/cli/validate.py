"""`contentpack validate`: every finding of a pack in one run."""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING

import click

from generator.cli import terminal
from generator.cli.collection import put_off
from generator.cli.options import (
    cache_option,
    example,
    format_option,
    jobs_option,
    pack_paths,
    repo_option,
    words,
    workspace_prefix,
)

if TYPE_CHECKING:
    from pathlib import Path


@click.command("validate", epilog=example("contentpack validate detections/endpoint --select SPL,DET012"))
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@repo_option
@format_option
@click.option("--select", multiple=True, metavar="CODES", help="Only these rules: codes, groups or names, by comma.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Not these rules.")
@click.option(
    "--changed-since",
    metavar="REV",
    help="Only files that changed since a git revision, and what depends on them; `auto` is the base that CI tells.",
)
@click.option("--fix", is_flag=True, help="Settle what can be settled safely, then report the rest.")
@jobs_option
@cache_option
@put_off()
def command(
    *,
    paths: tuple[str, ...],
    repo: Path,
    format_name: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    changed_since: str | None,
    fix: bool,
    jobs: int | None,
    no_cache: bool,
) -> int:
    """Check a content pack and report every finding."""
    from generator.cli.findings import show
    from generator.cli.fixes import fix_pack
    from generator.content.load import refuse_no_pack
    from generator.rules.run import Validation, validate

    started = time.perf_counter()
    chosen = pack_paths(repo, paths)
    revision = _revision(repo, changed_since)
    today = datetime.datetime.now(tz=datetime.UTC).date()

    def check() -> Validation:
        with terminal.Progress() as progress:
            progress.step("reading")
            return validate(
                repo,
                paths=chosen,
                select=words(select),
                ignore=words(ignore),
                changed_since=revision,
                today=today,
                progress=lambda done: progress.step("checking", done),
                jobs=jobs,
                cache=not no_cache,
            )

    checked = check()
    refuse_no_pack(repo, found=bool(checked.texts or checked.diagnostics))
    if checked.note:
        terminal.note(checked.note)
    if fix:
        fixed = fix_pack(repo, checked, check)
        checked = fixed.validation
        terminal.note(fixed.summary)
    return show(
        checked.diagnostics,
        format_name=format_name,
        files=len(checked.texts),
        text_of=checked.texts.get,
        elapsed=time.perf_counter() - started,
        prefix=workspace_prefix(repo),
    )


def _revision(repo: Path, asked: str | None) -> str | None:
    """Return what to compare with; where CI tells no base, that is said, and all findings are shown."""
    if asked != "auto":
        return asked
    import os

    from generator.ci.basis import find_basis

    basis = find_basis(repo, os.environ)
    terminal.note(f"compared with {basis.said}" if basis.commit else f"{basis.said}; everything is reported")
    return basis.commit
