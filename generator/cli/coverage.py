"""`contentpack coverage`: which ATT&CK techniques the pack's detections cover."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.cli import terminal
from generator.cli.findings import tell_unread
from generator.cli.options import example, repo_option


@click.command("coverage", epilog=example("contentpack coverage --format html --out coverage.html"))
@repo_option
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["table", "json", "navigator", "html"]),
    default="table",
    show_default=True,
    help="A table, JSON, a layer for the ATT&CK Navigator, or the matrix as a page.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write there, not to stdout."
)
@click.option("--gaps", is_flag=True, help="List the techniques that nothing covers (of the table).")
@click.option(
    "--attack",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE_OR_DIR",
    help="MITRE ATT&CK: STIX or our JSON. [default: the table that the configuration names, else the built-in one]",
)
def command(*, repo: Path, format_name: str, out: Path | None, gaps: bool, attack: Path | None) -> int:
    """Show the ATT&CK coverage of a content pack.

    A technique is covered when a detection names it or one of its sub-techniques; deprecated detections do not count.
    The table tells apart what a detection with tests covers.
    """
    from generator.analysis.coverage import coverage_of
    from generator.base.files import write_atomic
    from generator.content.load import load_pack, refuse_no_pack
    from generator.knowledge.attack import read_attack
    from generator.rules.run import attack_of

    pack = load_pack(repo)
    refuse_no_pack(repo, found=bool(pack.objects() or pack.config.document))
    tell_unread(pack, "so what is in there is not counted")
    table, problems = (read_attack(attack), ()) if attack else attack_of(repo, pack.config, pack.files)
    for problem in problems:
        terminal.note(f"{problem.message}; the built-in table is used")
    found = coverage_of(pack.detections, table)
    if format_name == "table":
        from generator.report.coverage.table import coverage_table

        seen = out is None and terminal.is_terminal(sys.stdout)
        data = coverage_table(
            found,
            color=out is None and terminal.use_color(),
            gaps=gaps,
            max_width=terminal.width() if seen else None,
        ).encode()
    elif format_name == "json":
        from generator.report.coverage.json import coverage_json

        data = coverage_json(found)
    elif format_name == "navigator":
        from generator.render.navigator import render_navigator

        data = render_navigator(pack, attack_version=table.version)
    else:
        from generator.report.coverage.page import coverage_page

        app = pack.config.app
        data = coverage_page(found, app.title or app.label or app.id or "Detections")
    if out is None:
        terminal.emit_bytes(data)
    else:
        write_atomic(out, data)
        terminal.note(f"{out}: {found.covered:,} of {len(found.techniques):,} techniques covered")
    return 0
