"""`contentpack new`: a detection from a few answers or flags."""

from __future__ import annotations

import datetime
import sys
import uuid
from typing import TYPE_CHECKING

import click

from generator.cli import terminal
from generator.cli.options import example, repo_option

if TYPE_CHECKING:
    from pathlib import Path

    from generator.content.model import Pack


@click.command("new", epilog=example("contentpack new 'Acme Run Key Written' --type Anomaly --technique T1547.001"))
@click.argument("name", required=False, metavar="[NAME]")
@repo_option
@click.option(
    "--type", "kind", type=click.Choice(["TTP", "Anomaly", "Hunting", "Correlation"]), help="What its results mean."
)
@click.option("--data-source", metavar="NAME", help="A data source of the pack; the search begins with its events.")
@click.option("--category", metavar="NAME", help="The folder below detections/.")
@click.option("--technique", multiple=True, metavar="ID", help="An ATT&CK technique; repeats.")
@click.option("--story", metavar="NAME", help="The analytic story; made when the pack has none of that name.")
@click.option(
    "--asset-type", default="Endpoint", show_default=True, metavar="NAME", help="What kind of thing is attacked."
)
@click.option("--security-domain", metavar="NAME", help="The security domain. Default: from the category.")
@click.option("--description", metavar="TEXT", help="What it finds.")
@click.option("--author", metavar="NAME", help="Who writes it. Default: the author of the app.")
def command(
    *,
    name: str | None,
    repo: Path,
    kind: str | None,
    data_source: str | None,
    category: str | None,
    technique: tuple[str, ...],
    story: str | None,
    asset_type: str,
    security_domain: str | None,
    description: str | None,
    author: str | None,
) -> int:
    """Begin a new detection in the pack.

    What is not given is asked for where a person sits at the terminal, and has a default elsewhere. The file is valid at
    once; it is experimental until it has a test. Nothing is overwritten.
    """
    from generator.authoring.native import TYPES
    from generator.authoring.scaffold.new_detection import Wanted, categories, new_detection
    from generator.base.files import FileChange, write_together
    from generator.content.load import load_pack, refuse_no_pack
    from generator.knowledge.attack import builtin_attack

    pack = load_pack(repo)
    refuse_no_pack(repo, found=bool(pack.objects() or pack.config.document))
    asks = terminal.is_terminal(sys.stdin) and terminal.is_terminal(sys.stderr)
    if name is None:
        if not asks:
            raise click.UsageError("give the detection's name")
        name = _ask("Name", "")
    wanted = Wanted(
        name=name,
        type=kind or (_ask("Type", "TTP", TYPES) if asks else "TTP"),
        data_source=data_source if data_source is not None else _ask_source(pack) if asks else "",
        category=category or (_ask("Category", "endpoint", categories()) if asks else "endpoint"),
        techniques=technique or (tuple(_ask("ATT&CK techniques, with blanks between", "").split()) if asks else ()),
        story=story or "",
        asset_type=asset_type,
        security_domain=security_domain or "",
        description=description or (_ask("What it finds", "") if asks else ""),
        author=author or "",
    )
    today = datetime.datetime.now(tz=datetime.UTC).date()
    known = builtin_attack().techniques
    files = new_detection(pack, wanted, today=today, new_id=uuid.uuid4, known_techniques=known)
    write_together(repo, [FileChange(path, None, text.encode()) for path, text in files.items()])
    for path in files:
        terminal.emit(f"{terminal.printable(path)}\n")
    return 0


def _ask(what: str, default: str, choices: tuple[str, ...] = ()) -> str:
    answer: str = click.prompt(
        what, default=default, type=click.Choice(choices) if choices else str, err=True, show_default=bool(default)
    )
    return answer


def _ask_source(pack: Pack) -> str:
    names = tuple(source.name for source in pack.data_sources)
    if not names:
        return ""
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return _ask(f"Data source ({shown}; empty for none)", "")
