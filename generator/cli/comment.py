"""`contentpack comment`: the comment of a pull request, from the report that an untrusted job wrote."""

from __future__ import annotations

import os
from pathlib import Path

import click

from generator.cli import terminal
from generator.cli.options import example


@click.command("comment", epilog=example("contentpack comment review/report.json > comment.md"))
@click.argument("report", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="REPORT")
@click.option(
    "--commit", metavar="SHA", default="", help="The commit whose lines are linked. [default: that of the run]"
)
def command(*, report: Path, commit: str) -> int:
    """Print the comment of a pull request from its report.

    REPORT is the report.json that `contentpack pr` wrote. For the workflow that may write comments: the report is read as data, and whatever it says stands in code, so that a
    fork's change cannot put links, mentions or pictures into a comment. The first line is a mark to find the comment by.
    """
    from generator.ci.exchange import read_file
    from generator.ci.review import Review, names
    from generator.ci.review_markdown import comment, source_of
    from generator.commands import load_commands

    review = read_file(Review, report, names())
    terminal.emit_bytes(comment(review, load_commands(), source_of(os.environ, commit)).encode("utf-8", "replace"))
    return 0
