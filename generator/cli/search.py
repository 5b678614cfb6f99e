"""`contentpack search`: any SPL over any file, with the pack's app and the user's add-ons installed.

Exit codes: 0 the search ran, also where it found nothing; 1 the search is wrong (as Splunk would refuse it); 2 it could not
be run: SPL that the embedded engine lacks, data or apps that cannot be read, bad usage. An error never prints rows, so that
it cannot be taken for an empty result.
"""

from __future__ import annotations

import re
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from generator.base.diagnostics import DatasetError, UnsupportedSpl, did_you_mean
from generator.cli import terminal
from generator.cli.options import apps_option, example, repo_option

if TYPE_CHECKING:
    from generator.backends.embedded import Engine
    from generator.engine.errors import SearchError
    from generator.report.explained import SearchText

_KEYS = ("sourcetype", "source", "host", "index")
_GIVEN = re.compile(r"::(?=\w+=)")
_NEXT = re.compile(r",(?=\w+=)")
_PAIR = re.compile(r"(\w+)=(.*)", re.DOTALL)
_WHERE = re.compile(r"\.?( \(at \d+:\d+ of the search\))$")
_SHOWN_ROWS = 100
_FORMATS = ("table", "json", "jsonl", "csv")


class Data(NamedTuple):
    """One `--data`: a file, a folder or `-`, and what its events get."""

    path: str
    given: dict[str, str]


@click.command(
    "search",
    epilog=example("contentpack search --data web.log::sourcetype=access_combined 'status=404 | top clientip'"),
)
@click.argument("spl", metavar="SPL")
@repo_option
@apps_option
@click.option(
    "--data",
    "data",
    multiple=True,
    metavar="FILE[::KEY=VALUE,...]",
    help="Events: a file, a folder, a .gz or .zip, or `-` for standard input; may be repeated, each with its own "
    "sourcetype, source, host and index behind `::`.",
)
@click.option("--sourcetype", metavar="NAME", help="The sourcetype of the data. [default: told by their text]")
@click.option("--source", metavar="NAME", help="The source of the data. [default: the file, or the channel of Windows]")
@click.option("--host", metavar="NAME", help="The host of the data. [default: localhost]")
@click.option("--index", metavar="NAME", help="The index of the data. [default: main]")
@click.option("--earliest", metavar="TIME", help="Only events from this time on: `-24h@h`, or seconds since 1970.")
@click.option("--latest", metavar="TIME", help="Only events before this time.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(_FORMATS),
    default="table",
    show_default=True,
    help="How the rows are printed.",
)
@click.option(
    "--limit",
    type=click.IntRange(0),
    metavar="N",
    help=f"At most so many rows; 0 for all. [default: {_SHOWN_ROWS} in a table on a terminal, else all]",
)
@click.option("--explain", is_flag=True, help="Say what each stage did, and why nothing was found where nothing was.")
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    spl: str,
    repo: Path,
    apps: tuple[Path, ...],
    data: tuple[str, ...],
    earliest: str | None,
    latest: str | None,
    format_name: str,
    limit: int | None,
    explain: bool,
    **metadata: str | None,
) -> int:
    """Run a search over files, without Splunk.

    The content pack is installed as the app that it becomes, so its macros, lookups and saved searches work. Exit code 1
    says that the search is wrong, 2 that it could not be run. Without --earliest and --latest all events are searched.
    """
    from generator.engine.errors import SearchError
    from generator.report import explained, rows

    files = [parse_data(text, metadata) for text in data]
    if not spl.strip():
        raise click.UsageError("the search is empty")
    named = context.get_parameter_source("repo") is not click.core.ParameterSource.DEFAULT
    with ExitStack() as stack:
        progress = stack.enter_context(terminal.Progress())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="contentpack-")))
        own = rendered_pack(repo, folder, progress, named=named)
        engine = _engine((*own, *apps))
        count = sum(_load(engine, one, progress) for one in files)
        progress.step("searching")
        try:
            explanation = engine.explain(spl, earliest, latest)
        except (SearchError, UnsupportedSpl) as error:
            progress.clear()
            _tell(error, spl, engine)
            return 1 if isinstance(error, SearchError) else 2
        progress.step("reading rows")
        result = explanation.result
        seen = terminal.is_terminal(sys.stdout)
        at_most = limit if limit is not None else _SHOWN_ROWS if seen and format_name == "table" else 0
        shown = result.table if not at_most or at_most >= len(result) else result.table.head(at_most)
        if format_name == "table":
            text = rows.people_text(
                shown, len(result), color=terminal.use_color(), width=terminal.width() if seen else None
            )
        else:
            text = rows.machine_text(format_name, shown, result, explanation if explain else None)
        progress.clear()
        if format_name == "table":
            terminal.emit(text)
        else:
            terminal.emit_bytes(text.encode("utf-8"))
        if format_name != "json":
            for message in result.messages:
                terminal.note(f"{message.kind.lower()}: {message.text}")
        if explain and format_name != "json":
            told = explained.people_text(
                explanation, _search_text(spl, engine), color=terminal.use_color(), width=terminal.width()
            )
            if format_name == "table":
                terminal.emit(f"\n{told}")
            else:
                terminal.note(told.rstrip("\n"), raw=True)
        elif seen and format_name == "table":
            terminal.note(_summary(len(result), count, result.seconds))
            if not len(result):
                told = "--explain says where the last rows went" if files else "name the events with --data FILE"
                terminal.note(f"help: {told}")
    return 0


# --- what is given ---------------------------------------------------------------------------------------------------


def parse_data(text: str, defaults: dict[str, str | None], option: str = "--data") -> Data:
    """Split `FILE::KEY=VALUE,KEY=VALUE`; a value may hold `::` and commas that no `KEY=` follows.

    Raises:
        click.UsageError: a key that there is not, or no file.
    """
    given = {key: value for key, value in defaults.items() if value is not None}
    pairs: list[str]
    mark = _GIVEN.search(text)
    if mark is None or Path(text).exists():
        path, pairs = text, []
    else:
        path, pairs = text[: mark.start()], _NEXT.split(text[mark.end() :])
    if not path:
        raise click.UsageError(f"{option} {text}: names no file")
    for pair in pairs:
        found = _PAIR.fullmatch(pair)
        key = "" if found is None else found[1]
        if found is None or key not in _KEYS:
            nearest = did_you_mean(key, _KEYS)
            raise click.UsageError(
                f"{option} {text}: `{key}` is none of {', '.join(_KEYS)}" + (f"; {nearest}" if nearest else "")
            )
        given[key] = found[2]
    return Data(path, given)


def rendered_pack(repo: Path, folder: Path, progress: terminal.Progress, *, named: bool) -> tuple[Path, ...]:
    """Render the pack's app into a folder; content that cannot be rendered is left out, and the user is told.

    Raises:
        RepositoryError: `--repo` was given and holds no pack.
    """
    from generator.base.files import write_files
    from generator.content.load import load_pack, refuse_no_pack
    from generator.render import UnrenderableContentError, read_inputs, render_app

    progress.step("reading the pack")
    if not named and not _looks_like_a_pack(repo):
        return ()
    pack = load_pack(repo)
    found = bool(pack.config.document is not None or any(True for _ in pack.objects()))
    if named:
        refuse_no_pack(repo, found=found)
    if not found or not pack.config.app.id:
        return ()
    progress.step("rendering the pack")
    inputs = read_inputs(repo, pack)
    skipped: dict[str, str] = {}
    while True:
        try:
            tree = render_app(pack, inputs, skip=skipped.keys())
            break
        except UnrenderableContentError as error:
            if error.path in skipped:
                raise
            skipped[error.path] = str(error)
    progress.clear()
    for path, reason in skipped.items():
        terminal.note(f"left out {path}: {reason}")
    # What is drawn on a screen takes part in no search.
    files = {
        path: data
        for path, data in tree.files.items()
        if path.startswith(("lookups/", "metadata/"))
        or (path.startswith("default/") and not path.startswith("default/data/ui/"))
    }
    target = folder / tree.app_id
    write_files(target, files)
    return (target,)


def _looks_like_a_pack(root: Path) -> bool:
    """Whether the current folder is a pack: then its app is installed without being asked for."""
    return any((root / name).is_file() for name in ("contentpack.yml", "contentctl.yml", "build.yml"))


def _engine(apps: tuple[Path, ...]) -> Engine:
    from generator.backends.embedded import Engine

    return Engine(apps=apps)


def _load(engine: Engine, data: Data, progress: terminal.Progress) -> int:
    what = f"loading {terminal.printable('standard input' if data.path == '-' else Path(data.path).name)}"

    def step(done: int, total: int) -> None:
        megabytes = max(1, total // 1_000_000) if total else None
        progress.step(f"{what}, MB", done // 1_000_000, megabytes)

    progress.step(what)
    if data.path == "-":
        return engine.load(sys.stdin.buffer, progress=step, **{"source": "stdin", **data.given})
    path = Path(data.path)
    if not path.exists():
        raise DatasetError(f"{data.path}: no such file or folder")
    return engine.load(path, progress=step, **data.given)


# --- what is told ----------------------------------------------------------------------------------------------------


def _tell(error: SearchError | UnsupportedSpl, spl: str, engine: Engine) -> None:
    """Say what is wrong with the search and where, with the line marked, as `validate` does."""
    from generator.report.explained import Place

    message = _WHERE.sub("", str(error))
    place = Place(error.text, error.start, error.end)
    terminal.note(_search_text(spl, engine).error(message, place).rstrip("\n"), raw=True)


def _search_text(spl: str, engine: Engine) -> SearchText:
    from generator.report.explained import SearchText

    return SearchText(spl, engine.expander, color=terminal.use_color(), width=terminal.width())


def _summary(rows: int, events: int, seconds: float) -> str:
    found = f"{rows:,} row{'' if rows == 1 else 's'}"
    return f"{found} from {events:,} event{'' if events == 1 else 's'} in {seconds:.2f} s"
