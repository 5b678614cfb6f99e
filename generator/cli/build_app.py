"""`contentpack build-app` and `build-app`: validate, render, package, and say what was made."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.base.diagnostics import Severity
from generator.cli import terminal
from generator.cli.collection import put_off
from generator.cli.options import cache_option, check_not_among_content, example, jobs_option, repo_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from generator.base.apptree import AppTree
    from generator.base.diagnostics import Diagnostic
    from generator.content.model import Pack
    from generator.package import PackageResult


@click.command("build-app", epilog=example("contentpack build-app --repo my_pack --out dist"))
@repo_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the app is written. [default: dist in the pack]",
)
@click.option(
    "--keep-going",
    is_flag=True,
    help="Package what can be rendered in spite of findings at error level (the exit code stays 1).",
)
@jobs_option
@cache_option
@put_off()
def command(*, repo: Path, out: Path | None, keep_going: bool, jobs: int | None, no_cache: bool) -> int:
    """Check a content pack and build the Splunk app from it.

    Makes the package APP-VERSION.tar.gz, the same unpacked in the folder APP, build.json with inputs and checksums,
    and reporting/coverage.json, a layer for the ATT&CK Navigator. Findings at error level stop the build; the
    previous one is then left as it was.
    """
    from generator.build import build_app

    target = out or repo / "dist"
    check_not_among_content(repo, target)
    with terminal.Progress() as progress:
        build = build_app(
            repo,
            target,
            keep_going=keep_going,
            today=datetime.datetime.now(tz=datetime.UTC).date(),
            jobs=jobs,
            cache=not no_cache,
            progress=progress.step,
        )
        progress.clear()
    checked = build.validation
    _show(build.diagnostics, checked.texts.get)
    skipped = build.skipped or {}
    if build.package is None:
        terminal.note("nothing was built; --keep-going packages what can be rendered all the same")
    for path, reason in skipped.items():
        terminal.note(f"left out {path}: {reason}")
    if build.package is not None and build.tree is not None:
        terminal.emit(_made(checked.analyzed.pack, build.tree, build.package, target, build.beside))
    return 0 if build.succeeded else 1


def _show(diagnostics: Sequence[Diagnostic], text_of: Callable[[str], str | None]) -> None:
    """Print the errors whole; of the rest, how many there are."""
    from generator.report.findings import Report, summarize
    from generator.report.full import render

    errors = tuple(diagnostic for diagnostic in diagnostics if diagnostic.severity is Severity.ERROR)
    report = Report(
        diagnostics=errors,
        text_of=text_of,
        width=terminal.width(),
        color=terminal.use_color(),
    )
    terminal.emit(render(report))
    summary = summarize(diagnostics, None)
    if summary.total:
        hidden = summary.total - summary.errors
        more = "; `contentpack validate` shows them all" if hidden else ""
        terminal.emit(f"{summary.line()}{more}\n")


def _made(pack: Pack, tree: AppTree, result: PackageResult, out: Path, beside: Sequence[str]) -> str:
    app = pack.config.app
    counts = _counts(
        (
            (len(pack.detections), "detection", "detections"),
            (len(pack.stories), "story", "stories"),
            (len(pack.macros), "macro", "macros"),
            (len(pack.lookups), "lookup", "lookups"),
            (len(pack.baselines), "baseline", "baselines"),
            (len(pack.dashboards), "dashboard", "dashboards"),
        )
    )
    rows = [
        (str(result.archive), f"{_size(result.archive.stat().st_size)}, sha256 {result.sha256}"),
        (f"{result.folder}{os.sep}", f"{len(tree.files):,} files"),
        (str(result.record), "inputs and checksums"),
    ]
    rows += [(str(out / path), "ATT&CK Navigator layer") for path in beside if path.startswith("reporting/")]
    documents = sum(path.startswith("api/") for path in beside)
    if documents:
        rows.append((f"{out / 'api'}{os.sep}", f"{documents} files"))
    from generator.report.visible import visible

    width = max(len(visible(path)) for path, _ in rows)
    title = f"{app.title or app.label or app.id} {tree.version}"
    lines = [f"built {visible(title)}: {counts or 'no content'}"]
    lines += [f"  {visible(path):<{width}}  {what}" for path, what in rows]
    return "".join(f"{line}\n" for line in lines)


def _counts(kinds: Iterable[tuple[int, str, str]]) -> str:
    return ", ".join(f"{count:,} {one if count == 1 else many}" for count, one, many in kinds if count)


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
