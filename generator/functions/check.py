"""Every call in a tree against the signatures: unknown functions, numbers of arguments, kinds that cannot fit.

Only what is certain is reported: a field may hold anything, so only literals and results of known kind count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import did_you_mean
from generator.functions import EVAL, PERCENTILES, STATS, aggregation, eval_function
from generator.functions.signature import FunctionSignature, Kind
from generator.spl.ast import (
    Aggregation,
    And,
    Assignment,
    Binary,
    Call,
    Command,
    Comparison,
    Expr,
    FieldRef,
    InList,
    InTerm,
    Keyword,
    MacroCall,
    Name,
    Node,
    NumberLiteral,
    Option,
    Or,
    StringLiteral,
    Unary,
)
from generator.spl.errors import SplError
from generator.spl.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LOGIC = frozenset({"AND", "OR", "XOR"})
_COMPARISONS = frozenset({"=", "==", "!=", "<", ">", "<=", ">=", "LIKE"})
_NOTHING_TO_CHECK = frozenset({And, Comparison, FieldRef, InTerm, Keyword, Name, NumberLiteral, Or, StringLiteral})
"""The kinds that most nodes are of."""
_NUMBERS_ONLY = frozenset({"-", "*", "/", "%"})


def check_calls(tree: Node) -> list[SplError]:
    """Return what is wrong with the calls of a tree, in the order of the text."""
    return check_nodes(walk(tree))


def check_nodes(nodes: Iterable[Node]) -> list[SplError]:
    """Do the same for the nodes of a tree, as `walk` gives them."""
    errors: list[SplError] = []
    command = ""
    computed_end = -1
    misplaced: set[int] = set()
    for node in nodes:
        kind = type(node)
        if kind in _NOTHING_TO_CHECK:
            continue
        if isinstance(node, Command):
            command = node.name
        elif isinstance(node, Option):
            if isinstance(node.value, Call):  # `startswith=eval(...)`: the option's own form
                misplaced.add(node.value.start)
        elif isinstance(node, Call):
            if node.start in misplaced and node.name == "eval":
                continue
            errors.extend(_call(node, aggregates=node.start < computed_end))
        elif isinstance(node, Aggregation):
            if node.name.lower() == "eval":
                computed_end = node.end
            elif node.start not in misplaced:
                if node.name.lower() != "sparkline":
                    misplaced.update(arg.start for arg in node.args if isinstance(arg, Aggregation))
                errors.extend(_aggregation(node, command))
        elif isinstance(node, Binary | Unary):
            errors.extend(_operator(node))
        elif isinstance(node, Assignment) and kind_of(node.value) is Kind.BOOL:
            hint = "write `if(condition, value, value)` or `tostring(condition)`"
            errors.append(
                SplError("boolean-result", "a field cannot be given a Boolean", node.value.start, node.value.end, hint)
            )
    if len(errors) > 1:
        errors.sort(key=lambda error: (error.start, error.end))
    return errors


def kind_of(expr: Expr) -> Kind:
    """Return the kind of an expression's value as far as it is certain, else `ANY`."""
    if isinstance(expr, StringLiteral):
        return Kind.STRING
    if isinstance(expr, NumberLiteral):
        return Kind.NUMBER
    if isinstance(expr, Binary):
        if expr.op in _LOGIC or expr.op in _COMPARISONS:
            return Kind.BOOL
        return Kind.STRING if expr.op == "." else Kind.ANY if expr.op == "+" else Kind.NUMBER
    if isinstance(expr, Unary):
        return Kind.BOOL if expr.op == "NOT" else Kind.NUMBER
    if isinstance(expr, InList):
        return Kind.BOOL
    if isinstance(expr, Call):
        signature = eval_function(expr.name)
        return signature.result if signature is not None else Kind.ANY
    return Kind.ANY


def _call(node: Call, *, aggregates: bool) -> Iterator[SplError]:
    signature = eval_function(node.name)
    if signature is None or (aggregates and len(node.args) < signature.min_args):
        if aggregates and aggregation(node.name) is not None:
            return
        yield _unknown_eval(node)
        return
    given = len(node.args)
    message = _count_error(signature, node.name, given)
    if message is not None:
        yield SplError("argument-count", message, node.start, node.end, f"{node.name}: {signature.summary}")
        return
    for position, arg in enumerate(node.args):
        wanted = signature.kind_of(position if signature.step == 1 else _position_in_pairs(signature, position))
        problem = _misfit(arg, wanted)
        if problem is not None:
            message = f"argument {position + 1} of `{node.name}` must be a {wanted.value}, not {problem}"
            yield SplError("argument-kind", message, arg.start, arg.end)


def _position_in_pairs(signature: FunctionSignature, position: int) -> int:
    """The last two kinds of a function with pairs stand for all pairs."""
    before = len(signature.args) - 2
    return position if position < before else before + (position - before) % 2


def _count_error(signature: FunctionSignature, name: str, given: int) -> str | None:
    if given < signature.min_args or (signature.max_args is not None and given > signature.max_args):
        return f"`{name}` takes {signature.takes}, not {given}"
    if signature.step == 2 and (given - signature.min_args) % 2:
        return f"the arguments of `{name}` come in pairs; the last one stands alone"
    return None


def _misfit(arg: Expr, wanted: Kind) -> str | None:
    """Return what an argument is instead of what is wanted, or None where it may fit."""
    if wanted is Kind.BOOL:
        if isinstance(arg, StringLiteral):
            return "a string"
        return "a number" if isinstance(arg, NumberLiteral) else None
    if wanted is Kind.NUMBER:
        if isinstance(arg, StringLiteral) and not _is_number(arg.value):
            return f'the string "{arg.value}"'
        return "a Boolean" if kind_of(arg) is Kind.BOOL else None
    if wanted is Kind.STRING and kind_of(arg) is Kind.BOOL:
        return "a Boolean"
    return None


def _operator(node: Binary | Unary) -> Iterator[SplError]:
    operands = (node.left, node.right) if isinstance(node, Binary) else (node.operand,)
    if node.op in _LOGIC or node.op == "NOT":
        for operand in operands:
            if isinstance(operand, StringLiteral | NumberLiteral):
                what = "a string" if isinstance(operand, StringLiteral) else "a number"
                yield SplError("operand-kind", f"`{node.op}` joins conditions, not {what}", operand.start, operand.end)
    elif node.op in _NUMBERS_ONLY:
        for operand in operands:
            if isinstance(operand, StringLiteral) and not _is_number(operand.value):
                yield SplError(
                    "operand-kind",
                    f"`{node.op}` takes numbers, not a string",
                    operand.start,
                    operand.end,
                    "texts are joined with `.`",
                )
            elif kind_of(operand) is Kind.BOOL:
                yield SplError("operand-kind", f"`{node.op}` takes numbers, not a Boolean", operand.start, operand.end)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _unknown_eval(node: Call) -> SplError:
    end = node.name_end
    if aggregation(node.name) is not None:
        message = f"`{node.name}` is an aggregation of `stats`, not a function of eval expressions"
        return SplError("unknown-function", message, node.start, end, did_you_mean(node.name, EVAL))
    return SplError(
        "unknown-function", f"unknown eval function `{node.name}`", node.start, end, did_you_mean(node.name, EVAL)
    )


def _aggregation(node: Aggregation, command: str) -> Iterator[SplError]:
    signature = aggregation(node.name)
    name = node.name
    if signature is None:
        yield _unknown_aggregation(node)
        return
    if signature.only and command not in signature.only:
        where = " and ".join(f"`{only}`" for only in signature.only)
        yield SplError(
            "unknown-function", f"the aggregation `{name}` exists only in {where}", node.start, node.name_end
        )
        return
    if any(isinstance(arg, MacroCall) for arg in node.args):
        return
    message = _count_error(signature, name, len(node.args))
    if message is not None:
        hint = f"write `{name}(field)`" if not node.args else None
        yield SplError("argument-count", message.replace("argument", "field"), node.start, node.end, hint)
    elif isinstance(node.args[0] if node.args else None, Aggregation) and signature.name != "sparkline":
        inner = node.args[0]
        if isinstance(inner, Aggregation):
            hint = "an expression is written `eval(...)`" if eval_function(inner.name) is not None else None
            yield SplError("expected", f"`{name}` takes a field, not `{inner.name}(...)`", inner.start, inner.end, hint)


def _unknown_aggregation(node: Aggregation) -> SplError:
    name = node.name
    if name.lower() in PERCENTILES:
        return SplError(
            "unknown-function",
            f"`{name}` needs the percentile in its name",
            node.start,
            node.name_end,
            f"such as `{name}95(field)`",
        )
    if eval_function(name) is not None and node.args:
        message = f"`{name}` is a function of eval expressions, not an aggregation"
        hint = did_you_mean(name, STATS) or "compute it with `eval` before, or write `max(eval(...))`"
        return SplError("unknown-function", message, node.start, node.name_end, hint)
    return SplError(
        "unknown-function", f"unknown aggregation `{name}`", node.start, node.name_end, did_you_mean(name, STATS)
    )
