"""Alert suppression: for how long a saved search that has acted holds its actions back, as a whole or row by row.

Settings (savedsearches.conf.spec; Alerting Manual, "Throttle alerts"):

- `alert.suppress` switches it on, `alert.suppress.period` is a number with a unit (`60` = `60s`, `5m`, `1h`, `1d`).
- `alert.suppress.fields`: a row whose values of all these fields equal those of a row that acted within the period is left out, also one
  of the same run. Without fields the whole search is held back; with `alert.digest_mode = 0` fields must be there.
- `alert.suppress.group_name`: searches of one owner and group hold each other back.

An edit of the saved search ends what was noted for it. What is noted lasts, in a file where the server keeps one.
"""

from __future__ import annotations

import csv
import hashlib
import re
from typing import TYPE_CHECKING

import orjson

from generator.base.diagnostics import BackendError, GeneratorError
from generator.base.frozen import dataclass
from generator.splunkd.call import is_true
from generator.splunkd.disk import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from generator.splunkd.confs import ConfObject
    from generator.splunkd.results import Row

MAX_NOTED = 100_000
"""Values that are noted at a time; the oldest go first."""

_PERIOD = re.compile(r"(\d+)\s*([a-z]*)")
_UNITS = {
    **dict.fromkeys(("", "s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """How a saved search is suppressed: `seconds`, and the fields that make two rows the same (none: all rows are)."""

    seconds: int
    fields: tuple[str, ...]


def rule_of(settings: Mapping[str, str]) -> Rule | None:
    """Return how a saved search is suppressed; None where it is not.

    Raises:
        GeneratorError: the settings say when to suppress, and not how.
    """
    if not is_true(settings.get("alert.suppress")):
        return None
    text = settings.get("alert.suppress.period", "").strip().lower()
    found = _PERIOD.fullmatch(text)
    seconds = int(found[1]) * _UNITS.get(found[2], 0) if found is not None else 0
    if not seconds:
        raise GeneratorError(
            f"The setting `alert.suppress.period` is no period greater than zero: {text or '(empty)'}; give one such as 60s, 5m, 1h, 1d."
        )
    listed = next(csv.reader([settings.get("alert.suppress.fields", "")], skipinitialspace=True), [])
    fields = tuple(dict.fromkeys(name.strip() for name in listed if name.strip()))
    if not fields and not is_true(settings.get("alert.digest_mode", "") or "1"):
        raise GeneratorError(
            "The setting `alert.suppress.fields` is empty; where `alert.digest_mode` is off, suppression needs fields."
        )
    return Rule(seconds, fields)


class Suppressions:
    """What is held back until when. `path` is the file that keeps it, None keeps nothing."""

    def __init__(self, path: Path | None, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._until: dict[str, dict[str, float]] = {}
        self._marks: dict[str, str] = {}
        if path is not None and path.is_file():
            try:
                kept = orjson.loads(path.read_bytes())
                self._until, self._marks = kept["until"], kept["marks"]
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise BackendError(f"{path} is damaged; move it away to start without what was suppressed") from error

    def acting(self, found: ConfObject, rule: Rule, rows: Sequence[Row]) -> list[int]:
        """Return the numbers of the rows that are not held back: none where the search as a whole is."""
        known = self._known(found)
        now = self._clock()
        if known.get("", 0.0) > now:
            return []
        if not rule.fields:
            return list(range(len(rows)))
        seen = {key for key, until in known.items() if until > now}
        acting = []
        for number, row in enumerate(rows):
            key = _key(rule, row)
            if key not in seen:
                seen.add(key)
                acting.append(number)
        return acting

    def note(self, found: ConfObject, rule: Rule, rows: Sequence[Row]) -> None:
        """Note that rows have acted.

        Raises:
            RepositoryError: it cannot be written down.
        """
        until = self._clock() + rule.seconds
        known = self._known(found)
        for key in [_key(rule, row) for row in rows] if rule.fields else [""]:
            known.pop(key, None)
            known[key] = until
        self._keep(found, known)

    def hold(self, found: ConfObject, seconds: float) -> None:
        """Hold a saved search back as a whole.

        Raises:
            RepositoryError: it cannot be written down.
        """
        self._keep(found, {**self._known(found), "": self._clock() + seconds})

    def left(self, found: ConfObject) -> float:
        """Return for how many seconds a saved search, or a row of it, is held back; 0 where nothing is."""
        return max(0.0, *(until - self._clock() for until in (*self._known(found).values(), 0.0)))

    def end(self, found: ConfObject) -> None:
        """Forget what is noted for a saved search.

        Raises:
            RepositoryError: it cannot be written down.
        """
        self._keep(found, {})

    def _known(self, found: ConfObject) -> dict[str, float]:
        scope, mark = _scope(found)
        return dict(self._until.get(scope, {})) if self._marks.get(scope) == mark else {}

    def _keep(self, found: ConfObject, known: dict[str, float]) -> None:
        now = self._clock()
        scope, mark = _scope(found)
        self._until[scope], self._marks[scope] = known, mark
        for name, noted in list(self._until.items()):
            left = {key: until for key, until in noted.items() if until > now}
            while len(left) > MAX_NOTED:
                del left[next(iter(left))]
            if left:
                self._until[name] = left
            else:
                del self._until[name], self._marks[name]
        if self._path is not None:
            write_atomic(self._path, orjson.dumps({"until": self._until, "marks": self._marks}))


def _scope(found: ConfObject) -> tuple[str, str]:
    """Return what shares one suppression, and a mark of the settings that an edit changes; a group outlives edits."""
    owner = found.access.owner
    group = found.settings.get("alert.suppress.group_name", "").strip()
    if group:
        return orjson.dumps([owner, "", group]).decode(), ""
    settings = orjson.dumps(dict(found.settings), option=orjson.OPT_SORT_KEYS)
    return orjson.dumps([owner, *found.place, found.name]).decode(), hashlib.sha256(settings).hexdigest()


def _key(rule: Rule, row: Row) -> str:
    return orjson.dumps([row.get(name, "") for name in rule.fields]).decode()
