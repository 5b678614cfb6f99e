r"""Lookup tables: CSV files and KV store collections, and which of their rows fit given values.

A field that is to be matched is compared exactly, as pattern of the table (`WILDCARD`: `*` in the table's value), or as
subnet of the table (`CIDR`). Rows are given in file order, at most `max_matches`; where fewer than `min_matches` fit, the
rest is filled with `default_match`. A lookup with a time field gives the rows whose time is at or before the event's within
the offsets, the newest first. Sources: transforms.conf.spec; Knowledge Manager Manual, "About lookups".

A CSV without a definition is a lookup under its file's name, exact and case-sensitive. KV store rows live in memory, since
an app folder holds only the collection's fields; a `<collection>.csv` in its `lookups` folder fills them.
"""

from __future__ import annotations

import csv
import gzip
import io
import ipaddress
import re
from dataclasses import field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import RepositoryError
from generator.base.frozen import dataclass
from generator.knowledge.transforms import MAX_MATCHES, LookupDefinition, Transforms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from generator.knowledge.conf import ConfStanzas

MAX_LOOKUP_BYTES = 512 * 1024 * 1024
_SAFE_NAME = re.compile(r"[A-Za-z0-9_.@ -]+")
_EMPTY = LookupDefinition("", "csv", "", "", (), (), True, 0, MAX_MATCHES, "", "", "", 2_000_000_000.0, 0.0)  # noqa: FBT003 - its fields in order


@dataclass(frozen=True, slots=True)
class WrittenLookup:
    """What searches made of a lookup: `name` is that of the file or, where `is_collection`, of the KV store collection.

    `before` are the rows that it had when they began, so that what others changed in the meantime need not be lost.
    """

    name: str
    is_collection: bool
    columns: tuple[str, ...]
    rows: list[dict[str, str]]
    before: list[dict[str, str]]


@dataclass(eq=False)
class Table:
    """The rows of a file or a collection, read on first use and shared by the definitions that are about it."""

    load: Callable[[], tuple[tuple[str, ...], list[dict[str, str]]]]
    version: int = 0
    told: int = 0
    before: list[dict[str, str]] | None = None
    _read: tuple[tuple[str, ...], list[dict[str, str]]] | None = field(default=None, repr=False)

    def content(self) -> tuple[tuple[str, ...], list[dict[str, str]]]:
        """Return columns and rows."""
        if self._read is None:
            self._read = self.load()
        return self._read

    def replace(self, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
        """Set columns and rows, for as long as this object lives."""
        if self.before is None:
            self.before = self.content()[1]
        self._read = (columns, rows)
        self.version += 1


class Lookup:
    """One lookup (`generator.engine.contracts.LookupTable`); `note` is what the user should know of it."""

    def __init__(self, definition: LookupDefinition, table: Table, note: str = "") -> None:
        self.definition = definition
        self.note = note
        self.table = table
        self._indexes: dict[tuple[str, ...], dict[tuple[str, ...], list[int]]] = {}
        self._patterns: dict[str, tuple[list[str], list[Callable[[str], bool]]]] = {}
        self._version = 0
        self._cache: dict[str, Any] = {}
        self._cache_version = 0
        self._how = dict(definition.match_types)

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns: those that the definition lists, else the file's."""
        return self.definition.fields or self.table.content()[0]

    @property
    def version(self) -> int:
        """A number that changes with each `write`."""
        return self.table.version

    @property
    def is_timed(self) -> bool:
        """Whether the event's time takes part in the comparison."""
        return bool(self.definition.time_field)

    @property
    def cache(self) -> dict[str, Any]:
        """What others derive from the rows, under a key of their own; emptied by each `write`."""
        if self._cache_version != self.table.version:
            self._cache.clear()
            self._cache_version = self.table.version
        return self._cache

    def rows(self) -> list[dict[str, str]]:
        """Return the rows in file order; an empty cell is absent."""
        return self.table.content()[1]

    def find(self, given: Mapping[str, str], *, time: float | None = None) -> list[dict[str, str]]:
        """Return the rows that fit column to value; the event's time is for lookups that have a time field."""
        if self._version != self.table.version:
            self._indexes.clear()
            self._patterns.clear()
            self._version = self.table.version
        definition = self.definition
        rows = self.rows()
        numbers: Iterable[int] = self._exact(given)
        for column, value in given.items():
            if column in self._how:
                numbers = self._like(column, value, numbers)
        if definition.time_field and time is not None:
            found = self._in_time(rows, numbers, time)
        else:
            found = []
            for number in numbers:
                found.append(rows[number])
                if len(found) == definition.max_matches:
                    break
        missing = definition.min_matches - len(found)
        if missing > 0 and definition.default_match:
            default = {column: definition.default_match for column in self.fields if column not in given}
            found = found + [default] * missing
        return found

    def write(self, rows: Sequence[Mapping[str, object]], *, append: bool) -> None:
        """Replace the rows, or add to them; a multivalue becomes one text with line breaks."""
        made = [{name: _text(value) for name, value in row.items() if value is not None} for row in rows]
        columns, old = self.table.content()
        names = dict.fromkeys((*(columns if append else ()), *(name for row in made for name in row)))
        self.table.replace(tuple(names) or columns, [*old, *made] if append else made)

    def _exact(self, given: Mapping[str, str]) -> Iterable[int]:
        columns = tuple(column for column in given if column not in self._how)
        if not columns:
            return range(len(self.rows()))
        index = self._indexes.get(columns)
        if index is None:
            index = {}
            for number, row in enumerate(self.rows()):
                key = tuple(self._folded(row.get(column, "")) for column in columns)
                index.setdefault(key, []).append(number)
            self._indexes[columns] = index
        return index.get(tuple(self._folded(given[column]) for column in columns), ())

    def _folded(self, text: str) -> str:
        return text if self.definition.case_sensitive else text.lower()

    def _like(self, column: str, value: str, numbers: Iterable[int]) -> Iterable[int]:
        """Return those of the rows whose pattern or subnet fits a value."""
        if column not in self._patterns:
            patterns = [self._folded(row.get(column, "")) for row in self.rows()]
            if self._how[column] == "CIDR":
                self._patterns[column] = [], list(map(_subnet, patterns))
            else:
                needles = [max(pattern.split("*"), key=len) for pattern in patterns]
                self._patterns[column] = needles, list(map(_wildcard, patterns))
        needles, tests = self._patterns[column]
        text = self._folded(value)
        if needles and isinstance(numbers, range):
            # Most patterns go with one look for their longest part.
            numbers = [number for number, needle in enumerate(needles) if needle in text]
        return [number for number in numbers if tests[number](text)]

    def _in_time(self, rows: list[dict[str, str]], numbers: Iterable[int], time: float) -> list[dict[str, str]]:
        definition = self.definition
        dated = []
        for number in numbers:
            at = _time_of(rows[number].get(definition.time_field, ""), definition.time_format)
            if at is not None and definition.min_offset <= time - at <= definition.max_offset:
                dated.append((-at, number))
        dated.sort()
        return [rows[number] for _, number in dated[: definition.max_matches]]


class Lookups:
    """All lookups of some apps, by definition and by file."""

    def __init__(self, folders: Iterable[Path], transforms: ConfStanzas) -> None:
        self._folders = tuple(folders)
        self._definitions = Transforms(transforms).lookups()
        self._tables: dict[str, Table | None] = {}
        self._made: dict[str, Lookup | None] = {}

    def get(self, name: str) -> Lookup | None:
        """Return a lookup by its definition's name, its file's, or None when there is none.

        Raises:
            RepositoryError: (from its rows) the file cannot be read.
        """
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def names(self) -> tuple[str, ...]:
        """Return the names of all definitions."""
        return tuple(self._definitions)

    def create(self, name: str, columns: tuple[str, ...], note: str = "") -> Lookup:
        """Return a new lookup that lives in memory (`outputlookup` to a name that nothing defines)."""
        made = Lookup(_EMPTY, Table(lambda: (columns, [])), note)
        self._made[name] = made
        return made

    def changed(self) -> list[WrittenLookup]:
        """Return what was written since this was asked last."""
        found = []
        for name, lookup in self._made.items():
            if lookup is None:
                continue
            table = lookup.table
            if table.version != table.told:
                table.told = table.version
                about = lookup.definition
                is_collection = about.kind == "kvstore"
                file = about.collection if is_collection else about.filename or name
                found.append(WrittenLookup(file, is_collection, *table.content(), table.before or []))
                table.before = None
        return found

    def _make(self, name: str) -> Lookup | None:
        definition = self._definitions.get(name)
        if definition is None:
            table = self._file(name)
            return None if table is None else Lookup(_EMPTY, table)
        if definition.kind == "other":
            return None
        if definition.kind == "kvstore":
            return Lookup(definition, self._collection(definition))
        table = self._file(definition.filename)
        if table is None:
            table = Table(lambda: (definition.fields, []))
        return Lookup(definition, table)

    def _file(self, filename: str) -> Table | None:
        if filename not in self._tables:
            self._tables[filename] = None
            if _SAFE_NAME.fullmatch(filename) and not filename.startswith("."):
                for folder in reversed(self._folders):
                    for name in (filename, f"{filename}.gz"):
                        file = folder / "lookups" / name
                        if file.is_file():
                            self._tables[filename] = _file_table(file)
                            return self._tables[filename]
        return self._tables[filename]

    def _collection(self, definition: LookupDefinition) -> Table:
        key = f"collection {definition.collection}"
        table = self._tables.get(key)
        if table is None:
            table = self._file(f"{definition.collection}.csv") or Table(lambda: (definition.fields, []))
            self._tables[key] = table
        return table


def _file_table(file: Path) -> Table:
    return Table(lambda: read_csv(file))


def read_csv(file: Path) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """Read a lookup file: columns and rows without the empty cells.

    Raises:
        RepositoryError: it cannot be read, is too large, or is no CSV.
    """
    try:
        with gzip.open(file) if file.name.endswith(".gz") else file.open("rb") as stream:
            data = stream.read(MAX_LOOKUP_BYTES + 1)
    except (OSError, EOFError) as error:
        raise RepositoryError(f"cannot read the lookup {file.name}: {error}") from error
    if len(data) > MAX_LOOKUP_BYTES:
        raise RepositoryError(f"the lookup {file.name} is larger than {MAX_LOOKUP_BYTES // 2**20} MiB")
    return parse_csv(data.decode("utf-8-sig", errors="replace"), file.name)


def parse_csv(text: str, name: str) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """Read the text of a lookup file. A row that is too short lacks its last columns; what is too long is dropped.

    Blanks before a cell do not count, as detections that ship `name, value` tables and look for `value` rely on.

    Raises:
        RepositoryError: it is no CSV.
    """
    before = csv.field_size_limit(MAX_LOOKUP_BYTES)  # the limit is one for the whole process, so it is put back
    try:
        lines = csv.reader(io.StringIO(text, newline=""), strict=False, skipinitialspace=True)
        header = tuple(column.strip() for column in next(lines, ()))
        rows = [{column: cell for column, cell in zip(header, row, strict=False) if cell} for row in lines if row]
    except csv.Error as error:
        raise RepositoryError(f"the lookup {name} is no CSV: {error}") from error
    finally:
        csv.field_size_limit(before)
    return header, rows


def _wildcard(pattern: str) -> Callable[[str], bool]:
    if "*" not in pattern:
        return pattern.__eq__
    first, *middle, last = pattern.split("*")

    def fits(text: str) -> bool:
        if not text.startswith(first) or not text.endswith(last):
            return False
        place, end = len(first), len(text) - len(last)
        for part in middle:
            found = text.find(part, place, end)
            if found < 0:
                return False
            place = found + len(part)
        return place <= end

    return fits


def _subnet(pattern: str) -> Callable[[str], bool]:
    try:
        network = ipaddress.ip_network(pattern.strip(), strict=False)
    except ValueError:
        return pattern.__eq__

    def inside(text: str) -> bool:
        try:
            return ipaddress.ip_address(text.strip()) in network
        except (ValueError, TypeError):
            return False

    return inside


def _time_of(text: str, fmt: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        at = datetime.strptime(text, fmt.replace("%Q", "%f").replace("%3N", "%f") or "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - made aware below
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _text(value: object) -> str:
    if isinstance(value, tuple | list):
        return "\n".join(map(_text, value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
