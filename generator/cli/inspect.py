"""`contentpack inspect`: Splunk's AppInspect on a package, its report as findings."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path

import click

from generator.base.diagnostics import RepositoryError
from generator.cli import terminal
from generator.cli.options import example, format_option, repo_option, words


@click.command("inspect", epilog=example("contentpack inspect dist/my_app-1.0.0.tar.gz"))
@click.argument("package", required=False, type=click.Path(path_type=Path))
@repo_option
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Where the package was built. [default: dist]"
)
@click.option("--appinspect", metavar="CMD", help="The splunk-appinspect command. [default: the one found, see above]")
@click.option("--tags", multiple=True, metavar="TAGS", help="Which checks. [default: cloud,private_victoria]")
@click.option(
    "--timeout", type=click.FloatRange(1), default=600, show_default=True, metavar="SECONDS", help="Give up after this."
)
@format_option
def command(
    *,
    package: Path | None,
    repo: Path,
    out: Path | None,
    appinspect: str | None,
    tags: tuple[str, ...],
    timeout: float,
    format_name: str,
) -> int:
    """Run Splunk's AppInspect on a built package.

    Without PACKAGE, the one in the pack's dist folder. AppInspect is looked for in $CONTENTPACK_APPINSPECT, in
    .appinspect/ of the pack and of the current folder, and on PATH.
    """
    from generator.inspection import DEFAULT_TAGS, find_appinspect, inspect_package, package_text

    started = time.perf_counter()
    found = find_appinspect(appinspect, os.environ, [repo, Path.cwd()])
    target = package or _built_package(out or repo / "dist")
    with terminal.Progress() as progress:
        progress.step(f"AppInspect on {target.name}")
        inspection = inspect_package(target, found, tags=words(tags) or DEFAULT_TAGS, timeout=timeout)
    from generator.cli.findings import show

    code = show(
        inspection.diagnostics,
        format_name=format_name,
        files=None,
        text_of=partial(package_text, target),
        elapsed=time.perf_counter() - started,
    )
    counts = ", ".join(f"{count} {result.replace('_', ' ')}" for result, count in sorted(inspection.results.items()))
    terminal.note(f"AppInspect {inspection.version}: {inspection.checks} checks on {target.name}: {counts}")
    return code


def _built_package(out: Path) -> Path:
    """Return the package that `build-app` left in a folder.

    Raises:
        RepositoryError: there is none, or there are several.
    """
    packages = sorted(out.glob("*.tar.gz")) if out.is_dir() else []
    if not packages:
        raise RepositoryError(f"no package in {out}; make one with `contentpack build-app`, or name one")
    if len(packages) > 1:
        names = ", ".join(package.name for package in packages)
        raise RepositoryError(f"several packages in {out}: {names}; name the one to inspect")
    return packages[0]
