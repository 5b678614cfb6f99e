"""The contract of every kind of file, as JSON Schema, and what a document breaks of it.

`<kind>.<dialect>.schema.json` beside this module are the contract (draft 2020-12, for editors too);
`common.schema.json` has the parts that several of them share. v3 differs from v4 in detections only. Checking is done
by functions compiled from them (`generator.content.schema.compiled`), once a process. A document that these refuse is
also given to `jsonschema`, and what it finds at other places is added (`generator.content.schema.second_opinion`).
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from generator.base.diagnostics import closest
from generator.content.model import Dialect, Kind, Problem
from generator.content.schema.compiled import Violation, compile_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.content.model import Document, Pointer, ProblemKind, ViolationKind
    from generator.content.schema.compiled import Check

_FOLDER: Final = Path(__file__).parent
_SUFFIX: Final = ".schema.json"
_COMMON: Final = "common"
_FALLBACKS: Final[Mapping[Dialect, tuple[str, ...]]] = {
    Dialect.V3: ("v3", "v4", "v5", "native"),
    Dialect.V4: ("v4", "v5", "native"),
    Dialect.V5: ("v5", "v4", "native"),
    Dialect.NATIVE: ("native", "v5", "v4"),
}
_CONFIGS: Final[Mapping[str, str]] = {
    "contentpack.yml": "config.contentpack",
    "contentctl.yml": "config.contentctl",
    "build.yml": "config.build",
}
_SETTINGS: Final[Mapping[ViolationKind, ProblemKind]] = {
    "missing-field": "missing-setting",
    "unknown-field": "unknown-setting",
}


@lru_cache(maxsize=1)
def schema_names() -> tuple[str, ...]:
    """Return the names of all schemas: `<kind>.<dialect>`, and `config.<tool>`, sorted."""
    names = (path.name for path in _FOLDER.glob(f"*{_SUFFIX}"))
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if not name.startswith(_COMMON)))


def schema_name(kind: Kind, dialect: Dialect = Dialect.NATIVE, path: str = "") -> str:
    """Return the name of the schema for a kind and dialect; for a configuration file, by its name."""
    if kind is Kind.CONFIG:
        return _CONFIGS.get(path.rpartition("/")[2], "config.contentpack")
    known = set(schema_names())
    return next(name for word in _FALLBACKS[dialect] if (name := f"{kind.value}.{word}") in known)


@lru_cache(maxsize=64)
def load_schema(name: str) -> dict[str, Any]:
    """Return a schema as one document: what it refers to in other files is put into its `$defs`.

    Raises:
        KeyError: there is no such schema (see `schema_names`).
    """
    if name not in schema_names():
        raise KeyError(name)
    schema: dict[str, Any] = _read(name)
    definitions: dict[str, Any] = {}
    bundled: dict[str, Any] = _bundle(schema, definitions)
    if definitions:
        bundled["$defs"] = dict(sorted(definitions.items()))
    return bundled


@lru_cache(maxsize=64)
def _read(name: str) -> dict[str, Any]:
    text = (_FOLDER / (name + _SUFFIX)).read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def _bundle(part: Any, definitions: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    """Return a part of a schema with references into the common file made local; collects what they name."""
    if isinstance(part, list):
        return [_bundle(item, definitions) for item in part]
    if not isinstance(part, dict):
        return part
    result: dict[str, Any] = {}
    for key, value in part.items():
        if key == "$ref":
            name = value.rpartition("/")[2]
            if name not in definitions:
                definitions[name] = None
                definitions[name] = _bundle(_read(_COMMON)["$defs"][name], definitions)
            result[key] = f"#/$defs/{name}"
        elif key in ("examples", "enum", "const", "default"):
            result[key] = value
        else:
            result[key] = _bundle(value, definitions)
    return result


@lru_cache(maxsize=64)
def _check_of(kind: Kind, dialect: Dialect, name: str) -> Check:
    return compile_schema(load_schema(schema_name(kind, dialect, name)))


def violations(data: Mapping[str, Any], kind: Kind, dialect: Dialect, path: str = "") -> list[Violation]:
    """Return all that a file's data breaks of its schema, in the order of the schema and the data."""
    found: list[Violation] = []
    name = path.rpartition("/")[2] if kind is Kind.CONFIG else ""
    _check_of(kind, dialect, name)(data, (), found)
    if found:
        from generator.content.schema.second_opinion import missed  # noqa: PLC0415 - slow to load, and only broken files need it

        found += missed(data, schema_name(kind, dialect, name), found)
        found = _once(found)
    return found


def _once(found: list[Violation]) -> list[Violation]:
    """Leave out the fields that are missing because they are misspelt: the unknown field says so."""
    unknown: dict[Pointer, list[str]] = {}
    for violation in found:
        if violation.kind == "unknown-field":
            unknown.setdefault(violation.pointer[:-1], []).append(str(violation.pointer[-1]))
    return [
        violation
        for violation in found
        if violation.kind != "missing-field"
        or not any(
            str(violation.pointer[-1]) in closest(name, [str(violation.pointer[-1])])
            for name in unknown.get(violation.pointer[:-1], ())
        )
    ]


def problems(document: Document) -> tuple[Problem, ...]:
    """Return what a document breaks of its schema, each with its pointer."""
    found = violations(document.data, document.kind, document.dialect, document.path)
    return tuple(_problem(violation, document) for violation in found)


def _problem(violation: Violation, document: Document) -> Problem:
    kind: ProblemKind = violation.kind
    if document.kind is Kind.CONFIG:
        last = violation.pointer[-1] if violation.pointer else ""
        if kind == "malformed-value" and last in ("id", "appid"):
            kind = "invalid-app-id"
        elif kind == "malformed-value" and last in ("version", "app_version"):
            kind = "invalid-app-version"
        else:
            kind = _SETTINGS.get(violation.kind, "invalid-setting")
    return Problem(
        kind=kind,
        message=violation.message,
        hint=violation.hint,
        path=document.path,
        pointer=violation.pointer,
        at_key=violation.at_key,
        document=document,
    )
