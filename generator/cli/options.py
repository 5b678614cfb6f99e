"""Options that several commands share, and how their words become values."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from generator.base.diagnostics import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Decorated = TypeVar("Decorated", bound="Callable[..., object]")


def repo_option(function: Decorated) -> Decorated:
    """Add `--repo DIR`."""
    decorate = click.option(
        "--repo",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=".",
        metavar="DIR",
        help="The content pack. Default: the current folder.",
    )
    return decorate(function)


def format_option(function: Decorated) -> Decorated:
    """Add `--format` for findings."""
    from generator.report import FORMATS

    decorate = click.option(
        "--format",
        "format_name",
        type=click.Choice(FORMATS),
        default="full",
        show_default=True,
        help="How findings are printed.",
    )
    return decorate(function)


def jobs_option(function: Decorated) -> Decorated:
    """Add `--jobs N`."""
    decorate = click.option(
        "--jobs", type=click.IntRange(1), metavar="N", help="Processes at work. [default: one a core]"
    )
    return decorate(function)


def apps_option(function: Decorated) -> Decorated:
    """Add `--app DIR`, which arrives as `apps`."""
    decorate = click.option(
        "--app",
        "apps",
        multiple=True,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="A Splunk app or add-on to install besides the pack's; may be repeated. Its files are only read.",
    )
    return decorate(function)


def cache_option(function: Decorated) -> Decorated:
    """Add `--no-cache`."""
    decorate = click.option(
        "--no-cache", is_flag=True, help="Check everything anew, and keep nothing for the next run."
    )
    return decorate(function)


def example(text: str) -> str:
    """Return a help epilog that shows one command line as it is typed."""
    return f"\b\nExample:\n  {text}"


def words(values: Iterable[str]) -> tuple[str, ...]:
    """Split repeated, comma-separated option values: `("SPL,DET012", "YML")` -> `("SPL", "DET012", "YML")`."""
    return tuple(word for value in values for word in (part.strip() for part in value.split(",")) if word)


def pack_paths(root: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Return paths that a user gave as the pack names them: relative to its root, with `/`; empty for the whole pack.

    A path counts from the current folder, or from the pack's root when there is no such file here.

    Raises:
        RepositoryError: nothing is there, or it lies outside the pack.
    """
    top = root.resolve()
    found = []
    for path in paths:
        candidates = [Path(path).absolute(), (top / path).absolute()]
        target = next((candidate for candidate in candidates if candidate.exists()), None)
        if target is None:
            raise RepositoryError(f"{path}: no such file or folder")
        resolved = Path(os.path.normpath(target.parent.resolve() / target.name))
        if not resolved.is_relative_to(top):
            raise RepositoryError(f"{path}: lies outside the content pack {root}; choose the pack with --repo")
        relative = resolved.relative_to(top).as_posix()
        found.append(relative)
    return () if "." in found else tuple(found)


def check_not_among_content(root: Path, out: Path, *, below: Iterable[str] = ("",)) -> None:
    """Refuse an output folder among the pack's content, where what is written would be read as content the next time.

    Args:
        root: the pack.
        out: the folder that is written to.
        below: folders in it that are written to.

    Raises:
        RepositoryError: one of them is a content folder of the pack, or lies in one.
    """
    from generator.content.dialects import FOLDERS

    top = root.resolve()
    for name in below:
        target = (out / name).resolve()
        if target.is_relative_to(top) and (parts := target.relative_to(top).parts) and parts[0] in FOLDERS:
            raise RepositoryError(
                f"{out}: would be written among the pack's content in {parts[0]}/; name another folder with --out"
            )


def workspace_prefix(root: Path) -> str:
    """Return the way from the top of a GitHub checkout to the pack, `packs/web/` or empty, for annotations."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if not workspace:
        return ""
    top, pack = Path(workspace).resolve(), root.resolve()
    if pack == top or not pack.is_relative_to(top):
        return ""
    return f"{pack.relative_to(top).as_posix()}/"
