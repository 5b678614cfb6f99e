"""The rendered app on a server: a temporary app of its own, made by REST and filled as searches need it.

A server's own copy of the app is left alone: the temporary one has another name, and its objects win for searches that run in
it. A saved search comes with the macros and lookups that it names, directly or through others, so that one test of a pack of
thousands installs a handful of objects. Macros that ask data models for summaries only are installed without that: a new
index has no summaries. (Splunk documentation: REST API reference, apps/local, configs/conf-{file}, saved/searches; the search
reference on makeresults, whose `format=csv` came with Splunk 9, and outputlookup.)

Left out on purpose: actions, schedules and alerts (a test dispatches), views, and whatever else takes no part in a search.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from generator.backends.splunk.rest import RestError, named
from generator.base.diagnostics import BackendError
from generator.knowledge.conf import merge_apps
from generator.spl.macrocalls import called_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from generator.backends.splunk.workspace import Workspace

_SAVED = re.compile(r"\|\s*savedsearch\s+(?:\"((?:[^\"\\]|\\.)*)\"|(\S+))", re.IGNORECASE)
_SUMMARIES_ONLY = re.compile(r"\bsummariesonly\s*=\s*(?:true|t|1)\b", re.IGNORECASE)
_WORD = re.compile(r"[\w.-]+")
_SEARCH_KEYS = ("search", "description", "dispatch.earliest_time", "dispatch.latest_time")
_MACRO_KEYS = ("definition", "args", "iseval", "validation", "errormsg")
_OTHER_CONFS = ("eventtypes", "tags", "props")
_RESTART = "restart_required"
_CHUNK = 200_000
"""Characters of a table that one search carries."""


class TemporaryApp:
    """An app on a server, made for one run. `run_search` runs a text in it and waits for its end."""

    def __init__(
        self, workspace: Workspace, folder: Path, others: Sequence[Path], run_search: Callable[[str], object]
    ) -> None:
        self._workspace = workspace
        self._rest = workspace.rest
        self._folders = (*others, folder)
        self._run_search = run_search
        self._searches = _values(self._folders, "savedsearches")
        self._macros = _values(self._folders, "macros")
        self._lookups = _values(self._folders, "transforms")
        self._done: set[tuple[str, str]] = set()
        self.name = f"{workspace.prefix}_app"

    def make(self) -> None:
        """Make the app with what searches do not name: event types, tags and rules of extraction.

        Raises:
            BackendError: the server refuses it.
        """
        asked = self._asks_for_restart()
        self._rest.post("apps/local", name=self.name, label=self.name, visible=0, template="barebones")
        self._workspace.undo(f"app {self.name}", lambda: self._remove(asked=asked))
        for conf in _OTHER_CONFS:
            for stanza, settings in _values(self._folders, conf).items():
                self._put(f"configs/conf-{conf}", stanza, settings)
        for stanza, settings in self._lookups.items():
            if "REGEX" in settings or "DELIMS" in settings:
                self._put("configs/conf-transforms", stanza, settings)

    def _remove(self, *, asked: bool) -> None:
        """Remove the app. A server then asks for a restart, which it does not need: the app held objects of searches only."""
        self._rest.delete(named("apps/local", self.name))
        if not asked and self._asks_for_restart():
            self._rest.delete(f"messages/{_RESTART}")

    def _asks_for_restart(self) -> bool:
        return any(entry.get("name") == _RESTART for entry in self._rest.entries("messages", count=0))

    def settings(self, search: str) -> Mapping[str, str]:
        """Return the settings of a saved search.

        Raises:
            BackendError: there is no such one.
        """
        if search not in self._searches:
            raise BackendError(f"the app has no saved search `{search}`")
        return self._searches[search]

    def ensure_search(self, search: str) -> None:
        """See that a saved search is there, with everything that it names.

        Raises:
            BackendError: there is no such search, or the server refuses a part of it.
        """
        settings = self.settings(search)
        if not self._first("search", search):
            return
        self.ensure_text(settings.get("search", ""))
        kept = {key: settings[key] for key in _SEARCH_KEYS if key in settings}
        self._put("saved/searches", search, {**kept, "is_scheduled": "0"})

    def ensure_text(self, text: str) -> None:
        """See that what a text names is there. Raises as `ensure_search`."""
        for name in dict.fromkeys(found[1] or found[2] for found in _SAVED.finditer(text)):
            if name in self._searches:
                self.ensure_search(name)
        for name in sorted(called_names(text)):
            for stanza, settings in self._macros.items():
                if stanza.partition("(")[0] == name and self._first("macro", stanza):
                    definition = _SUMMARIES_ONLY.sub("summariesonly=false", settings.get("definition", ""))
                    self.ensure_text(definition)
                    kept = {key: settings[key] for key in _MACRO_KEYS if key in settings}
                    self._put("configs/conf-macros", stanza, {**kept, "definition": definition})
        words = set(_WORD.findall(text))
        for name, settings in self._lookups.items():
            file = settings.get("filename", "")
            if (name in words or (file and file in words)) and self._first("lookup", name):
                self._put_lookup(name, settings)

    def _first(self, kind: str, name: str) -> bool:
        if (kind, name) in self._done:
            return False
        self._done.add((kind, name))
        return True

    def _put(self, path: str, stanza: str, settings: Mapping[str, str]) -> None:
        try:
            self._rest.post(path, owner="nobody", app=self.name, name=stanza, **settings)
        except RestError as error:
            if not error.existing:
                raise
            self._rest.post(named(path, stanza), owner="nobody", app=self.name, **settings)

    # --- lookups -----------------------------------------------------------------------------------------------------

    def _put_lookup(self, name: str, settings: Mapping[str, str]) -> None:
        file = settings.get("filename", "")
        collection = settings.get("collection", "")
        if collection:
            try:
                self._rest.post("storage/collections/config", owner="nobody", app=self.name, name=collection)
            except RestError as error:
                if not error.existing:
                    raise
            # An app of this name may have been here before; an empty table would leave its documents.
            self._rest.delete(named("storage/collections/data", collection), owner="nobody", app=self.name)
            self._put("configs/conf-transforms", name, settings)
        table = self._table(file or f"{collection}.csv")
        if table is not None:
            for search in _uploads(table, name if collection else file):
                self._run_search(search)
        if file:
            self._put("configs/conf-transforms", name, settings)

    def _table(self, file: str) -> list[list[str]] | None:
        for folder in reversed(self._folders):
            path = folder / "lookups" / file
            if path.is_file() and not path.is_symlink():
                text = path.read_text("utf-8-sig", errors="replace")
                return [row for row in csv.reader(io.StringIO(text, newline="")) if row]
        return None


def _uploads(table: list[list[str]], target: str) -> Iterator[str]:
    """Yield the searches that write a table to a lookup, piece by piece."""
    if not table:
        return
    header, *rows = table
    columns = " ".join(_quoted(name) for name in header)
    append = False
    piece: list[str] = []
    size = 0
    for line in (*(_line(row) for row in rows), None):
        if line is None or (piece and size + len(line) > _CHUNK):
            data = _quoted("".join([_line(header), *piece]))
            yield (
                f"| makeresults format=csv data={data} | table {columns} "
                f"| outputlookup createinapp=true override_if_empty=false append={'true' if append else 'false'} {_quoted(target)}"
            )
            append, piece, size = True, [], 0
        if line is not None:
            piece.append(line)
            size += len(line)


def _line(row: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _values(folders: Sequence[Path], conf: str) -> dict[str, dict[str, str]]:
    return {
        stanza: {key: setting.value for key, setting in settings.items()}
        for stanza, settings in merge_apps(folders, conf).items()
    }
