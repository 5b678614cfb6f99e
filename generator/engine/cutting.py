r"""One text becomes the fields that stand in it: key=value pairs, JSON, XML, delimited lists.

Each function gives names and values of one text, in order and with repeats; `Encoder` puts those of many texts into columns.
Names of JSON fields are paths as `spath` writes them: `a.b`, `a{}.b`; numbers stay as written, Booleans are `true` and
`false`, null is `null`. Sources: props.conf.spec (KV_MODE), transforms.conf.spec (DELIMS), Search Reference, "spath".

Knowing difference: limits.conf would stop after 10,240 characters or 512 fields of an event; here all are read.
"""

from __future__ import annotations

import csv
import json
import re
import xml.parsers.expat
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from generator.engine.column import Column, Dictionary
from generator.engine.values import Value, multivalue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from generator.engine.column import Codes

    Pairs = Sequence[tuple[str, str]]

CHUNK = 8192
"""Texts that are cut before their values are put into dictionaries, which frees the repeated ones."""

MAX_DEPTH = 200
"""Levels of JSON and XML that are followed."""

_KEY = r"(?:(?<=[\s,;|&?({\[\"'>\x1d:])|\A)([A-Za-z_][\w.:\-]*+)"
_AUTO = re.compile(
    _KEY
    + r"""[ \t]*+=(?:[ \t]++(?![\w.:\-]+=))?+(?:"((?:[^"\\]|\\.)*+)"|'([^'=\r\n]*+)'|([^\s,;"'|\x1d&<>()\[\]{}=][^\s,;"'|\x1d<>]*+(?:'(?![A-Za-z_][\w.]*+=)[^\s,;"'|\x1d<>]*+)*+))""",
    re.DOTALL,
)
_TRAILING = re.compile(r"[)\]}'&]+\Z")
_JSON_TOKEN = re.compile(
    r'\s*+(?:([{}\[\],:])|"((?:[^"\\]|\\.)*+)"|(-?\d[\d.eE+-]*+(?=\s*+[,}\]])|true|false|null))', re.DOTALL
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Encoder:
    """Collects the fields of many texts; `columns` gives one column a name, its cells in the order of the texts.

    `repeats`: a name that comes up again in a text adds a value, else the first one counts. `keep_empty`: an empty value is
    a value.
    """

    def __init__(
        self, length: int, *, repeats: bool, keep_empty: bool, rename: Callable[[str], str] | None = None
    ) -> None:
        self._length = length
        self._repeats = repeats
        self._keep_empty = keep_empty
        self._rename = rename
        self._known: dict[str, defaultdict[Value, int]] = {}
        self._codes: dict[str, Codes] = {}
        self._plans: dict[tuple[str, ...], list[tuple[str, tuple[int, ...]]]] = {}

    def add(self, first: int, texts: Iterable[tuple[tuple[str, ...], Sequence[Value]]]) -> None:
        """Take names and values of the texts from number `first` on."""
        shapes: dict[tuple[str, ...], tuple[list[int], list[Sequence[Value]]]] = {}
        for number, (names, values) in enumerate(texts, first):
            shape = shapes.get(names)
            if shape is None:
                shapes[names] = ([number], [values])
            else:
                shape[0].append(number)
                shape[1].append(values)
        for names, (numbers, rows) in shapes.items():
            if not names:
                continue
            plan = self._plans.get(names)
            if plan is None:
                self._plans[names] = plan = self._plan(names)
            at = np.array(numbers, np.intp)
            cells = list(zip(*rows, strict=True))
            for name, places in plan:
                known = self._known.get(name)
                if known is None:
                    self._known[name] = known = defaultdict(count(1).__next__, {None: 0})
                    if not self._keep_empty:
                        known[""] = 0
                    self._codes[name] = np.zeros(self._length, np.int32)
                column: Iterable[Value] = cells[places[0]]
                if len(places) > 1:
                    column = [
                        multivalue([one for cell in row for one in _listed(cell) if self._keep_empty or one != ""])
                        for row in zip(*(cells[place] for place in places), strict=True)
                    ]
                self._codes[name][at] = [known[value] for value in column]

    def columns(self) -> dict[str, Column]:
        """Return name to column, without those that have no value."""
        found = {}
        for name, known in self._known.items():
            values: list[Value] = [None, *(value for value, code in known.items() if code)]
            if len(values) > 1:
                found[name] = Column(Dictionary(values), self._codes[name])
        return found

    def _plan(self, names: tuple[str, ...]) -> list[tuple[str, tuple[int, ...]]]:
        places: dict[str, list[int]] = {}
        for place, name in enumerate(names):
            field = self._rename(name) if self._rename else name
            if field:
                places.setdefault(field, []).append(place)
        return [(name, tuple(found) if self._repeats else (found[0],)) for name, found in places.items()]


def _listed(value: Value) -> tuple[Any, ...]:
    return value if type(value) is tuple else () if value is None else (value,)


def encode_pairs(
    texts: Sequence[Value],
    cut: Callable[[str], tuple[tuple[str, ...], Sequence[Value]]],
    *,
    repeats: bool,
    keep_empty: bool,
    rename: Callable[[str], str] | None = None,
) -> dict[str, Column]:
    """Cut every text (None and multivalues have no fields) and return the columns of all fields."""
    encoder = Encoder(len(texts), repeats=repeats, keep_empty=keep_empty, rename=rename)
    for first in range(0, len(texts), CHUNK):
        part = texts[first : first + CHUNK]
        encoder.add(first, ((cut(text) if type(text) is str else ((), ())) for text in part))
    return encoder.columns()


def split_pairs(pairs: Pairs) -> tuple[tuple[str, ...], Sequence[Value]]:
    """Return names and values of pairs."""
    if not pairs:
        return (), ()
    names, values = zip(*pairs, strict=True)
    return names, values


# --- key=value -------------------------------------------------------------------------------------------------------


def cut_auto(text: str) -> tuple[tuple[str, ...], Sequence[Value]]:
    """Cut `key=value` and `key="value"` pairs (KV_MODE=auto)."""
    return split_pairs(list(_auto_pairs(text, escapes=False)))


def cut_auto_escaped(text: str) -> tuple[tuple[str, ...], Sequence[Value]]:
    r"""Cut pairs, with `\"` and `\\` inside quotes read as escapes (KV_MODE=auto_escaped)."""
    return split_pairs(list(_auto_pairs(text, escapes=True)))


def _auto_pairs(text: str, *, escapes: bool) -> Iterator[tuple[str, str]]:
    for key, quoted, single, plain in _AUTO.findall(text):
        if plain:
            trimmed = plain if "(" in plain or "[" in plain or "{" in plain else _TRAILING.sub("", plain)
            if trimmed:
                yield key, trimmed
        elif quoted:
            yield key, _ESCAPED.sub(r"\1", quoted) if escapes else quoted
        elif single:
            yield key, single


def delimited_pairs(pairs: str, keys: str) -> Callable[[str], tuple[tuple[str, ...], Sequence[Value]]]:
    """Return what cuts a text at any character of `pairs` into pairs, and each at the first of `keys` into key and value."""
    split = re.compile(rf'(?:[^{re.escape(pairs)}"]|"(?:[^"\\]|\\.)*+"|")++', re.DOTALL)
    key = re.compile(rf"\s*([^{re.escape(keys)}]*?)\s*[{re.escape(keys)}]\s*(.*?)\s*\Z", re.DOTALL)

    def cut(text: str) -> tuple[tuple[str, ...], Sequence[Value]]:
        found = []
        for part in split.findall(text):
            match = key.match(part)
            if match is not None and match[1]:
                found.append((_unquoted(match[1]), _unquoted(match[2])))
        return split_pairs(found)

    return cut


def delimited_list(delims: str) -> Callable[[str], list[str]]:
    """Return what cuts a text at any of some characters, with the quoting of CSV."""

    def cut(text: str) -> list[str]:
        if '"' in text and len(delims) == 1:
            try:
                return next(csv.reader([text], delimiter=delims), [])
            except csv.Error:
                return text.split(delims)
        if len(delims) == 1:
            return text.split(delims)
        return re.split(f"[{re.escape(delims)}]", text)

    return cut


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


# --- JSON ------------------------------------------------------------------------------------------------------------


def cut_json(text: str) -> tuple[tuple[str, ...], Sequence[Value]]:
    """Cut the leaves of a JSON object or array; no fields where the text is none."""
    start = text.lstrip()[:1]
    if start not in {"{", "["}:
        return (), ()
    found = read_json(text)
    return flatten(found) if found is not None else _cut_broken_json(text)


def _cut_broken_json(text: str) -> tuple[tuple[str, ...], Sequence[Value]]:
    """Cut the leaves that stand in front of the place where JSON breaks off, as events longer than TRUNCATE have it."""
    leaves: dict[str, Any] = {}
    paths: list[str | None] = []  # None: the document itself, whose members have no path in front
    kinds: list[str] = []
    key: str | None = None
    place = 0
    while (token := _JSON_TOKEN.match(text, place)) is not None:
        place = token.end()
        sign, quoted, plain = token.groups()
        path = paths[-1] if paths else None
        if sign in {":", ","}:
            continue
        if sign in {"}", "]"}:
            if not kinds:
                break
            paths.pop()
            kinds.pop()
            key = None
            continue
        inside = bool(kinds) and kinds[-1] == "{"
        if inside and key is None:
            if quoted is None:
                break
            key = _unescaped(quoted)
            continue
        here = (key if path is None else f"{path}.{key}") if inside else path
        key = None
        if sign is not None:
            if len(kinds) >= MAX_DEPTH:
                break
            kinds.append(sign)
            paths.append(here if sign == "{" else f"{here or ''}{{}}")
        elif here is not None:
            _note(leaves, here, plain if quoted is None else _unescaped(quoted))
    return tuple(leaves), [tuple(value) if type(value) is list else value for value in leaves.values()]


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def read_json(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return JSON with numbers as texts, or None where it is none."""
    try:
        found = orjson.loads(text)
    except (ValueError, RecursionError):
        return _read_as_written(text)
    return _read_as_written(text) if _has_float(found) else found


def _read_as_written(text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, strict=False)
    except (ValueError, RecursionError):
        return None


def _has_float(found: Any) -> bool:  # noqa: ANN401 - JSON
    stack = [found]
    while stack:
        one = stack.pop()
        kind = type(one)
        if kind is float:
            return True
        if kind is dict:
            stack.extend(one.values())
        elif kind is list:
            stack.extend(one)
    return False


def flatten(found: Any) -> tuple[tuple[str, ...], Sequence[Value]]:  # noqa: ANN401 - JSON
    """Return the paths and values of the leaves of JSON, each path once, with its values in order."""
    leaves: dict[str, Any] = {}
    if isinstance(found, dict):
        for key, value in found.items():
            _leaf(value, key, leaves, 0)
    elif isinstance(found, list):
        for value in found:
            _leaf(value, "{}", leaves, 0)
    return tuple(leaves), [tuple(value) if type(value) is list else value for value in leaves.values()]


def _leaf(value: Any, path: str, leaves: dict[str, Any], depth: int) -> None:  # noqa: ANN401 - JSON
    kind = type(value)
    if kind is dict:
        if depth < MAX_DEPTH:
            for key, one in value.items():
                _leaf(one, f"{path}.{key}", leaves, depth + 1)
        return
    if kind is list:
        if depth < MAX_DEPTH:
            path += "{}"
            for one in value:
                _leaf(one, path, leaves, depth + 1)
        return
    text = value if kind is str else "null" if value is None else str(value).lower() if kind is bool else str(value)
    _note(leaves, path, text)


def _note(leaves: dict[str, Any], path: str, text: str) -> None:
    known = leaves.get(path)
    if known is None:
        leaves[path] = text
    elif type(known) is list:
        known.append(text)
    else:
        leaves[path] = [known, text]


# --- XML -------------------------------------------------------------------------------------------------------------


def cut_xml(text: str) -> tuple[tuple[str, ...], Sequence[Value]]:
    """Cut the texts and attributes of XML (KV_MODE=xml): `Event.System.EventID`, `Event.System.Provider{@Name}`."""
    if "<" not in text:
        return (), ()
    leaves: dict[str, Any] = {}
    path: list[str] = []
    content: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(path) >= MAX_DEPTH:
            raise ValueError(name)
        path.append(name)
        content.clear()
        for attribute, value in attributes.items():
            _note(leaves, f"{'.'.join(path)}{{@{attribute}}}", value)

    def end(name: str) -> None:  # noqa: ARG001 - expat's signature
        value = "".join(content).strip()
        if value:
            _note(leaves, ".".join(path), value)
        content.clear()
        path.pop()

    def refuse(*_: object) -> None:
        raise ValueError("a document type")

    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = content.append
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text[text.index("<") :], True)  # noqa: FBT003 - expat takes no keywords
    except (xml.parsers.expat.ExpatError, ValueError):
        return (), ()
    return tuple(leaves), [tuple(value) if type(value) is list else value for value in leaves.values()]
