"""Which fields an expression, a search term or an aggregation reads: recorded with their places in a flow environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.spl.ast import (
    Aggregation,
    And,
    Binary,
    Call,
    Comparison,
    Expr,
    FieldRef,
    Group,
    InList,
    InTerm,
    MacroCall,
    Name,
    Not,
    Option,
    Or,
    StringLiteral,
    Subsearch,
    SubsearchExpr,
    SubsearchTerm,
    Term,
    Unary,
)
from generator.spl.walk import find

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.spl.fields import FieldState, FlowEnv

# Functions that are asked whether a field is there, so that its absence is no mistake.
_NULL_SAFE = frozenset(
    {"isnull", "isnotnull", "coalesce", "typeof", "isnum", "isstr", "isint", "isbool", "nullif", "mvappend"}
)

# Search terms that choose the time range or the data, and are no fields of the events.
_MODIFIERS = frozenset(
    {"earliest", "latest", "_index_earliest", "_index_latest", "starttime", "endtime", "timeformat", "index", "splunk_server",
     "splunk_server_group", "eventtype", "tag", "savedsearch", "savedsplunk", "hosttag", "eventtypetag", "nodename"}
)  # fmt: skip


def read_names(names: Iterable[Name | MacroCall], state: FieldState, env: FlowEnv, *, optional: bool = False) -> None:
    """Record that a command reads these fields."""
    for name in names:
        if isinstance(name, Name):
            env.use(name.text, name.start, name.end, state, optional=optional)


def read_option(options: Iterable[Option | MacroCall], name: str, state: FieldState, env: FlowEnv) -> None:
    """Record that a command reads the field that an option names."""
    for option in options:
        if isinstance(option, Option) and option.name == name and isinstance(option.value, Name):
            env.use(option.value.text, option.value.start, option.value.end, state)


def read_expression(expr: Expr, state: FieldState, env: FlowEnv, *, optional: bool = False) -> None:
    """Record every field that an eval expression reads.

    A field that the expression asks whether it exists (`isnull`, `coalesce`, ...) is optional everywhere in it, so that
    `if(isnotnull(x), x, y)` is no mistake where `x` is absent.
    """
    found: list[tuple[FieldRef, bool]] = []
    asked: set[str] = set()
    stack: list[tuple[Expr, bool]] = [(expr, optional)]
    while stack:
        node, lax = stack.pop()
        if isinstance(node, FieldRef):
            if "<<" not in node.name and "$" not in node.name:
                found.append((node, lax))
                if lax:
                    asked.add(node.name)
        elif isinstance(node, Binary):
            stack += ((node.right, lax), (node.left, lax))
        elif isinstance(node, Unary):
            stack.append((node.operand, lax))
        elif isinstance(node, Call):
            name = node.name.lower()
            inner = lax or name in _NULL_SAFE
            args = node.args
            if name == "mvmap" and len(args) == 3 and isinstance(args[2], StringLiteral):
                # The third argument names what stands for a value in the second; no field is read by that name.
                _read_mapped(args[0], args[1], args[2].value, found, lax=inner)
                continue
            stack.extend((arg, inner) for arg in reversed(args))
        elif isinstance(node, InList):
            stack.extend((value, lax) for value in reversed(node.values))
            stack.append((node.operand, lax))
        elif isinstance(node, SubsearchExpr):
            env.subsearch(node.subsearch.pipeline)
    for ref, lax in found:
        env.use(ref.name, ref.start, ref.end, state, optional=lax or ref.name in asked)


def _read_mapped(values: Expr, body: Expr, variable: str, found: list[tuple[FieldRef, bool]], *, lax: bool) -> None:
    for part in (values, body):
        found.extend(
            (ref, lax)
            for ref in find(part, FieldRef)
            if (part is values or ref.name != variable) and "<<" not in ref.name and "$" not in ref.name
        )


def read_term(term: Term | None, state: FieldState, env: FlowEnv) -> None:
    """Record every field that search terms compare; subsearches among them are followed.

    `NOT field=*` asks whether the field is there, so that its absence is no mistake.
    """
    stack: list[Term] = [term] if term is not None else []
    absent: Term | None = None
    while stack:
        node = stack.pop()
        if isinstance(node, Comparison):
            if isinstance(node.field, Name) and node.field.text.lower() not in _MODIFIERS:
                lax = node is absent and isinstance(node.value, Name) and node.value.text == "*"
                env.use(node.field.text, node.field.start, node.field.end, state, optional=lax)
            if isinstance(node.value, Subsearch):
                env.subsearch(node.value.pipeline)
        elif isinstance(node, InTerm):
            if isinstance(node.field, Name) and node.field.text.lower() not in _MODIFIERS:
                env.use(node.field.text, node.field.start, node.field.end, state)
            for value in node.values:
                if isinstance(value, Subsearch):
                    env.subsearch(value.pipeline)
        elif isinstance(node, And | Or):
            stack.extend(reversed(node.terms))
        elif isinstance(node, Not):
            absent = node.term
            stack.append(node.term)
        elif isinstance(node, Group):
            if node.term is not None:
                stack.append(node.term)
        elif isinstance(node, SubsearchTerm):
            env.subsearch(node.subsearch.pipeline)


def read_aggregations(aggregations: Iterable[Aggregation | MacroCall], state: FieldState, env: FlowEnv) -> None:
    """Record every field that aggregations read."""
    for aggregation in aggregations:
        if isinstance(aggregation, Aggregation):
            for place, arg in enumerate(aggregation.args):
                if isinstance(arg, Expr):
                    read_expression(arg, state, env)
                elif isinstance(arg, Aggregation):
                    read_aggregations((arg,), state, env)
                elif isinstance(arg, Name) and place == 0:
                    env.use(arg.text, arg.start, arg.end, state)


def output_names(aggregations: Iterable[Aggregation | MacroCall], state: FieldState) -> tuple[set[str], set[str], bool]:
    """Return the names that aggregations make, wildcard patterns of such names, and whether any other may be made.

    `sum(*) AS t_*` makes one field for each field of the state; where the state is open only the pattern is known.
    """
    names: set[str] = set()
    patterns: set[str] = set()
    unknown = False
    for aggregation in aggregations:
        if isinstance(aggregation, MacroCall) or any(isinstance(arg, MacroCall) for arg in aggregation.args):
            unknown = True
            continue
        output = aggregation.output
        source = aggregation.args[0] if aggregation.args else None
        if not isinstance(source, Name) or "*" not in source.text:
            names.add(output)
            continue
        for known in state.names:
            matched = match_wildcard(source.text, known)
            if matched is None:
                continue
            names.add(
                fill_wildcard(aggregation.alias.text, matched) if aggregation.alias else f"{aggregation.name}({known})"
            )
        if state.open or state.patterns:
            patterns.add(output)
    return names, patterns, unknown


def match_wildcard(pattern: str, name: str) -> tuple[str, ...] | None:
    """Return what each `*` of a pattern stands for in a name, or None where it does not match."""
    parts = pattern.split("*")
    if len(parts) == 1:
        return () if pattern == name else None
    if not name.startswith(parts[0]) or len(name) < len(parts[0]) + len(parts[-1]) or not name.endswith(parts[-1]):
        return None
    pos = len(parts[0])
    end = len(name) - len(parts[-1])
    found: list[str] = []
    for part in parts[1:-1]:
        at = name.find(part, pos, end)
        if at < 0:
            return None
        found.append(name[pos:at])
        pos = at + len(part)
    found.append(name[pos:end])
    return tuple(found)


def fill_wildcard(pattern: str, matched: tuple[str, ...]) -> str:
    """Put what the `*` stood for into the `*` of another pattern."""
    for part in matched:
        pattern = pattern.replace("*", part, 1)
    return pattern
