"""`contentpack release-notes`: what a release brings, detection by detection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import terminal
from generator.cli.collection import put_off
from generator.cli.options import example, repo_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command("release-notes", epilog=example("contentpack release-notes v1.3.0 v1.4.0"))
@click.argument("old", metavar="OLD")
@click.argument("new", required=False, metavar="[NEW]")
@repo_option
@click.option(
    "--format",
    "format_name",
    type=click.Choice(("markdown", "json")),
    default="markdown",
    show_default=True,
    help="What is printed.",
)
@put_off()
def command(*, old: str, new: str | None, repo: Path, format_name: str) -> int:
    """Tell what changed for users between two releases.

    OLD and NEW are git revisions; without NEW the files as they lie there are taken. Told is what the app's users get: new,
    updated, renamed, deprecated and removed content with versions and what changed in each, lookup rows, ATT&CK techniques.
    """
    from generator.ci.appdiff import diff, side_of_commit, side_of_folder, whole
    from generator.ci.exchange import to_data
    from generator.ci.release import release_notes
    from generator.ci.release_markdown import render
    from generator.content import history
    from generator.report.visible import json_text

    with terminal.Progress() as progress:
        progress.step("rendering both apps")
        before = side_of_commit(repo, history.commit_of(repo, old), old)
        if new is None:
            after = side_of_folder(repo, "worktree")[0]
        else:
            after = side_of_commit(repo, history.commit_of(repo, new), new)
        notes = release_notes(diff(before, whole(after)), before, after)
    text = render(notes) if format_name == "markdown" else json_text(to_data(notes))
    terminal.emit_bytes(text.encode("utf-8", "replace"))
    return 0
