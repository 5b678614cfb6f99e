"""The KV store: collections of JSON documents, in one file each, with the queries of the REST API.

Queries: equality, `$gt $gte $lt $lte $ne $in $nin $exists $regex $and $or $nor $not`, names of nested fields with dots (REST API
Reference, "storage/collections/data/{collection}"). Anything else in a query is refused. Each change writes the collection's file, whole or
not at all, and a CSV beside the app's lookups, through which searches see it; what a user keeps for itself there is not in it.
What a search writes to a collection (`outputlookup`) comes back as the rows before and after, and only what differs between them is
changed here, so that documents that came over REST in the meantime stay. A CSV of the collection's name in an app's `lookups` fills a
collection that nobody has written to.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import threading
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from generator.engine.errors import PatternTimeoutError
from generator.engine.patterns import PatternError, compile_pattern
from generator.engine.values import number_of
from generator.knowledge.lookups import read_csv
from generator.splunkd.call import ApiError
from generator.splunkd.confs import NOBODY
from generator.splunkd.disk import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from generator.splunkd.confs import Confs

    Document = dict[str, Any]

MAX_BATCH = 1000
MAX_DOCUMENTS = 500_000
_NAME = re.compile(r"[A-Za-z0-9_.-]+")


class KvStore:
    """All collections' documents, by (owner, app, collection) and by key. Requests and searches come from different threads."""

    def __init__(self, root: Path, confs: Confs) -> None:
        self._root = root
        self._confs = confs
        self._known: dict[tuple[str, str, str], dict[str, Document]] = {}
        self._lock = threading.RLock()

    def _file(self, place: tuple[str, str, str]) -> Path:
        owner, app, name = (quote(part, safe="") for part in place)
        return self._root / "var" / "kvstore" / app / owner / f"{name}.json"

    def documents(self, place: tuple[str, str, str]) -> dict[str, Document]:
        """Return a collection's documents by key; they are not to be changed."""
        with self._lock:
            if place not in self._known:
                file = self._file(place)
                found = orjson.loads(file.read_bytes()) if file.is_file() else self._filled(place)
                self._known[place] = {document["_key"]: document for document in found}
            return self._known[place]

    def _filled(self, place: tuple[str, str, str]) -> list[Document]:
        """Return what an app brings for a collection, with keys that are the same at each start."""
        owner, app, name = place
        if owner != NOBODY or app not in self._confs.apps or not _NAME.fullmatch(name):
            return []
        for folder in reversed(self._confs.apps[app].folders()):
            file = folder / "lookups" / f"{name}.csv"
            if file.is_file():
                rows: list[Document] = [{**row} for row in read_csv(file)[1]]
                made = self.typed(place, rows)
                for number, row in enumerate(made):
                    row["_key"] = str(row.get("_key") or uuid.uuid5(uuid.NAMESPACE_OID, f"{name} {number}").hex[:24])
                    row["_user"] = NOBODY
                return made
        return []

    def typed(self, place: tuple[str, str, str], documents: Sequence[Any]) -> list[Any]:
        """Return documents with texts made numbers and Booleans where the collection says so and they can be."""
        _, app, name = place
        found = [one for one in self._confs.objects("collections") if one.name == name and one.access.app == app]
        kinds = {key[6:]: kind for one in found for key, kind in one.settings.items() if key.startswith("field.")}
        return [
            {key: _converted(value, kinds.get(key, "")) for key, value in document.items()}
            if isinstance(document, dict)
            else document
            for document in documents
        ]

    def merge(self, name: str, before: Sequence[Mapping[str, str]], after: Sequence[Mapping[str, str]]) -> bool:
        """Take over what a search made of a collection's rows; return whether there is such a collection.

        Raises:
            ApiError: there are too many documents.
            RepositoryError: they cannot be written.
        """
        homes = [one.access.app for one in self._confs.objects("collections") if one.name == name]
        if not homes:
            return False
        # Of several apps' collections of one name, searches see the file of the last app.
        place = (NOBODY, next(app for app in reversed(self._confs.apps) if app in homes), name)
        gone, new = _without(before, after), _without(after, before)
        with self._lock:
            known = dict(self.documents(place))
            kept = {row["_key"] for row in new if row.get("_key")}
            for row in gone:
                key = row.get("_key") or next((key for key, one in known.items() if _shown(one) == row), "")
                if key not in kept:
                    known.pop(key, None)
            for row, document in zip(new, self.typed(place, new), strict=True):
                key = row.get("_key") or uuid.uuid4().hex[:24]
                old = known.get(key, {})
                same = {field: old[field] for field in row if field in old and _cell(old[field]) == row[field]}
                known[key] = {**document, **same, "_key": key, "_user": NOBODY}
            if len(known) > MAX_DOCUMENTS:
                raise ApiError(400, f"A collection holds at most {MAX_DOCUMENTS} documents.")
            self._write(place, known)
        return True

    def save(self, place: tuple[str, str, str], documents: Sequence[Document], *, new: bool = False) -> list[str]:
        """Keep documents, each under its `_key` or one that is made; return the keys.

        Raises:
            ApiError: 409 where `new` is asked for and a key is taken, 400 for what is no document.
        """
        with self._lock:
            known = dict(self.documents(place))
            keys = []
            for document in documents:
                if not isinstance(document, dict):
                    raise ApiError(400, "JSON in the request is invalid. ( A document must be an object. )")
                key = str(document.get("_key") or uuid.uuid4().hex[:24])
                if new and key in known:
                    raise ApiError(409, f"A document with the same key ({key}) already exists.")
                known[key] = {**document, "_key": key, "_user": place[0]}
                keys.append(key)
            if len(known) > MAX_DOCUMENTS:
                raise ApiError(400, f"A collection holds at most {MAX_DOCUMENTS} documents.")
            self._write(place, known)
            return keys

    def remove(self, place: tuple[str, str, str], keys: Sequence[str]) -> None:
        """Remove documents."""
        if keys:
            gone = set(keys)
            with self._lock:
                self._write(place, {key: one for key, one in self.documents(place).items() if key not in gone})

    def drop(self, place: tuple[str, str, str]) -> None:
        """Forget a collection's documents."""
        with self._lock:
            self._file(place).unlink(missing_ok=True)
            self._known.pop(place, None)
            self._show(place, {})

    def drop_app(self, app: str) -> None:
        """Forget all documents of an app that is gone."""
        with self._lock:
            shutil.rmtree(self._root / "var" / "kvstore" / quote(app, safe=""), ignore_errors=True)
            for place in [place for place in self._known if place[1] == app]:
                del self._known[place]

    def _write(self, place: tuple[str, str, str], documents: dict[str, Document]) -> None:
        write_atomic(self._file(place), orjson.dumps(list(documents.values())))
        self._known[place] = documents
        self._show(place, documents)

    def _show(self, place: tuple[str, str, str], documents: dict[str, Document]) -> None:
        owner, app, name = place
        if owner != NOBODY or app not in self._confs.apps or not _NAME.fullmatch(name):
            return
        columns = dict.fromkeys(key for document in documents.values() for key in document if key != "_user")
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        for document in documents.values():
            writer.writerow([_cell(document.get(column)) for column in columns])
        file = self._confs.apps[app].folder / "lookups" / f"{name}.csv"
        if documents or file.is_file():
            write_atomic(file, out.getvalue().encode("utf-8", "replace"))
            self._confs.touch("collections")


def _without(rows: Sequence[Mapping[str, str]], others: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the rows that others do not have; of equal ones as many as those have fewer."""
    left = Counter(frozenset(row.items()) for row in others)
    found = []
    for row in rows:
        key = frozenset(row.items())
        if left[key]:
            left[key] -= 1
        else:
            found.append(dict(row))
    return found


def _shown(document: Document) -> dict[str, str]:
    """Return a document as searches see it, without its key."""
    cells = {name: _cell(value) for name, value in document.items() if name not in {"_key", "_user"}}
    return {name: cell for name, cell in cells.items() if cell}


def _converted(value: Any, kind: str) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(value, str):
        return value
    if kind == "number" and (number := number_of(value)) is not None:
        return int(number) if float(number).is_integer() else number
    if kind == "bool" and value.lower() in {"true", "false", "1", "0"}:
        return value.lower() in {"true", "1"}
    return value


def _cell(value: Any) -> str:  # noqa: ANN401 - JSON
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else orjson.dumps(value).decode()


# --- queries ---------------------------------------------------------------------------------------------------------


def selected(
    documents: dict[str, Document],
    query: Any,  # noqa: ANN401 - JSON
    *,
    sort: str,
    skip: int,
    limit: int,
    fields: str,
) -> list[Document]:
    """Return the documents that fit a query, sorted, cut and with the wanted fields.

    Raises:
        ApiError: 400 for a query, order or list of fields that is not understood.
    """
    fit = compile_query(query)
    found = [document for document in documents.values() if fit(document)]
    for part in reversed([part for part in sort.split(",") if part.strip()]):
        name, _, direction = part.strip().partition(":")
        if direction not in {"", "1", "-1"}:
            raise ApiError(400, f"Invalid sort order '{part}'.")
        found.sort(key=lambda document: _order(_at(document, name)), reverse=direction == "-1")
    found = found[skip:] if not limit else found[skip : skip + limit]
    return [_shaped(document, fields) for document in found] if fields.strip() else found


def _shaped(document: Document, fields: str) -> Document:
    wanted: list[str] = []
    hidden: list[str] = []
    for part in fields.split(","):
        name, _, sign = part.strip().partition(":")
        if sign not in {"", "0", "1"}:
            raise ApiError(400, f"Invalid field list '{fields}'.")
        (hidden if sign == "0" else wanted).append("_key" if name == "_id" else name)
    if wanted and [name for name in hidden if name != "_key"]:
        raise ApiError(400, "Fields cannot be both included and excluded.")
    if wanted:
        kept = {name: document[name] for name in wanted if name in document}
        return kept if "_key" in hidden else {**kept, "_key": document["_key"]}
    return {name: value for name, value in document.items() if name not in hidden}


def _order(value: Any) -> tuple[int, Any]:  # noqa: ANN401 - JSON
    if value is None:
        return (0, 0)
    if isinstance(value, bool):
        return (3, value)
    if isinstance(value, int | float):
        return (1, value)
    return (2, value) if isinstance(value, str) else (4, orjson.dumps(value))


def _at(document: Document, name: str) -> Any:  # noqa: ANN401 - JSON
    if name in document:
        return document[name]
    value: Any = document
    for part in name.split("."):
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return value


def compile_query(query: Any) -> Callable[[Document], bool]:  # noqa: ANN401 - JSON
    """Return the test that a query is.

    Raises:
        ApiError: 400.
    """
    if not isinstance(query, dict):
        raise ApiError(400, "Invalid query: an object is expected.")
    tests = [_clause(name, wanted) for name, wanted in query.items()]
    return lambda document: all(test(document) for test in tests)


def _clause(name: str, wanted: Any) -> Callable[[Document], bool]:  # noqa: ANN401 - JSON
    if name in {"$and", "$or", "$nor"}:
        if not isinstance(wanted, list):
            raise ApiError(400, f"Invalid query: {name} takes a list.")
        tests = [compile_query(one) for one in wanted]
        if name == "$and":
            return lambda document: all(test(document) for test in tests)
        if name == "$or":
            return lambda document: any(test(document) for test in tests)
        return lambda document: not any(test(document) for test in tests)
    if name.startswith("$"):
        raise ApiError(400, f"Invalid query: the operator {name} is not supported.")
    if isinstance(wanted, dict) and any(key.startswith("$") for key in wanted):
        checks = [_operator(operator, value) for operator, value in wanted.items()]
        return lambda document: all(check(_at(document, name)) for check in checks)
    return lambda document: _equal(_at(document, name), wanted)


def _equal(held: Any, wanted: Any) -> bool:  # noqa: ANN401 - JSON
    if isinstance(held, list) and not isinstance(wanted, list):
        return wanted in held
    return bool(held == wanted) and isinstance(held, bool) == isinstance(wanted, bool)


def _operator(name: str, wanted: Any) -> Callable[[Any], bool]:  # noqa: ANN401 - JSON
    if name in {"$gt", "$gte", "$lt", "$lte"}:
        kind = _order(wanted)[0]

        def compare(held: Any) -> bool:  # noqa: ANN401 - JSON
            order, against = _order(held), _order(wanted)
            if order[0] != kind:
                return False
            return {
                "$gt": order > against,
                "$gte": order >= against,
                "$lt": order < against,
                "$lte": order <= against,
            }[name]

        return compare
    if name == "$ne":
        return lambda held: not _equal(held, wanted)
    if name in {"$in", "$nin"}:
        if not isinstance(wanted, list):
            raise ApiError(400, f"Invalid query: {name} takes a list.")
        inside = name == "$in"
        return lambda held: any(_equal(held, one) for one in wanted) == inside
    if name == "$exists":
        return lambda held: (held is not None) == bool(wanted)
    if name == "$regex":
        try:
            pattern = compile_pattern(str(wanted))
        except PatternError as error:
            raise ApiError(400, f"Invalid query: {error}.") from error

        def matches(held: Any) -> bool:  # noqa: ANN401 - JSON
            try:
                return isinstance(held, str) and pattern.search(held) is not None
            except PatternTimeoutError as error:
                raise ApiError(400, f"Invalid query: {error}.") from error

        return matches
    if name == "$not":
        if not isinstance(wanted, dict):
            raise ApiError(400, "Invalid query: $not takes an object.")
        checks = [_operator(operator, value) for operator, value in wanted.items()]
        return lambda held: not all(check(held) for check in checks)
    raise ApiError(400, f"Invalid query: the operator {name} is not supported.")
