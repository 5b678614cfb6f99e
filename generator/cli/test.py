"""`contentpack test`: replay each test's attack data over the rendered app and judge what its search finds.

Exit codes: 0 no test failed, met an error or was unsupported (skipped ones are told); 1 some did; 2 nothing could be run.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import terminal
from generator.cli.options import example, jobs_option, repo_option, workspace_prefix

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


@click.command("test", epilog=example("contentpack test --attack-data ../attack_data --offline T1059"))
@click.argument("selectors", nargs=-1, metavar="[SELECTOR]...")
@repo_option
@click.option(
    "--backend",
    type=click.Choice(["embedded"]),
    default="embedded",
    show_default=True,
    help="Where searches run.",
)
@click.option(
    "--attack-data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="A local copy of a data repository: a file is taken from there where the end of its address exists in it.",
)
@click.option("--offline", is_flag=True, help="Fetch nothing: a test whose data are not here is skipped.")
@click.option(
    "--app",
    "apps",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="A Splunk app or add-on to install besides the pack's; may be repeated.",
)
@click.option("--all-time", is_flag=True, help="Search all events as they are; move none into the search's window.")
@click.option(
    "--timeout",
    type=click.FloatRange(0),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="The longest that one test may take; 0 for no limit.",
)
@jobs_option
@click.option("--shard", callback=_shard, metavar="I/N", help="Run the I-th of N parts of the tests.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write a JSON report.")
@click.option("--junit", type=click.Path(path_type=Path), metavar="FILE", help="Write a JUnit XML report.")
@click.option("--markdown", type=click.Path(path_type=Path), metavar="FILE", help="Write a Markdown report.")
@click.option("--github", is_flag=True, help="Print GitHub annotations as well.")
@click.option("--verbose", "-v", is_flag=True, help="Name every passing and skipped test.")
def command(
    *,
    selectors: tuple[str, ...],
    repo: Path,
    backend: str,
    attack_data: Path | None,
    offline: bool,
    apps: tuple[Path, ...],
    all_time: bool,
    timeout: float,
    jobs: int | None,
    shard: tuple[int, int] | None,
    json_file: Path | None,
    junit: Path | None,
    markdown: Path | None,
    github: bool,
    verbose: bool,
) -> int:
    """Replay attack data and judge what the detections find.

    SELECTOR is a detection's name, id or path, a folder, a glob, a data source, an ATT&CK technique or a story; without one,
    all are tested. Report files may be `-` for standard output.
    """
    from generator.cli.testing import Session, data_store, fetch_missing, present, read_pack
    from generator.replay.plan import make_plan
    from generator.replay.results import TestReport
    from generator.replay.run import Rules, run_tests

    started = time.perf_counter()
    with terminal.Progress() as progress:
        progress.step("reading the pack")
        pack = read_pack(repo)
        plan = make_plan(pack, selectors, shard)
        store = data_store(repo, attack_data)
        failed = {} if offline else fetch_missing(store, plan, progress)
        progress.step("rendering the app")
        rules = Rules(present(), all_time=all_time, timeout=timeout)
        with Session(repo, pack, plan, store, rules, apps=apps, failed=failed) as session:
            runner = session.runner()
            total = sum(not one.skip for one in plan)
            results = run_tests(runner, plan, jobs=jobs, progress=lambda done: progress.step("testing", done, total))
    report = TestReport(
        results, backend, pack.config.app.title or pack.config.app.id, seconds=time.perf_counter() - started
    )
    _write(report, {"json": json_file, "junit": junit, "markdown": markdown})
    _show(report, verbose=verbose, quiet=Path("-") in {json_file, junit, markdown})
    if github:
        from generator.report.testrun import github as annotations

        terminal.emit(annotations.render(report, workspace_prefix(repo)))
    return 0 if report.succeeded else 1


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
