"""`contentpack docs`: a documentation page for each detection, with the pages that list them."""

from __future__ import annotations

from pathlib import Path

import click

from generator.base.diagnostics import Severity
from generator.cli import terminal
from generator.cli.collection import put_off
from generator.cli.options import cache_option, check_not_among_content, example, jobs_option, repo_option


@click.command("docs", epilog=example("contentpack docs --out docs/site --format jekyll"))
@repo_option
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the pages are written; other files there are left alone.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["jekyll", "site"]),
    default="jekyll",
    show_default=True,
    help="Pages for Jekyll, or a site of its own that needs no server and no network.",
)
@click.option(
    "--attack",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE_OR_DIR",
    help="MITRE ATT&CK to name techniques from: STIX or our JSON. "
    "[default: the table that the configuration names, else the built-in one]",
)
@jobs_option
@cache_option
@put_off()
def command(*, repo: Path, out: Path, format_name: str, attack: Path | None, jobs: int | None, no_cache: bool) -> int:
    """Write the documentation pages of a content pack."""
    from generator.base.files import write_files
    from generator.content.load import refuse_no_pack
    from generator.knowledge.attack import read_attack
    from generator.render import read_inputs
    from generator.render.docs import render_docs, render_static
    from generator.rules.run import validate

    with terminal.Progress() as progress:
        asked = None if attack is None else read_attack(attack)
        checked = validate(repo, progress=lambda done: progress.step("reading", done), jobs=jobs, cache=not no_cache)
        refuse_no_pack(repo, found=bool(checked.texts or checked.diagnostics))
        pack = checked.analyzed.pack
        required = {
            item.path: facts.required_fields
            for item in pack.detections
            if (facts := checked.analyzed.facts_of(item).searches.get(("search",))) is not None
        }
        progress.step("making pages")
        render = render_static if format_name == "site" else render_docs
        pages = render(
            pack,
            attack=asked or checked.attack,
            data=read_inputs(repo, pack).data,
            required_fields=required,
        )
        check_not_among_content(repo, out, below=sorted({path.rpartition("/")[0] for path in pages}))
        changed = write_files(out, pages)
    errors = sum(diagnostic.severity is Severity.ERROR for diagnostic in checked.diagnostics)
    if errors:
        terminal.note(f"the pack has {errors:,} findings at error level, so pages may lack what they are about")
        terminal.note("help: run `contentpack validate` to see them")
    terminal.note(f"{len(pages):,} pages in {out}, {changed:,} of them new or changed")
    return 0
