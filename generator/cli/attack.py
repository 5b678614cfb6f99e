"""`contentpack attack update`: a newer MITRE ATT&CK release becomes the compact table that detections are checked against."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli import terminal
from generator.cli.options import example


@click.group("attack", epilog=example("contentpack attack update enterprise-attack.json --out attack.json"))
def command() -> None:
    """Update the MITRE ATT&CK table."""


@command.command("update", epilog=example("contentpack attack update enterprise-attack.json --out attack.json"))
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where the table is written. [default: standard output]",
)
def update(file: Path, out: Path | None) -> int:
    """Make the compact table from a release of ATT&CK.

    FILE is a STIX bundle, a folder of STIX objects, or a table made earlier.
    """
    from generator.base.files import write_atomic
    from generator.knowledge.attack import read_attack, write_attack

    table = read_attack(file)
    data = write_attack(table)
    if out is None:
        terminal.emit_bytes(data)
    else:
        write_atomic(out, data)
        terminal.note(f"wrote {out}")
    return 0
