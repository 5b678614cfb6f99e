"""A tree to text that parses to an equal tree: one line, single blanks, keywords of the search language in capitals.

For layout, and to keep comments and the author's spelling, see `generator.spl.format`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.spl.ast import (
    Aggregation,
    And,
    Assignment,
    Binary,
    BoolLiteral,
    BrokenCommand,
    Call,
    Command,
    Comparison,
    Directive,
    Expr,
    FieldRef,
    Group,
    InList,
    InTerm,
    Keyword,
    MacroCall,
    MacroCommand,
    MacroExpr,
    MacroTerm,
    Name,
    Not,
    NullLiteral,
    NumberLiteral,
    Option,
    Or,
    Pipeline,
    PlaceholderCommand,
    StringLiteral,
    Subsearch,
    SubsearchExpr,
    SubsearchTerm,
    TemplateRef,
    Term,
    TokenRef,
    TokenTerm,
    Unary,
)
from generator.spl.text import bare, quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.spl.ast import Value

# A search without its command's name must not begin with a word that could be read as one.
_BEGINS_LIKE_A_COMMAND = re.compile(r"[A-Za-z_][\w.]*+(?!\s*(?:[=!>]|<(?!<)|::|[Ii][Nn]\s*\())|%\w+%$")

_POWER = {"XOR": 1, "OR": 2, "AND": 3, "LIKE": 5, "+": 6, "-": 6, ".": 6, "*": 7, "/": 7, "%": 7}
_NOT = 4
_COMPARISON = 5
_UNARY = 8
_PRIMARY = 9


def to_spl(tree: Pipeline) -> str:
    """Print a pipeline."""
    parts: list[str] = []
    for number, command in enumerate(tree.commands):
        if number or tree.leading_pipe:
            parts.append("| " if not parts else " | ")
        parts.append(_command(command))
    return "".join(parts)


def _command(command: Command) -> str:
    if isinstance(command, MacroCommand | PlaceholderCommand | BrokenCommand):
        return command.text
    arguments = command.arguments()
    if command.name_start == command.name_end and _BEGINS_LIKE_A_COMMAND.match(arguments) is None:
        return arguments
    return f"{command.name} {arguments}".rstrip()


def print_value(value: Value) -> str:
    """Print a name, a value, a macro call or a subsearch."""
    if isinstance(value, Name):
        if value.quote == '"':
            return quote(value.text)
        if value.quote:
            return f"'{value.text}'"
        return bare(value.text)
    if isinstance(value, MacroCall):
        return print_call(value)
    return print_subsearch(value)


def print_call(call: MacroCall) -> str:
    """Print a macro call in its backticks."""
    return f"`{call.text}`"


def print_subsearch(subsearch: Subsearch) -> str:
    """Print a subsearch in its brackets."""
    return f"[{to_spl(subsearch.pipeline)}]"


def print_values(values: Iterable[Value], separator: str = ", ") -> str:
    """Print names or values."""
    return separator.join(map(print_value, values))


def print_options(options: Iterable[Option | MacroCall]) -> str:
    """Print options with blanks between them."""
    return " ".join(print_call(option) if isinstance(option, MacroCall) else _option(option) for option in options)


def _option(option: Option) -> str:
    value = option.value
    if isinstance(value, Term):
        return f"{option.name}={print_term(value)}"
    if isinstance(value, Expr):
        text = print_expression(value)
        return (
            f"{option.name}={text}" if isinstance(value, Call) and value.name == "eval" else f"{option.name}=({text})"
        )
    text = print_value(value)
    return f"{option.name}={' ' if text.startswith('=') else ''}{text}"


def print_aggregations(aggregations: Iterable[Aggregation | MacroCall], separator: str = ", ") -> str:
    """Print aggregations with their aliases."""
    return separator.join(map(_aggregation, aggregations))


def _aggregation(aggregation: Aggregation | MacroCall) -> str:
    if isinstance(aggregation, MacroCall):
        return print_call(aggregation)
    if aggregation.alias is None:
        return aggregation.text
    return f"{aggregation.text} AS {print_value(aggregation.alias)}"


def join_words(*parts: str) -> str:
    """Join the parts that are not empty with single blanks."""
    return " ".join(part for part in parts if part)


# --- search terms ----------------------------------------------------------------------------------------------------


def print_term(term: Term) -> str:
    """Print search terms."""
    if isinstance(term, And):
        return (" AND " if term.explicit else " ").join(map(print_term, term.terms))
    if isinstance(term, Or):
        return " OR ".join(map(print_term, term.terms))
    if isinstance(term, Comparison):
        if term.op == "::":
            return f"{print_value(term.field)}::{print_value(term.value)}"
        field, value = print_value(term.field), print_value(term.value)
        # `a! =b` is about the field `a!`, and `a= =b` about the value `=b`: the blank keeps the operator apart.
        before = " " if field[-1:] in {"!", "<", ">", "="} else ""
        return f"{field}{before}{term.op}{' ' if value.startswith('=') else ''}{value}"
    if isinstance(term, Group):
        return f"({print_term(term.term)})" if term.term is not None else "( )"
    if isinstance(term, Not):
        return f"NOT {print_term(term.term)}"
    if isinstance(term, InTerm):
        if len(term.values) == 1 and isinstance(term.values[0], Subsearch):
            return f"{print_value(term.field)} IN {print_value(term.values[0])}"
        return f"{print_value(term.field)} IN ({print_values(term.values)})"
    if isinstance(term, Keyword):
        return print_value(term.value)
    if isinstance(term, MacroTerm):
        return print_call(term.call)
    if isinstance(term, Directive):
        return f"{term.name}({print_value(term.value)})"
    if isinstance(term, SubsearchTerm):
        return print_subsearch(term.subsearch)
    if isinstance(term, TokenTerm):
        return f"${term.name}$"
    raise TypeError(type(term).__name__)


# --- expressions -----------------------------------------------------------------------------------------------------


def print_assignment(assignment: Assignment) -> str:
    """Print `target=value`."""
    return f"{print_value(assignment.target)}={print_expression(assignment.value)}"


def print_expression(expr: Expr) -> str:
    """Print an eval expression with the parentheses that it needs."""
    return _expression(expr)[0]


def _expression(expr: Expr) -> tuple[str, int]:
    """Return the text and how tightly its outermost operator binds."""
    if isinstance(expr, Binary):
        return _binary(expr)
    if isinstance(expr, Unary):
        if expr.op == "NOT":
            return f"NOT {_operand(expr.operand, _NOT)}", _NOT
        return f"{expr.op}{_operand(expr.operand, _UNARY)}", _UNARY
    if isinstance(expr, InList):
        values = ", ".join(map(print_expression, expr.values))
        return f"{_operand(expr.operand, _COMPARISON)} IN ({values})", _COMPARISON
    return _primary(expr), _PRIMARY


def _binary(expr: Binary) -> tuple[str, int]:
    """Print a chain of operators; long chains lean to the left, so that side is followed without recursion."""
    power = _POWER.get(expr.op, _COMPARISON)
    tails: list[str] = []
    node: Expr = expr
    while isinstance(node, Binary) and _POWER.get(node.op, _COMPARISON) == power:
        tails.append(f" {node.op} {_operand(node.right, power + 1)}")
        node = node.left
    tails.append(_operand(node, power))
    return "".join(reversed(tails)), power


def _operand(expr: Expr, power: int) -> str:
    text, bound = _expression(expr)
    return text if bound >= power else f"({text})"


def _primary(expr: Expr) -> str:
    if isinstance(expr, FieldRef):
        return f"'{expr.name}'" if expr.quoted else expr.name
    if isinstance(expr, StringLiteral):
        return quote(expr.value)
    if isinstance(expr, Call):
        return f"{expr.name}({', '.join(map(print_expression, expr.args))})"
    if isinstance(expr, NumberLiteral):
        return expr.text
    if isinstance(expr, BoolLiteral):
        return "true" if expr.value else "false"
    if isinstance(expr, NullLiteral):
        return "null"
    if isinstance(expr, TokenRef):
        return f"${expr.name}$"
    if isinstance(expr, TemplateRef):
        return f"'<<{expr.text}>>'" if expr.quoted else f"<<{expr.text}>>"
    if isinstance(expr, MacroExpr):
        return print_call(expr.call)
    if isinstance(expr, SubsearchExpr):
        return print_subsearch(expr.subsearch)
    raise TypeError(type(expr).__name__)
