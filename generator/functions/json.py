"""Functions on JSON texts.

JSON is text in SPL. Where a function takes a value that goes into JSON, a text in quotes is a string; a field that looks
like a number or holds an array or object goes in as that, and so does the result of a function. Booleans that come out of
JSON are the texts `true` and `false`, which a field can hold.

Source: Search Reference, "JSON functions", "Multivalue eval functions" (`mv_to_json_array`).
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from generator.engine.values import Scalar, Value, elements, multivalue, shown, text_of
from generator.functions.paths import MISSING, Every, changed, find_json, leaf_text, parse_path, read_json, write_json
from generator.functions.signature import FunctionSignature, Kind
from generator.spl.ast import Binary, Call, Expr, FieldRef, StringLiteral, Unary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from generator.engine.contracts import Builder

    Row = tuple[Any, ...]
    Pairs = list[tuple[str, Any]]

ANY, BOOL, STRING, MULTIVALUE = Kind.ANY, Kind.BOOL, Kind.STRING, Kind.MULTIVALUE

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)


# --- values into JSON ------------------------------------------------------------------------------------------------


def _json_builder(expr: Expr, builder: Builder) -> Callable[[Row], Any]:
    """Return an argument as function that gives JSON."""
    run = builder.build(expr)
    if isinstance(expr, StringLiteral):
        return run
    function = builder.env.functions.eval_function(expr.name) if isinstance(expr, Call) else None
    numbers = isinstance(expr, FieldRef | Binary | Unary) or (function is not None and function.result == "number")
    return lambda row: _to_json(run(row), numbers=numbers)


def _to_json(value: Any, *, numbers: bool) -> Any:  # noqa: ANN401 - a value; JSON
    if isinstance(value, tuple):
        return [_to_json(one, numbers=numbers) for one in value]
    if not isinstance(value, str):
        return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
    if value[:1] in {"{", "["} or (numbers and _NUMBER.fullmatch(value)):
        document = read_json(value)
        return value if document is MISSING else document
    return value


def _from_json(document: Any) -> Value:  # noqa: ANN401 - JSON
    """Return JSON as the value of a field: a number stays one, `null` is no value."""
    if document is None or (isinstance(document, int | float) and not isinstance(document, bool)):
        return document
    return leaf_text(document)


def _read(value: Value) -> Any:  # noqa: ANN401 - JSON
    return MISSING if value is None or isinstance(value, tuple) else read_json(text_of(value))


# --- making ----------------------------------------------------------------------------------------------------------


def _json_object(call: Call, builder: Builder) -> Callable[[Row], Any]:
    pairs = _pairs(call.args, builder)
    return lambda row: write_json(dict(pairs(row)))


def _pairs(arguments: tuple[Expr, ...], builder: Builder) -> Callable[[Row], Pairs]:
    """Return keys (or paths) and values; a key that is absent takes its value with it."""
    keys = list(map(builder.build, arguments[::2]))
    values = [_json_builder(argument, builder) for argument in arguments[1::2]]

    def pairs(row: Row) -> Pairs:
        given = ((key(row), value(row)) for key, value in zip(keys, values, strict=True))
        return [(shown(key), value) for key, value in given if key is not None]

    return pairs


def _json_array(call: Call, builder: Builder) -> Callable[[Row], Any]:
    values = [_json_builder(argument, builder) for argument in call.args]
    return lambda row: write_json([value(row) for value in values])


def _mv_to_json_array(value: Value, infer: bool | None = None) -> str | None:  # noqa: FBT001 - an argument of SPL
    """With `infer` each value is read as JSON, and what is none becomes null."""
    if value is None:
        return None
    texts = map(text_of, elements(value))
    if not infer:
        return write_json(list(texts))
    return write_json([None if one is MISSING else one for one in map(read_json, texts)])


# --- changing --------------------------------------------------------------------------------------------------------


def _editing(edit: Callable[[Any, Pairs], Any]) -> Callable[[Call, Builder], Callable[[Row], Any]]:
    """Return what builds a function of JSON and pairs of path and value, from `edit` of what they hold."""

    def build(call: Call, builder: Builder) -> Callable[[Row], Any]:
        text = builder.build(call.args[0])
        pairs = _pairs(call.args[1:], builder)

        def edited(row: Row) -> str | None:
            document = _read(text(row))
            return None if document is MISSING else write_json(edit(document, pairs(row)))

        return edited

    return build


def _set(document: Any, pairs: Pairs) -> Any:  # noqa: ANN401 - JSON
    for path, value in pairs:
        steps = parse_path(path)
        if steps:
            document = changed(document, steps, partial(_second, new=value), create=True)
    return document


def _second(before: Any, new: Any) -> Any:  # noqa: ANN401, ARG001 - JSON; the shape of a change
    return new


def _set_exact(document: Any, pairs: Pairs) -> Any:  # noqa: ANN401 - JSON
    return {**document, **dict(pairs)} if isinstance(document, dict) else document


def _append(document: Any, pairs: Pairs) -> Any:  # noqa: ANN401 - JSON
    return _added(document, [(path, [value]) for path, value in pairs])


def _extend(document: Any, pairs: Pairs) -> Any:  # noqa: ANN401 - JSON
    return _added(document, [(path, value if isinstance(value, list) else [value]) for path, value in pairs])


def _added(document: Any, pairs: list[tuple[str, list[Any]]]) -> Any:  # noqa: ANN401 - JSON
    for path, more in pairs:
        steps = parse_path(path)
        if steps is not None:
            document = changed(document, steps, partial(_longer, more=more), create=False)
    return document


def _longer(before: Any, more: list[Any]) -> list[Any]:  # noqa: ANN401 - JSON
    return [*(before if isinstance(before, list) else [before]), *more]


def _json_delete(text: Value, *keys: Value) -> str | None:
    document = _read(text)
    if not isinstance(document, dict):
        return None
    for key in _keys(keys):
        steps = parse_path(key)
        if steps and all(isinstance(step, str) for step in steps):
            document = changed(document, steps, lambda _: MISSING, create=False)
    return write_json(document)


def _keys(given: Iterable[Value]) -> Iterable[str]:
    """Return keys given one by one, as multivalue, or as JSON array."""
    for one in given:
        listed = _read(one)
        yield from map(leaf_text, listed) if isinstance(listed, list) else map(text_of, elements(one))


# --- asking ----------------------------------------------------------------------------------------------------------


def _json_extract(text: Value, *paths: str) -> Value:
    return _extracted(text, paths, _at_path)


def _at_path(document: Any, path: str) -> Any:  # noqa: ANN401 - JSON
    steps = parse_path(path)
    if steps is None:
        return MISSING
    found = find_json(document, steps)
    if not found:
        return MISSING
    whole = steps == (Every(),) and not isinstance(document, list)
    return found if any(isinstance(step, Every) for step in steps) and not whole else found[0]


def _json_extract_exact(text: Value, *keys: str) -> Value:
    return _extracted(
        text, keys, lambda document, key: document.get(key, MISSING) if isinstance(document, dict) else MISSING
    )


def _extracted(text: Value, wanted: tuple[str, ...], find: Callable[[Any, str], Any]) -> Value:
    document = _read(text)
    if document is MISSING:
        return None
    if not wanted:
        return _from_json(document)
    found = [find(document, one) for one in wanted]
    if len(found) == 1:
        return None if found[0] is MISSING else _from_json(found[0])
    return write_json([None if one is MISSING else one for one in found])


def _json(value: Value) -> Value:
    return None if _read(value) is MISSING else value


def _json_valid(value: Value) -> bool:
    return _read(value) is not MISSING


def _json_keys(text: Value) -> str | None:
    document = _read(text)
    return write_json(list(document)) if isinstance(document, dict) else None


def _json_entries(text: Value) -> str | None:
    document = _read(text)
    if not isinstance(document, dict):
        return None
    return write_json([{"key": key, "value": value} for key, value in document.items()])


def _json_has_key_exact(text: Value, key: str) -> bool:
    document = _read(text)
    return isinstance(document, dict) and key in document


def json_array_to_mv(text: Value, quoted: bool | None = None) -> Value:  # noqa: FBT001 - an argument of SPL
    """Return the elements of a JSON array; `quoted`: strings keep their quotes."""
    document = _read(text)
    if not isinstance(document, list):
        return None
    found: list[Scalar] = [write_json(one) if quoted else leaf_text(one) for one in document]
    return multivalue(found)


SIGNATURES = (
    FunctionSignature("json", 1, 1, (ANY,), ANY, "a text read as JSON", call=_json),
    FunctionSignature(
        "json_append", 3, None, (ANY, STRING, ANY), STRING, "values added to arrays", step=2, build=_editing(_append)
    ),
    FunctionSignature("json_array", 0, None, (ANY,), STRING, "a JSON array", build=_json_array),
    FunctionSignature(
        "json_array_to_mv", 1, 2, (ANY, BOOL), MULTIVALUE, "the elements of a JSON array", call=json_array_to_mv
    ),
    FunctionSignature("json_delete", 2, None, (ANY,), STRING, "without some keys", call=_json_delete),
    FunctionSignature("json_entries", 1, 1, (ANY,), STRING, "the pairs of key and value", call=_json_entries),
    FunctionSignature(
        "json_extend",
        3,
        None,
        (ANY, STRING, ANY),
        STRING,
        "arrays with the elements of others added",
        step=2,
        build=_editing(_extend),
    ),
    FunctionSignature("json_extract", 1, None, (ANY, STRING), ANY, "the values at paths", call=_json_extract),
    FunctionSignature(
        "json_extract_exact", 1, None, (ANY, STRING), ANY, "the values of keys", call=_json_extract_exact
    ),
    FunctionSignature(
        "json_has_key_exact", 2, 2, (ANY, STRING), BOOL, "whether a key is there", call=_json_has_key_exact
    ),
    FunctionSignature("json_keys", 1, 1, (ANY,), STRING, "the keys of a JSON object", call=_json_keys),
    FunctionSignature(
        "json_object", 0, None, (ANY, ANY), STRING, "a JSON object of keys and values", step=2, build=_json_object
    ),
    FunctionSignature(
        "json_set", 3, None, (ANY, STRING, ANY), STRING, "values set at paths", step=2, build=_editing(_set)
    ),
    FunctionSignature(
        "json_set_exact", 3, None, (ANY, STRING, ANY), STRING, "values set for keys", step=2, build=_editing(_set_exact)
    ),
    FunctionSignature("json_valid", 1, 1, (ANY,), BOOL, "whether it is JSON", call=_json_valid),
    FunctionSignature("mv_to_json_array", 1, 2, (ANY, BOOL), STRING, "values as JSON array", call=_mv_to_json_array),
)
"""The signatures of these functions."""
