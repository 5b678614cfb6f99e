"""Functions that compare, match and choose."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from generator.engine.patterns import compile_pattern, is_like
from generator.engine.values import Value, compare, elements, is_true, text_of
from generator.functions.paths import leaf_text, read_json, write_json
from generator.functions.signature import FunctionSignature, Kind
from generator.spl.ast import Comparison, InTerm, Name, StringLiteral, Term
from generator.spl.walk import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.engine.contracts import Builder
    from generator.spl.ast import Call

    Row = tuple[Any, ...]

ANY, BOOL, STRING = Kind.ANY, Kind.BOOL, Kind.STRING


def _if(call: Call, builder: Builder) -> Callable[[Row], Any]:
    test, yes, no = map(builder.build, call.args)
    return lambda row: yes(row) if is_true(test(row)) else no(row)


def _case(call: Call, builder: Builder) -> Callable[[Row], Any]:
    return _first_pair(call, builder, wanted=True)


def _validate(call: Call, builder: Builder) -> Callable[[Row], Any]:
    return _first_pair(call, builder, wanted=False)


def _first_pair(call: Call, builder: Builder, *, wanted: bool) -> Callable[[Row], Any]:
    tests = list(map(builder.build, call.args[::2]))
    values = list(map(builder.build, call.args[1::2]))

    def chosen(row: Row) -> Any:  # noqa: ANN401 - a value
        for test, value in zip(tests, values, strict=True):
            if is_true(test(row)) is wanted:
                return value(row)
        return None

    return chosen


def _coalesce(call: Call, builder: Builder) -> Callable[[Row], Any]:
    arguments = list(map(builder.build, call.args))

    def first(row: Row) -> Any:  # noqa: ANN401 - a value
        for argument in arguments:
            value = argument(row)
            if value is not None:
                return value
        return None

    return first


def _cidrmatch(subnet: str, address: Value) -> bool:
    """Host bits of the subnet do not count; of a multivalue one address must be inside."""
    network = _network(subnet)
    return network is not None and any(_inside(text_of(one), network) for one in elements(address))


@lru_cache(maxsize=1024)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def _inside(text: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        return ipaddress.ip_address(text) in network
    except ValueError:
        return False


def _in(value: Value, *choices: Value) -> bool | None:
    if value is None:
        return None
    return any(compare("=", value, choice) is True for choice in choices)


def _lookup(call: Call, builder: Builder) -> Callable[[Row], Any]:
    """Several rows that match give arrays, in file order."""
    name, given, wanted = map(builder.build, call.args)
    knowledge = builder.env.knowledge

    def found(row: Row) -> str | None:
        table_name, fields = name(row), _document(given(row))
        if not isinstance(table_name, str) or not isinstance(fields, dict):
            return None
        table = knowledge.lookup(table_name)
        if table is None:
            raise builder.env.error("eval", f"Could not find the lookup table '{table_name}'", call)
        matches = table.find({key: leaf_text(value) for key, value in fields.items() if value is not None})
        outputs = _document(wanted(row))
        names = map(leaf_text, outputs) if isinstance(outputs, list) else []
        columns = {output: [match[output] for match in matches if match.get(output)] for output in names}
        made = {output: values if len(values) > 1 else values[0] for output, values in columns.items() if values}
        return write_json(made) if made else None

    return found


def _document(value: Value) -> Any:  # noqa: ANN401 - JSON
    return read_json(value) if isinstance(value, str) else None


def _like(text: str, pattern: str) -> bool:
    return is_like(text, pattern)


def _match(text: str, pattern: str) -> bool:
    return compile_pattern(pattern).search(text) is not None


def _nullif(value: Value, other: Value) -> Value:
    return None if compare("=", value, other) is True else value


def _searchmatch(call: Call, builder: Builder) -> Callable[[Row], Any]:
    """The text is search terms; the row is made a table of the fields that they name."""
    text = call.args[0]
    if not isinstance(text, StringLiteral):
        raise builder.env.unsupported("`searchmatch` of anything but a text in quotes", call)
    term = builder.env.parse_terms(text.value, "eval", call)
    names = {"_raw"}
    for node in find(term, Term):
        if isinstance(node, Comparison | InTerm) and isinstance(node.field, Name):
            names.add("_time" if node.field.text in {"earliest", "latest"} else node.field.text)
    places = {name: builder.field(name) for name in sorted(names)}

    def matches(row: Row) -> bool:
        from generator.engine.table import from_rows  # noqa: PLC0415 - needs numpy, which checking a call does not

        table = from_rows([{name: row[place] for name, place in places.items()}])
        present = [name for name in places if table.column(name).present[0]]
        return bool(builder.env.mask(term, table.keep(present), "eval")[0])

    return matches


SIGNATURES = (
    FunctionSignature(
        "case", 2, None, (BOOL, ANY), ANY, "the value behind the first condition that is true", step=2, build=_case
    ),
    FunctionSignature("cidrmatch", 2, 2, (STRING, ANY), BOOL, "whether an address is in a network", call=_cidrmatch),
    FunctionSignature("coalesce", 1, None, (ANY,), ANY, "the first value that is there", build=_coalesce),
    FunctionSignature("false", 0, 0, (), BOOL, "false", call=lambda: False),
    FunctionSignature("if", 3, 3, (BOOL, ANY, ANY), ANY, "one of two values", build=_if),
    FunctionSignature("in", 2, None, (ANY,), BOOL, "whether a value is in a list", call=_in, takes_null=True),
    FunctionSignature(
        "like", 2, 2, (STRING, STRING), BOOL, "whether a text is like a pattern with % and _", call=_like, each=True
    ),
    FunctionSignature(
        "lookup", 3, 3, (STRING, STRING, STRING), STRING, "the row of a lookup table as JSON", build=_lookup
    ),
    FunctionSignature(
        "match", 2, 2, (STRING, STRING), BOOL, "whether a regular expression matches somewhere", call=_match, each=True
    ),
    FunctionSignature("null", 0, 0, (), ANY, "no value", call=lambda: None),
    FunctionSignature("nullif", 2, 2, (ANY, ANY), ANY, "no value where both are equal", call=_nullif, takes_null=True),
    FunctionSignature(
        "searchmatch", 1, 1, (STRING,), BOOL, "whether the event matches search terms", build=_searchmatch
    ),
    FunctionSignature("true", 0, 0, (), BOOL, "true", call=lambda: True),
    FunctionSignature(
        "validate",
        2,
        None,
        (BOOL, ANY),
        ANY,
        "the value behind the first condition that is false",
        step=2,
        build=_validate,
    ),
)
"""The signatures of these functions."""
