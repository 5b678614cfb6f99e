"""Functions on multivalue fields.

`mvmap` and `mvfilter` are built: inside their expression the field's name stands for one value after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.engine.patterns import compile_pattern
from generator.engine.values import Value, elements, is_true, multivalue, text_of
from generator.functions.signature import FunctionSignature, Kind
from generator.spl.ast import Expr, FieldRef
from generator.spl.walk import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.engine.contracts import Builder
    from generator.spl.ast import Call

    Row = tuple[Any, ...]

ANY, BOOL, NUMBER, STRING, MULTIVALUE = Kind.ANY, Kind.BOOL, Kind.NUMBER, Kind.STRING, Kind.MULTIVALUE


def _mvappend(*values: Value) -> Value:
    return multivalue(one for value in values for one in elements(value))


def _mvcount(value: Value) -> int:
    return len(elements(value))


def _mvdedup(value: Value) -> Value:
    found: dict[str, Any] = {}
    for one in elements(value):
        found.setdefault(text_of(one), one)
    return multivalue(found.values())


def _mvfilter(call: Call, builder: Builder) -> Callable[[Row], Any]:
    return _per_value(call.args[0], _only_field(call.args[0]), builder, keep=True)


def _mvmap(call: Call, builder: Builder) -> Callable[[Row], Any]:
    source = call.args[0]
    name = source.name if isinstance(source, FieldRef) else _only_field(source)
    return _per_value(call.args[1], name, builder, source=source, keep=False)


def _only_field(expr: Expr) -> str | None:
    names = {reference.name for reference in find(expr, FieldRef)}
    return next(iter(names)) if len(names) == 1 else None


def _per_value(
    expr: Expr, name: str | None, builder: Builder, *, source: Expr | None = None, keep: bool
) -> Callable[[Row], Any]:
    """Run an expression with one value of a field after the other; `keep`: it chooses among them."""
    if name is None:
        raise builder.env.error("eval", "mvfilter and mvmap work on one field", expr)
    place = builder.field(name)
    values = builder.build(source) if source is not None else lambda row: row[place]
    run = builder.build(expr)

    def each(row: Row) -> Value:
        results = []
        before, behind = row[:place], row[place + 1 :]
        for one in elements(values(row)):
            made = run((*before, one, *behind))
            if keep:
                if is_true(made):
                    results.append(one)
            else:
                results.extend(elements(made))
        return multivalue(results)

    return each


def _mvfind(value: Value, pattern: str) -> int | None:
    compiled = compile_pattern(pattern)
    for place, one in enumerate(elements(value)):
        if compiled.search(text_of(one)) is not None:
            return place
    return None


def _mvindex(value: Value, start: float, end: float | None = None) -> Value:
    values = elements(value)
    count = len(values)
    first = int(start) + (count if start < 0 else 0)
    if end is None:
        return values[first] if 0 <= first < count else None
    last = int(end) + (count if end < 0 else 0)
    return multivalue(values[max(0, first) : last + 1]) if first <= last and first < count and last >= 0 else None


def _mvjoin(value: Value, delimiter: str) -> str:
    return delimiter.join(map(text_of, elements(value)))


def _mvsort(value: Value) -> Value:
    return multivalue(sorted(map(text_of, elements(value))))


def _mvzip(left: Value, right: Value, delimiter: str = ",") -> Value:
    pairs = zip(elements(left), elements(right), strict=False)
    return multivalue(f"{text_of(one)}{delimiter}{text_of(other)}" for one, other in pairs)


def _split(text: str, delimiter: str) -> Value:
    return multivalue(text.split(delimiter) if delimiter else text)


SIGNATURES = (
    FunctionSignature("commands", 1, 1, (STRING,), MULTIVALUE, "the names of the commands of a search"),
    FunctionSignature(
        "mvappend", 1, None, (ANY,), MULTIVALUE, "all values of all arguments", call=_mvappend, takes_null=True
    ),
    FunctionSignature("mvcount", 1, 1, (ANY,), NUMBER, "number of values", call=_mvcount),
    FunctionSignature("mvdedup", 1, 1, (ANY,), MULTIVALUE, "without repeated values", call=_mvdedup),
    FunctionSignature(
        "mvfilter",
        1,
        1,
        (BOOL,),
        MULTIVALUE,
        "the values for which a condition on one field is true",
        build=_mvfilter,
    ),
    FunctionSignature(
        "mvfind",
        2,
        2,
        (ANY, STRING),
        NUMBER,
        "index of the first value that matches a regular expression",
        call=_mvfind,
    ),
    FunctionSignature(
        "mvindex",
        2,
        3,
        (ANY, NUMBER, NUMBER),
        ANY,
        "the values at an index or a range of indexes, from 0",
        call=_mvindex,
    ),
    FunctionSignature("mvjoin", 2, 2, (ANY, STRING), STRING, "values joined by a delimiter", call=_mvjoin),
    FunctionSignature("mvmap", 2, 2, (ANY, ANY), MULTIVALUE, "an expression for each value", build=_mvmap),
    FunctionSignature("mvrange", 2, 3, (NUMBER, NUMBER, ANY), MULTIVALUE, "numbers or times from, to, by steps"),
    FunctionSignature(
        "mvreverse",
        1,
        1,
        (ANY,),
        MULTIVALUE,
        "in reverse order",
        call=lambda value: multivalue(elements(value)[::-1]),
    ),
    FunctionSignature("mvsort", 1, 1, (ANY,), MULTIVALUE, "sorted as texts", call=_mvsort),
    FunctionSignature(
        "mvzip", 2, 3, (ANY, ANY, STRING), MULTIVALUE, "values of two fields joined in pairs", call=_mvzip
    ),
    FunctionSignature("split", 2, 2, (STRING, STRING), MULTIVALUE, "a text cut at a delimiter", call=_split),
)
"""The signatures of these functions."""
