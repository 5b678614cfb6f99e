"""Functions on multivalue fields.

`mvmap` and `mvfilter` are built: inside their expression the field's name stands for one value after the other.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from generator.engine.patterns import compile_pattern
from generator.engine.values import Value, elements, is_true, multivalue, number_of, shown, text_of
from generator.functions.signature import FunctionSignature, Kind
from generator.knowledge.timemod import Offset, TimeModifierError, apply_time_modifier, parse_time_modifier
from generator.spl.ast import Expr, FieldRef
from generator.spl.parser import parse
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
    """The condition is about exactly one field."""
    names = _fields(call.args[0])
    if len(names) != 1:
        raise builder.env.error(
            "eval", "The arguments to the 'mvfilter' function are invalid: it is about one field", call
        )
    place = builder.field(names[0])
    run = builder.build(call.args[0])

    def kept(row: Row) -> Value:
        before, behind = row[:place], row[place + 1 :]
        return multivalue(one for one in elements(row[place]) if is_true(run((*before, one, *behind))))

    return kept


def _mvmap(call: Call, builder: Builder) -> Callable[[Row], Any]:
    """The field that stands for the values is the one the first argument is made of, of several one that both name."""
    source, expr = call.args
    names = _fields(source)
    inside = _fields(expr)
    name = next((name for name in names if name in inside), None)
    values, run = builder.build(source), builder.build(expr)
    if name is None:
        return lambda row: multivalue(one for _ in elements(values(row)) for one in elements(_plain(run(row))))
    place = builder.field(name)

    def mapped(row: Row) -> Value:
        before, behind = row[:place], row[place + 1 :]
        results = (run((*before, one, *behind)) for one in elements(values(row)))
        return multivalue(one for result in results for one in elements(_plain(result)))

    return mapped


def _fields(expr: Expr) -> list[str]:
    """Return the names of the fields of an expression, each once, in order."""
    return list(dict.fromkeys(reference.name for reference in find(expr, FieldRef)))


def _plain(result: Any) -> Value:  # noqa: ANN401 - a value or a Boolean
    """A Boolean cannot be a value of a field."""
    return text_of(result) if isinstance(result, bool) else result


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


MAX_RANGE = 1_000_000
"""Values that `mvrange` makes at most; a range that would be longer is null."""


def _mvrange(start: float, end: float, step: Value = 1) -> Value:
    """The end is not in the range. A step such as `7d` counts in calendar units from the start."""
    number = number_of(step)
    if number is None:
        return _times(start, end, shown(step))
    if number == 0:
        return None
    count = math.ceil((end - start) / number)
    return multivalue(start + place * number for place in range(count)) if count <= MAX_RANGE else None


def _times(start: float, end: float, step: str) -> Value:
    sign = "" if step[:1] in {"+", "-"} else "+"
    try:
        modifier = parse_time_modifier(sign + step)
    except TimeModifierError:
        return None
    if len(modifier.steps) != 1 or not isinstance(modifier.steps[0], Offset) or not modifier.steps[0].count:
        return None
    offset = modifier.steps[0]
    if abs(end - start) / abs(modifier.offset_seconds or 1) > MAX_RANGE:
        return None
    begin = datetime.datetime.fromtimestamp(0, datetime.UTC) + datetime.timedelta(seconds=start)
    found: list[float] = []
    at = start
    while at < end if offset.count > 0 else at > end:
        found.append(at)
        step_ = replace(modifier, steps=(replace(offset, count=offset.count * len(found)),))
        at = apply_time_modifier(step_, begin).timestamp()
    return multivalue(found)


def _commands(call: Call, builder: Builder) -> Callable[[Row], Any]:
    text = builder.build(call.args[0])

    def names(row: Row) -> Value:
        value = text(row)
        if value is None or isinstance(value, tuple | bool):
            return None
        pipeline = parse(text_of(value), builder.env.commands).tree
        return multivalue(command.name for command in pipeline.commands if command.name)

    return names


def _mvsort(value: Value) -> Value:
    return multivalue(sorted(map(text_of, elements(value))))


def _mvzip(left: Value, right: Value, delimiter: str = ",") -> Value:
    pairs = zip(elements(left), elements(right), strict=False)
    return multivalue(f"{text_of(one)}{delimiter}{text_of(other)}" for one, other in pairs)


def _split(text: str, delimiter: str) -> Value:
    return multivalue(text.split(delimiter) if delimiter else text)


SIGNATURES = (
    FunctionSignature(
        "commands", 1, 1, (STRING,), MULTIVALUE, "the names of the commands of a search", build=_commands
    ),
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
    FunctionSignature(
        "mvrange", 2, 3, (NUMBER, NUMBER, ANY), MULTIVALUE, "numbers or times from, to, by steps", call=_mvrange
    ),
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
