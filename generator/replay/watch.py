"""Which tests a saved file touches, and waiting for one to be saved: `contentpack test --watch`.

A detection's or baseline's file touches its tests and those of chains through it; a macro's, those that call it, also through other
macros; a lookup's (or its table's), those that name it; a data file, the tests that load it. A schedule, the configuration and a
template of the app touch everything. Files are looked at again and again (size and time), which works on every system and over
every mount.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from generator.base.diagnostics import DatasetError
from generator.content.dialects import FOLDERS
from generator.content.load import SKIPPED_FOLDERS
from generator.replay.plan import testable
from generator.spl.macrocalls import called_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from generator.content.model import Pack
    from generator.replay.datasets import DataStore
    from generator.replay.plan import Planned

Stamps = dict[str, tuple[int, int]]
"""Path to time (nanoseconds) and size."""

_WORD = re.compile(r"[\w.-]+")
_ALL = ("schedules/", "deployments/", "app_template/")


def stamps(root: Path, others: Iterable[Path] = ()) -> Stamps:
    """Return the state of all files of a pack, by path in the pack, and of files elsewhere, by their full path."""
    found: Stamps = {}
    for path, entry in _files(root):
        try:
            seen = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # it went away just now
        found[path] = seen.st_mtime_ns, seen.st_size
    for file in others:
        try:
            at = file.stat()
        except OSError:
            continue
        found[str(file)] = at.st_mtime_ns, at.st_size
    return found


def _files(root: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    wanted = {*FOLDERS, "attack_data", "app_template"}
    waiting = [(os.fspath(root), "")]
    while waiting:
        folder, prefix = waiting.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if prefix or (entry.name in wanted and entry.name not in SKIPPED_FOLDERS):
                    waiting.append((entry.path, f"{path}/"))
            elif prefix or entry.name.endswith((".yml", ".yaml")):
                yield path, entry


def changed(before: Stamps, after: Stamps) -> set[str]:
    """Return the paths that are new, gone or different."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def wait(
    look: Callable[[], Stamps],
    before: Stamps,
    *,
    pause: float = 0.3,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[set[str], Stamps]:
    """Return what changed, and the new state, once something did and then nothing more for one pause (editors save in steps)."""
    while True:
        sleep(pause)
        after = look()
        if after == before:
            continue
        while True:
            sleep(pause)
            again = look()
            if again == after:
                return changed(before, after), after
            after = again


def data_files(plan: Sequence[Planned], store: DataStore) -> dict[str, Path]:
    """Return the files of a plan's data by reference, as far as they are here."""
    found = {}
    for reference in dict.fromkeys(data.data for one in plan for data in one.data):
        try:
            located = store.find(reference)
        except DatasetError:
            continue
        if located.path is not None:
            found[reference] = located.path
    return found


def touched(
    pack: Pack, plan: Sequence[Planned], paths: Iterable[str], files: Mapping[str, Path]
) -> tuple[Planned, ...]:
    """Return the tests of a plan that changed files touch; `files` is what `data_files` gave."""
    saved = set(paths)
    if any("/" not in path or path.startswith(_ALL) for path in saved if not Path(path).is_absolute()):
        return tuple(plan)
    by_path = {item.path: item for item in testable(pack)}
    macros = {macro.name for macro in pack.macros if macro.path in saved}
    lookups = {
        name
        for lookup in pack.lookups
        if lookup.path in saved or lookup.data_path in saved
        for name in (lookup.name, lookup.document.stem)
    }
    texts = _texts(pack)
    hit = {path for path in saved if path in by_path}
    for item in testable(pack):
        calls, words = texts[item.path]
        if calls & macros or words & lookups:
            hit.add(item.path)
    names = {by_path[path].name for path in hit}
    data = {reference for reference, file in files.items() if reference in saved or str(file) in saved}
    return tuple(
        one
        for one in plan
        if one.item.path in hit
        or names.intersection(one.test.chain)
        or any(piece.data in data or piece.data in saved for piece in one.data)
    )


def _texts(pack: Pack) -> dict[str, tuple[set[str], set[str]]]:
    """Return for each detection and baseline the macros that it calls, also through others, and the words of its search and of theirs."""
    definitions = {macro.name: macro.definition for macro in pack.macros}
    found = {}
    for item in testable(pack):
        calls: set[str] = set()
        words: set[str] = set()
        waiting = [item.search]
        while waiting:
            text = waiting.pop()
            words.update(_WORD.findall(text))
            for name in called_names(text):
                if name not in calls:
                    calls.add(name)
                    waiting.append(definitions.get(name, ""))
        found[item.path] = calls, words
    return found
