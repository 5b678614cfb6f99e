"""`contentpack init`: a new pack that validates, tests and builds at once."""

from __future__ import annotations

import datetime
import os
import uuid
from pathlib import Path

import click

from generator.cli import terminal
from generator.cli.options import example


@click.command("init", epilog=example("contentpack init acme-detections --author 'Acme SOC' --email soc@acme.example"))
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path), metavar="[DIR]")
@click.option("--app-id", metavar="ID", help="The app's id in Splunk. Default: from the folder's name.")
@click.option("--title", metavar="TEXT", help="The app's title. Default: from its id.")
@click.option("--prefix", metavar="TEXT", help="What each saved search begins with. Default: from the title.")
@click.option("--author", metavar="NAME", default="Detection Team", show_default=True, help="Who writes the content.")
@click.option(
    "--email", metavar="ADDRESS", default="detections@example.com", show_default=True, help="How to reach them."
)
@click.option(
    "--action", metavar="NAME@REF", help="The GitHub action that the workflow runs: its repository and commit."
)
def command(
    *,
    folder: Path,
    app_id: str | None,
    title: str | None,
    prefix: str | None,
    author: str,
    email: str,
    action: str | None,
) -> int:
    """Begin a new content pack.

    Writes the configuration, one detection with attack data and tests, the macro, story and data source that it uses,
    a workflow for pull requests, and editor settings. Files that are there already are never overwritten.
    """
    import re
    import shlex

    from generator.authoring.scaffold.new_pack import ACTION, PackNames, new_pack
    from generator.base.files import FileChange, write_together

    name = app_id or re.sub(r"[^A-Za-z0-9_]+", "_", folder.resolve().name).strip("_").lower() or "detections"
    shown = title or name.replace("_", " ").title()
    if title is None and len(shown) < 5:  # Splunk wants 5 to 80 characters
        shown = f"{shown} Detections"
    names = PackNames(
        app_id=name,
        title=shown,
        prefix=prefix or "".join(word[0] for word in shown.split()).upper(),
        author=author,
        email=email,
    )
    today = datetime.datetime.now(tz=datetime.UTC).date()
    files = new_pack(names, today=today, new_id=uuid.uuid4, action=action or ACTION)
    new = [FileChange(path, None, data) for path, data in files.items() if not os.path.lexists(folder / path)]
    write_together(folder, new)
    for change in new:
        terminal.emit(f"{change.path}\n")
    left = len(files) - len(new)
    terminal.note(
        f"{len(new)} files written to {folder}" + (f", {left} that were there left as they are" if left else "")
    )
    where = "" if folder == Path() else f" --repo {shlex.quote(str(folder))}"
    terminal.note(
        f"try: contentpack validate{where}; contentpack test{where}; contentpack build-app{where}; contentpack new{where}"
    )
    if action is None and any(change.path.startswith(".github/") for change in new):
        terminal.note(
            "before the first pull request: say in .github/workflows/contentpack.yml where the tool's action is"
        )
    return 0
