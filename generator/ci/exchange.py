"""Frozen records become JSON and records again: what one job of a workflow hands to another.

Reading trusts nothing: the file comes from a job that ran a stranger's change. Only the fields that a record has, of the
types that it says, get in; all else is an `ExchangeError` with its place. Records, text, numbers, tuples, mappings,
ranges and enumerations are known; no class is chosen by the file.
"""

from __future__ import annotations

import enum
import json
import sys
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from generator.base.diagnostics import GeneratorError, RepositoryError
from generator.report.visible import encodable

if TYPE_CHECKING:
    from pathlib import Path

Record = TypeVar("Record")

MAX_BYTES = 256 * 1024 * 1024
_NAMES: dict[str, Any] = {"Mapping": Mapping, "Row": dict[str, str | list[str]]}


class ExchangeError(GeneratorError):
    """A file that another job wrote is not what it should be."""


def to_data(value: Any) -> Any:  # noqa: ANN401 - any record
    """Return a record as plain data for JSON; what UTF-8 cannot hold becomes U+FFFD."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_data(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, range):
        return [value.start, value.stop]
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: to_data(entry) for name, entry in zip(value._fields, value, strict=True)}
    if isinstance(value, list | tuple):
        return [to_data(entry) for entry in value]
    if isinstance(value, Mapping):
        return {encodable(str(key)): to_data(entry) for key, entry in value.items()}
    if isinstance(value, str):
        return encodable(value)
    return value


def read_file(kind: type[Record], path: Path, names: Mapping[str, Any]) -> Record:
    """Return the record that a file holds, of which no more is read than a record may have; `names` as for `read`.

    Raises:
        RepositoryError: the file cannot be read.
        ExchangeError: it holds no such record.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RepositoryError(f"{path}: cannot be read: {error.strerror or error}") from error
    try:
        return read(kind, raw, names)
    except ExchangeError as error:
        raise ExchangeError(f"{path}: {error}") from error


def read(kind: type[Record], raw: bytes, names: Mapping[str, Any]) -> Record:
    """Return the record that a file holds; `names` are types that annotations of the record's module only name.

    Raises:
        ExchangeError: it holds none.
    """
    if len(raw) > MAX_BYTES:
        raise ExchangeError(f"the file has more than {MAX_BYTES // 1024 // 1024} MiB")
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ExchangeError("the file is no JSON") from error
    made: Record = _record(kind, data, kind.__name__, names)
    return made


def _record(kind: type, data: Any, place: str, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any record
    if not isinstance(data, dict):
        raise ExchangeError(f"{place} is no object")
    module = vars(sys.modules[kind.__module__])
    hints = typing.get_type_hints(kind, module, {**_NAMES, **names})
    if is_dataclass(kind):
        wanted = {field.name: _is_optional(field) for field in fields(kind)}
    else:
        wanted = dict.fromkeys(hints, False)
    unknown = sorted(set(data) - set(wanted))
    missing = [name for name, optional in wanted.items() if not optional and name not in data]
    if unknown or missing:
        raise ExchangeError(f"{place} has {'unknown' if unknown else 'no'} `{(unknown or missing)[0]}`")
    return kind(**{name: _value(hints[name], entry, f"{place}.{name}", names) for name, entry in data.items()})


def _is_optional(field: Any) -> bool:  # noqa: ANN401 - a dataclasses.Field
    return field.default is not MISSING or field.default_factory is not MISSING


def _value(hint: Any, data: Any, place: str, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any type
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if data is None and type(None) in arguments:
            return None
        choices = [each for each in arguments if each is not type(None)]
        for choice in choices[:-1]:
            if isinstance(choice, type) and isinstance(data, choice):
                return data
        return _value(choices[-1], data, place, names)
    if origin is tuple:
        if not isinstance(data, list):
            raise ExchangeError(f"{place} is no list")
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(_value(arguments[0], each, f"{place}[{n}]", names) for n, each in enumerate(data))
        if len(arguments) != len(data):
            raise ExchangeError(f"{place} has {len(data)} entries and not {len(arguments)}")
        return tuple(_value(each, entry, place, names) for each, entry in zip(arguments, data, strict=True))
    if origin is list:
        if not isinstance(data, list):
            raise ExchangeError(f"{place} is no list")
        return [_value(arguments[0], each, place, names) for each in data]
    if origin in (dict, Mapping):
        if not isinstance(data, dict):
            raise ExchangeError(f"{place} is no object")
        return {key: _value(arguments[1], each, f"{place}.{key[:40]}", names) for key, each in data.items()}
    return _plain(hint, data, place, names)


def _plain(hint: Any, data: Any, place: str, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any type
    if hint is range:
        if not (isinstance(data, list) and len(data) == 2 and all(type(each) is int for each in data)):
            raise ExchangeError(f"{place} is no range")
        return range(data[0], data[1])
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        try:
            return hint(data)
        except ValueError as error:
            raise ExchangeError(f"{place} is no {hint.__name__}") from error
    if isinstance(hint, type) and (is_dataclass(hint) or hasattr(hint, "_fields")):
        return _record(hint, data, place, names)
    if hint is float and type(data) is int:
        return float(data)
    if hint in (str, int, float, bool) and type(data) is hint:
        return data
    raise ExchangeError(f"{place} is no {getattr(hint, '__name__', hint)}")
