"""`contentpack data`: the events that a pack's tests replay: what is here, fetch the rest, check it, and tidy the cache."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.base.diagnostics import DatasetError
from generator.cli import terminal
from generator.cli.options import example, repo_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from generator.replay.cache import DataCache
    from generator.replay.datasets import DataStore, Located
    from generator.replay.plan import Planned

    Decorated = TypeVar("Decorated", bound=Callable[..., object])


def _common(function: Decorated) -> Decorated:
    """Add the selectors, `--repo` and `--attack-data`."""
    decorated = click.option(
        "--attack-data",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="A local copy of a data repository.",
    )(repo_option(function))
    return click.argument("selectors", nargs=-1, metavar="[SELECTOR]...")(decorated)


@click.group("data", epilog=example("contentpack data fetch T1059"))
def command() -> None:
    """List, fetch, check and tidy the events that tests replay."""


@command.command("ls", epilog=example("contentpack data ls --attack-data ../attack_data"))
@_common
@click.option("--missing", is_flag=True, help="Only those that are not here.")
def ls(*, selectors: tuple[str, ...], repo: Path, attack_data: Path | None, missing: bool) -> int:
    """List the data of the tests and where each is: in the pack, in the attack data folder, in the cache, or missing."""
    from generator.cli.testing import data_store
    from generator.replay.datasets import Origin
    from generator.report.visible import visible

    store = data_store(repo, attack_data)
    found, wrong = _located(_plan(repo, selectors), store)
    lines = []
    for one in found:
        if missing and one.origin is not Origin.MISSING:
            continue
        size = _size(one.path.stat().st_size) if one.path is not None else ""
        lines.append(f"{one.origin.value:<18} {size:>9}  {visible(one.reference)}\n")
    lines += [f"{'refused':<18} {'':>9}  {visible(reason)}\n" for reason in wrong]
    terminal.emit("".join(lines))
    here = sum(one.path is not None for one in found)
    terminal.note(f"{here:,} of {len(found) + len(wrong):,} files are here")
    return 1 if wrong else 0


@command.command("fetch", epilog=example("contentpack data fetch detections/endpoint --limit 500"))
@_common
@click.option(
    "--limit", type=click.IntRange(1), default=2048, show_default=True, metavar="MB", help="The largest file to fetch."
)
def fetch(*, selectors: tuple[str, ...], repo: Path, attack_data: Path | None, limit: int) -> int:
    """Fetch into the cache what is missing, several files at once; an interrupted fetch goes on where it was."""
    from generator.cli.testing import data_store, fetch_missing
    from generator.replay.datasets import known_references

    plan = _plan(repo, selectors)
    store = data_store(repo, attack_data)
    before = len(known_references(_located(plan, store)[0]))
    with terminal.Progress() as progress:
        failed = fetch_missing(store, plan, progress, limit=limit * 1_000_000)
    for error in failed.values():
        terminal.error(str(error))
    found, wrong = _located(plan, store)
    for reason in wrong:
        terminal.error(reason)
    lost = [one.reason for one in found if one.path is None and not one.url]
    for reason in lost:
        terminal.error(reason)
    terminal.emit(
        f"{before - len(failed):,} of {before:,} missing files fetched\n" if before else "no file is missing\n"
    )
    return 1 if failed or wrong or lost else 0


@command.command("verify", epilog=example("contentpack data verify --attack-data ../attack_data"))
@_common
def verify(*, selectors: tuple[str, ...], repo: Path, attack_data: Path | None) -> int:
    """Read every file of the tests and of the cache again and compare its checksum; damaged ones are removed from the cache."""
    from generator.cli.testing import data_store
    from generator.replay.cache import checksum

    store = data_store(repo, attack_data)
    plan = _plan(repo, selectors)
    bad = []
    count = 0
    with terminal.Progress() as progress:
        for entry in store.cache.entries():
            progress.step("checking", count)
            count += 1
            if checksum(entry.path) != entry.sha256:
                bad.append(f"{entry.url}: the cached file is damaged and was removed")
                store.cache.remove(entry.path.parent)
        found, wrong = _located(plan, store)
        for one in found:
            progress.step("checking", count)
            if one.path is not None and one.sha256 and one.path.parent.parent != store.cache.folder:
                count += 1
                if checksum(one.path) != one.sha256:
                    bad.append(f"{one.path}: has not the SHA-256 {one.sha256} that {one.reference} should have")
    for reason in (*bad, *wrong):
        terminal.error(reason)
    terminal.emit(f"{count:,} file{'' if count == 1 else 's'} checked, {len(bad):,} damaged\n")
    return 1 if bad or wrong else 0


@command.command("prune", epilog=example("contentpack data prune --older-than 90"))
@repo_option
@click.option("--all", "everything", is_flag=True, help="Remove all of the cache, whatever the pack needs.")
@click.option("--older-than", type=click.IntRange(0), metavar="DAYS", help="Only what was fetched so many days ago.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed.")
def prune(*, repo: Path, everything: bool, older_than: int | None, dry_run: bool) -> int:
    """Remove from the cache what the tests of this pack do not need, and what interrupted fetches left."""
    from generator.cli.testing import data_store
    from generator.report.visible import visible

    store = data_store(repo, None)
    needed: set[Path] = set()
    if not everything:
        for one in _located(_plan(repo, ()), store)[0]:
            needed.add(store.cache.place(one.url))
            if one.path is not None:
                needed.add(one.path.parent)
    before = time.time() - (older_than or 0) * 86_400
    doomed = [
        (entry.path.parent, entry.url)
        for entry in store.cache.entries()
        if entry.path.parent not in needed and (older_than is None or entry.fetched <= before)
    ]
    doomed += [(folder, "an interrupted fetch") for folder in store.cache.leftovers()]
    freed = 0
    for folder, what in doomed:
        terminal.emit(f"{'would remove' if dry_run else 'removed'} {visible(what)}\n")
        freed += _bytes(folder) if dry_run else store.cache.remove(folder)
    terminal.emit(
        f"{len(doomed):,} {'entry' if len(doomed) == 1 else 'entries'}, {_size(freed)}; in {_cache_name(store.cache)}\n"
    )
    return 0


def _plan(repo: Path, selectors: tuple[str, ...]) -> tuple[Planned, ...]:
    from generator.cli.testing import read_pack
    from generator.replay.plan import make_plan

    return make_plan(read_pack(repo), selectors)


def _located(plan: Iterable[Planned], store: DataStore) -> tuple[list[Located], list[str]]:
    """Return where each reference of a plan is, and what is wrong with the others."""
    found, wrong = [], []
    for reference in dict.fromkeys(data.data for one in plan for data in one.data):
        try:
            found.append(store.find(reference))
        except DatasetError as error:
            wrong.append(str(error))
    return found, wrong


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())


def _cache_name(cache: DataCache) -> str:
    from generator.report.visible import visible

    return visible(str(cache.folder))


def _size(count: int) -> str:
    for unit, size in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"
