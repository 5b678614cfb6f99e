"""The rendered app on disk, as tests install it: the whole one, and variants with the lookups and macros of one test.

A variant is the same app with the test's macros in `local/macros.conf` and its lookups' tables in place of the pack's, so it works in
any backend.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from typing import TYPE_CHECKING

from generator.base.diagnostics import BackendError
from generator.knowledge.conf import merge_apps, write_stanzas
from generator.spl.macrocalls import called_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from generator.base.apptree import AppTree
    from generator.content.model import Cells, Test

_FILE = re.compile(r"[A-Za-z0-9_.@ -]+")
_WORD = re.compile(r"[\w.-]+")
_CLOCK = re.compile(r"\b(?:strptime|now|time|relative_time|mktime)\s*\(", re.IGNORECASE)
_WRITES = re.compile(r"\|\s*(?:outputlookup|outputcsv|collect|mcollect|sumindex|summaryindex|delete)\b", re.IGNORECASE)


class RenderedApp:
    """The folder of a rendered app below `folder`, and what its conf files say."""

    def __init__(self, tree: AppTree, folder: Path) -> None:
        self._tree = tree
        self._folder = folder
        self.path = _written(tree, folder / "app")
        self.searches = _values(merge_apps([self.path], "savedsearches"))
        self._macros = _values(merge_apps([self.path], "macros"))
        self._stanzas: dict[str, list[str]] = {}
        for stanza in self._macros:
            self._stanzas.setdefault(stanza.partition("(")[0], []).append(stanza)
        self._transforms = _values(merge_apps([self.path], "transforms"))

    def variant(self, test: Test, number: int) -> Path:
        """Return the app with a test's own lookups and macros; the app itself where it has none.

        Raises:
            BackendError: a lookup's name cannot be a file's, or it is not clear which form of a macro is meant.
        """
        if not test.lookups and not test.macros:
            return self.path
        target = self._folder / f"variant-{number}-{os.getpid()}" / self.path.name
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(self.path, target)
        if test.macros:
            stanzas = {self._macro_stanza(name): {"definition": text} for name, text in test.macros.items()}
            local = target / "local"
            local.mkdir(exist_ok=True)
            (local / "macros.conf").write_text(write_stanzas(stanzas), "utf-8")
        missing = {}
        for name, rows in test.lookups.items():
            settings = self._transforms.get(name)
            if settings is None:
                missing[name] = {"filename": f"{name}.csv"}
                settings = missing[name]
            file = settings.get("filename") or f"{settings.get('collection', name)}.csv"
            if not _FILE.fullmatch(file) or file.startswith("."):
                raise BackendError(f"the lookup `{name}` of the test has no file name that could be used: `{file}`")
            (target / "lookups").mkdir(exist_ok=True)
            (target / "lookups" / file).write_bytes(_csv(rows, settings.get("fields_list", "")))
        if missing:
            local = target / "local"
            local.mkdir(exist_ok=True)
            (local / "transforms.conf").write_text(write_stanzas(missing), "utf-8")
        return target

    def _macro_stanza(self, name: str) -> str:
        """Return the stanza that a test means: with its number of arguments where the test leaves that out."""
        if name in self._macros or "(" in name:
            return name
        found = self._stanzas.get(name, [])
        if len(found) > 1:
            raise BackendError(
                f"the test sets the macro `{name}`, which has several forms: name one of {', '.join(sorted(found))}"
            )
        return found[0] if found else name

    def without_effect(self, test: Test, searches: Iterable[str]) -> str:
        """Return what a test sets and the app neither has nor asks for in the searches: a misspelt name; empty where all is used."""
        text = "\n".join(map(self.text, searches))
        calls = called_names(text)
        models = "datamodel" in text.lower()  # they ask for macros of their own, such as `cim_Endpoint_indexes`
        for name in test.macros:
            bare = name.partition("(")[0]
            if bare not in self._stanzas and bare not in calls and not models:
                return f"the macro `{name}`"
        words = set(_WORD.findall(text))
        for name in test.lookups:
            if name not in self._transforms and name not in words:
                return f"the lookup `{name}`"
        return ""

    def text(self, name: str) -> str:
        """Return a saved search's text and those of the macros that it uses, one behind the other.

        No expansion: it asks too much rather than too little (all forms of a macro, also what stands in comments), and macros
        that are evaluated when the search runs are in it.
        """
        seen: set[str] = set()
        waiting = [self.searches.get(name, {}).get("search", "")]
        texts = []
        while waiting:
            text = waiting.pop()
            texts.append(text)
            for macro in sorted(called_names(text)):
                if macro not in seen:
                    seen.add(macro)
                    waiting += [self._macros[stanza].get("definition", "") for stanza in self._stanzas.get(macro, ())]
        return "\n".join(texts)

    def reads_clock(self, name: str) -> bool:
        """Whether a saved search compares times of texts or the present: then the times in events' texts must move too."""
        return bool(_CLOCK.search(self.text(name)))

    def writes(self, name: str) -> bool:
        """Whether a saved search leaves something behind that the next search would see."""
        return bool(_WRITES.search(self.text(name)))


def _written(tree: AppTree, folder: Path) -> Path:
    """Write what takes part in searches: not what is drawn on a screen."""
    target = folder / tree.app_id
    for path, data in tree:
        if path.startswith("lookups/") or (path.startswith("default/") and not path.startswith("default/data/ui/")):
            file = target / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    (target / "default").mkdir(parents=True, exist_ok=True)
    return target


def _values(stanzas: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, str]]:
    return {
        name: {key: str(getattr(setting, "value", setting)) for key, setting in settings.items()}
        for name, settings in stanzas.items()
    }


def _csv(rows: Iterable[Cells], fields: str) -> bytes:
    given = tuple(rows)
    known = [name.strip() for name in fields.split(",") if name.strip() and name.strip() != "_key"]
    columns = list(dict.fromkeys([*(name for row in given for name in row), *known]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in given:
        cells = (row.get(column, "") for column in columns)
        writer.writerow(["\n".join(cell) if isinstance(cell, tuple) else cell for cell in cells])
    return text.getvalue().encode()
