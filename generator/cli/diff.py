"""`contentpack diff`: what changes in Splunk between two states of a pack."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from generator.cli import terminal
from generator.cli.collection import put_off
from generator.cli.options import example, repo_option

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("text", "markdown", "json", "html")


@click.command("diff", epilog=example("contentpack diff origin/main --format markdown"))
@click.argument("base", required=False, metavar="[BASE]")
@click.argument("head", required=False, metavar="[HEAD]")
@repo_option
@click.option(
    "--format", "format_name", type=click.Choice(FORMATS), default="text", show_default=True, help="What is printed."
)
@click.option(
    "--exact", is_flag=True, help="Compare with BASE itself, not with the last commit that BASE and HEAD share."
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything changes in Splunk.")
@put_off()
def command(*, base: str | None, head: str | None, repo: Path, format_name: str, exact: bool, exit_code: bool) -> int:
    """Show what changes in Splunk between two states of a pack.

    BASE and HEAD are git revisions; without HEAD the files as they lie there are taken, without BASE what a pull request,
    a merge queue or a push is compared with in GitHub Actions and GitLab CI. Stanzas are compared key by key, searches
    line by line after formatting, lookups row by row; then cost and schedule, ATT&CK coverage, and versions to raise.
    """
    from generator.analysis.environment import commands_of
    from generator.base.diagnostics import RepositoryError
    from generator.ci.appdiff import diff_revisions
    from generator.ci.basis import find_basis
    from generator.content import history
    from generator.content.config import load_config

    with terminal.Progress() as progress:
        progress.step("reading")
        target = None if head is None else history.commit_of(repo, head)
        if base is not None and (exact or target is not None):
            commit = history.commit_of(repo, base)
            if not exact:
                commit = history.common_commit(repo, base, head or "HEAD") or commit
        else:
            found = find_basis(repo, os.environ, base)
            if found.commit is None:
                raise RepositoryError(f"{found.said}; name one: contentpack diff BASE")
            commit = found.commit
        progress.step("rendering both apps")
        names = (_named(base, commit), head or "worktree")
        made = diff_revisions(repo, commit, target, names)
        commands = commands_of(load_config(repo)[0])
    if format_name == "json":
        from generator.ci.diff_json import render as render_json

        terminal.emit_bytes(render_json(made).encode("utf-8"))
    elif format_name == "markdown":
        from generator.ci.diff_markdown import render as render_markdown

        terminal.emit_bytes(render_markdown(made, commands).encode("utf-8"))
    elif format_name == "html":
        from generator.ci.diff_html import render as render_html

        terminal.emit_bytes(render_html(made, commands).encode("utf-8"))
    else:
        from generator.ci.diff_text import render as render_text

        terminal.emit(render_text(made, commands, color=terminal.use_color()))
    return int(exit_code and not made.empty)


def _named(revision: str | None, commit: str) -> str:
    return commit[:12] if revision is None else f"{revision} ({commit[:12]})"
