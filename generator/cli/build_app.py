"""`contentpack build-app` and `build-app`: validate, render, package, and say what was made."""

from __future__ import annotations

import datetime
import hashlib
import os
import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.base.diagnostics import RepositoryError, Severity
from generator.cli import terminal
from generator.cli.collection import put_off
from generator.cli.options import cache_option, example, jobs_option, refuse_no_pack, repo_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from generator.base.apptree import AppTree
    from generator.base.diagnostics import Diagnostic
    from generator.content.model import Pack
    from generator.package import PackageResult
    from generator.render import RenderInputs


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
    from generator.cli.files import write_files
    from generator.cli.findings import exit_code
    from generator.package import archive_mtime, package
    from generator.render import UnrenderableContentError, read_inputs, render_api, render_app, render_navigator
    from generator.rules.run import check_app, validate

    target = out or repo / "dist"
    with terminal.Progress() as progress:
        progress.step("reading")
        today = datetime.datetime.now(tz=datetime.UTC).date()
        checked = validate(
            repo, today=today, progress=lambda done: progress.step("checking", done), jobs=jobs, cache=not no_cache
        )
        refuse_no_pack(repo, found=bool(checked.texts or checked.diagnostics))
        pack = checked.analyzed.pack
        code = exit_code(checked.diagnostics)
        if code and not keep_going:
            progress.clear()
            _show(checked.diagnostics, checked.texts.get)
            terminal.note("nothing was built; --keep-going packages what can be rendered all the same")
            return code
        progress.step("rendering")
        inputs = read_inputs(repo, pack)
        attack = checked.attack
        skipped: dict[str, str] = {}
        while True:
            try:
                tree = render_app(pack, inputs, attack=attack, skip=skipped.keys())
                break
            except UnrenderableContentError as error:
                if not keep_going or error.path in skipped:
                    raise
                skipped[error.path] = str(error)
        diagnostics = [*checked.diagnostics, *check_app(checked.analyzed, tree)]
        code = exit_code(diagnostics) or int(bool(skipped))
        progress.clear()
        _show(diagnostics, checked.texts.get)
        if code and not keep_going:
            terminal.note("nothing was built; --keep-going packages the app all the same")
            return code
        for path, reason in skipped.items():
            terminal.note(f"left out {path}: {reason}")
        progress.step("packaging")
        result = package(
            tree,
            target,
            inputs=_checksums(repo, pack, inputs),
            versions={"attack": attack.version},
            mtime=archive_mtime(_newest(pack), os.environ),
        )
        beside = {"reporting/coverage.json": render_navigator(pack, attack_version=attack.version, skip=skipped.keys())}
        if pack.config.build_api:
            beside |= {
                f"api/{name}": data
                for name, data in render_api(pack, inputs, attack=attack, skip=skipped.keys()).items()
            }
        write_files(target, beside)
    terminal.emit(_made(pack, tree, result, target, list(beside)))
    return code


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


def _checksums(root: Path, pack: Pack, inputs: RenderInputs) -> dict[str, str]:
    """Return the SHA-256 of every file that the app was made from, by path."""
    sums = {f"app_template/{path}": hashlib.sha256(data).hexdigest() for path, data in inputs.static.items()}
    sums |= {path: hashlib.sha256(data).hexdigest() for path, data in inputs.data.items()}
    documents = {item.path for item in pack.objects()}
    if pack.config.document is not None:
        documents.add(pack.config.document.path)
    if pack.config.attack:
        documents.add(posixpath.normpath(pack.config.attack))
    for path in documents:
        try:
            sums[path] = hashlib.sha256((root / path).read_bytes()).hexdigest()
        except OSError as error:
            raise RepositoryError(f"cannot read {path}: {error.strerror or error}") from error
    return sums


def _newest(pack: Pack) -> int | None:
    """Return the newest date that the content gives itself, as seconds since 1970; None without any."""
    dates = [item.modification_date for item in pack.objects() if item.modification_date is not None]
    if not dates:
        return None
    return int(datetime.datetime.combine(max(dates), datetime.time(), tzinfo=datetime.UTC).timestamp())


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
