"""`contentpack test`: replay each test's attack data over the rendered app and judge what its search finds.

Exit codes: 0 no test failed, met an error or was unsupported (skipped ones are told); 1 some did; 2 nothing could be run.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli import terminal
from generator.cli.options import apps_option, example, jobs_option, repo_option, workspace_prefix
from generator.cli.servers import read_options, server_options

if TYPE_CHECKING:
    from generator.replay.results import TestReport

_SHARD = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})")


def _shard(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    found = _SHARD.fullmatch(value)
    if found is None or int(found[1]) > int(found[2]):
        raise click.BadParameter(f"`{value}` is no I/N such as 1/4, with I from 1 to N")
    return int(found[1]), int(found[2])


shard_option = click.option("--shard", callback=_shard, metavar="I/N", help="Run the I-th of N parts of the tests.")
attack_data_option = click.option(
    "--attack-data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="A local copy of a data repository: a file is taken from there where the end of its address exists in it.",
)
offline_option = click.option(
    "--offline", is_flag=True, help="Fetch nothing: a test whose data are not here is skipped."
)


@click.command("test", epilog=example("contentpack test --attack-data ../attack_data --offline T1059"))
@click.argument("selectors", nargs=-1, metavar="[SELECTOR]...")
@repo_option
@server_options
@attack_data_option
@offline_option
@apps_option
@click.option("--all-time", is_flag=True, help="Search all events as they are; move none into the search's window.")
@click.option(
    "--timeout",
    type=click.FloatRange(0),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="The longest that one test may take; 0 for no limit.",
)
@click.option("--mutate", is_flag=True, help="Break each search in every way and say what no test would notice.")
@click.option(
    "--min-score",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="With --mutate: fail when less is noticed or accepted. Without it, `mutation.minimum` of the configuration.",
)
@jobs_option
@shard_option
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write a JSON report.")
@click.option("--junit", type=click.Path(path_type=Path), metavar="FILE", help="Write a JUnit XML report.")
@click.option("--markdown", type=click.Path(path_type=Path), metavar="FILE", help="Write a Markdown report.")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a page to look at, in one file.")
@click.option("--github", is_flag=True, help="Print GitHub annotations as well.")
@click.option(
    "--noise",
    multiple=True,
    metavar="FILE[::KEY=VALUE,...]",
    help="Run the detections over benign data instead of their tests: a file or folder, with its sourcetype, source, host and index "
    "behind `::`; may be repeated.",
)
@click.option(
    "--known-noise",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Accepted findings of --noise. [default: `noise` of the configuration]",
)
@click.option("--watch", is_flag=True, help="Stay, and run again what a saved file touches.")
@click.option("--verbose", "-v", is_flag=True, help="Name every passing and skipped test.")
def command(
    *,
    selectors: tuple[str, ...],
    repo: Path,
    attack_data: Path | None,
    offline: bool,
    apps: tuple[Path, ...],
    all_time: bool,
    timeout: float,
    mutate: bool,
    min_score: float | None,
    jobs: int | None,
    shard: tuple[int, int] | None,
    json_file: Path | None,
    junit: Path | None,
    markdown: Path | None,
    html: Path | None,
    github: bool,
    noise: tuple[str, ...],
    known_noise: Path | None,
    watch: bool,
    verbose: bool,
    **servers: Any,  # noqa: ANN401 - as click gives them
) -> int:
    """Replay attack data and judge what the searches find.

    SELECTOR is a name, id or path, a folder, a glob, a data source, an ATT&CK technique or a story; without one,
    all are tested. Report files may be `-` for standard output.
    """
    from generator.cli.testing import Testing, data_store, present
    from generator.replay.run import Rules

    options = read_options(servers)
    if watch and noise:
        raise click.UsageError("--watch runs tests, not --noise")
    if min_score is not None and not mutate:
        raise click.UsageError("--min-score needs --mutate")
    if mutate and noise:
        raise click.UsageError("--mutate needs tests, not --noise")
    if options.backend not in {None, "embedded"} and (mutate or noise):
        raise click.UsageError("--mutate and --noise need the embedded backend, which runs a search in milliseconds")
    testing = Testing(
        repo,
        selectors,
        data_store(repo, attack_data),
        Rules(present(), all_time=all_time, timeout=timeout),
        servers=options,
        apps=apps,
        offline=offline,
        jobs=jobs,
        shard=shard,
        mutate=mutate,
        min_score=min_score,
    )
    files = {"json": json_file, "junit": junit, "markdown": markdown, "html": html}

    def told(report: TestReport) -> int:
        _write(report, files)
        _show(report, verbose=verbose, quiet=Path("-") in files.values())
        if github:
            from generator.report.testrun import github as annotations

            terminal.emit(annotations.render(report, workspace_prefix(repo)))
        return 0 if report.succeeded else 1

    if watch:
        return testing.watch(told)
    return told(testing.noise(noise, known_noise) if noise else testing.run())


def _show(report: TestReport, *, verbose: bool, quiet: bool) -> None:
    """Print the report for people; to stderr where a machine format has stdout."""
    from generator.report.testrun.terminal import render

    if quiet:
        terminal.note(render(report, color=False, width=terminal.width(), verbose=verbose).rstrip("\n"), raw=True)
    else:
        terminal.emit(render(report, color=terminal.use_color(), width=terminal.width(), verbose=verbose))


def _write(report: TestReport, files: dict[str, Path | None]) -> None:
    """Write the report files, each whole."""
    from importlib import import_module

    from generator.base.files import write_atomic

    for name, path in files.items():
        if path is None:
            continue
        text: str = import_module(f"generator.report.testrun.{name}").render(report)
        if str(path) == "-":
            terminal.emit_bytes(text.encode())
            sys.stdout.flush()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, text.encode("utf-8", "replace"))
