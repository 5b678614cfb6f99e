"""An eval expression becomes a function of values, and runs once per distinct input of a table.

The compiled closure takes a tuple of the values of the fields that the expression reads, so the same closure serves
columns, single rows and templates. Null: arithmetic, `.` and comparisons give null for a null operand; AND, OR and NOT
follow three-valued logic; a null condition does not hold. What a function gets is coerced to the kinds of its signature:
a number argument that is no number makes the result null, a text argument gets the text form.

Sources: Search Reference, "eval", "where", "Comparison and Conditional functions", "Mathematical functions".
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.base.frozen import dataclass
from generator.engine.column import Column, encode, spread
from generator.engine.errors import PatternTimeoutError, SearchError
from generator.engine.patterns import PatternError, is_like
from generator.engine.values import (
    Value,
    compare,
    elements,
    finite,
    is_true,
    multivalue,
    number_of,
    shown,
    text_of,
)
from generator.spl.ast import (
    Binary,
    BoolLiteral,
    Call,
    Expr,
    FieldRef,
    InList,
    MacroExpr,
    NullLiteral,
    NumberLiteral,
    StringLiteral,
    SubsearchExpr,
    TemplateRef,
    TokenRef,
    Unary,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.engine.column import Mask
    from generator.engine.contracts import EvalFunction
    from generator.engine.env import Env
    from generator.engine.table import Table

    Row = tuple[Any, ...]
    Closure = Callable[[Row], Any]

PER_ROW_BELOW = 200
"""Tables with fewer rows run an expression for each row (with equal inputs remembered): finding distinct inputs costs more."""

_COMPARISONS = frozenset({"=", "==", "!=", "<", ">", "<=", ">="})
_CONDITIONS = _COMPARISONS | {"AND", "OR", "XOR", "LIKE"}


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression as a function of the values of `fields`; `condition`: it gives true, false or null."""

    run: Closure
    fields: tuple[str, ...]
    condition: bool
    volatile: bool


class Compiler:
    """Compiles one expression; the `Builder` that functions with a `build` of their own are handed."""

    def __init__(self, env: Env, command: str) -> None:
        self.env = env
        self._command = command
        self._places: dict[str, int] = {}
        self._volatile = False
        self._exact = False

    @property
    def now(self) -> float:
        """When the search was started."""
        return self.env.now

    def field(self, name: str) -> int:
        """Return the place of a field in the inputs, adding it."""
        return self._places.setdefault(name, len(self._places))

    def volatile(self) -> None:
        """Note that equal inputs may give different results."""
        self._volatile = True

    def error(self, message: str, node: Expr) -> SearchError:
        """Return an error of the command at a node, in Splunk's wording."""
        return self.env.error(self._command, message, node)

    def compile(self, expr: Expr) -> Compiled:
        """Compile a whole expression.

        Raises:
            SearchError: an unknown function, macro or pattern.
            UnsupportedSpl: a function that this engine cannot run.
        """
        run = self.build(expr)
        return Compiled(run, tuple(self._places), is_condition(expr, self.env), self._volatile)

    def exactly(self, expr: Expr) -> Closure:
        """Compile a sub-expression in which no product of written decimals is rounded."""
        before, self._exact = self._exact, True
        try:
            return self.build(expr)
        finally:
            self._exact = before

    def build(self, expr: Expr) -> Closure:
        """Compile a sub-expression."""
        if isinstance(expr, FieldRef):
            return operator.itemgetter(self.field(expr.name))
        if isinstance(expr, StringLiteral | NumberLiteral | BoolLiteral):
            value = expr.value
            return lambda _: value
        if isinstance(expr, NullLiteral):
            return lambda _: None
        if isinstance(expr, Binary):
            return self._binary(expr)
        if isinstance(expr, Unary):
            return self._unary(expr)
        if isinstance(expr, Call):
            return self.call(expr)
        if isinstance(expr, InList):
            return self._in_list(expr)
        if isinstance(expr, SubsearchExpr):
            text = self.env.subsearch_text(expr.subsearch.pipeline)
            return self.build(self.env.parse_expression(text, self._command, expr))
        if isinstance(expr, MacroExpr):
            raise self.error(f"The search specifies a macro '{expr.call.name}' that cannot be found", expr)
        if isinstance(expr, TokenRef | TemplateRef):
            shown_token = f"${expr.name}$" if isinstance(expr, TokenRef) else f"<<{expr.text}>>"
            raise self.error(f"The token {shown_token} has no value here", expr)
        raise self.env.unsupported(f"the expression `{type(expr).__name__}`", expr)

    # --- operators ---------------------------------------------------------------------------------------------------

    def _binary(self, expr: Binary) -> Closure:
        op = expr.op
        if op in {"AND", "OR", "XOR"}:
            return _logic(op, self.build(expr.left), self.build(expr.right))
        left, right = self.build(expr.left), self.build(expr.right)
        if op in _COMPARISONS:
            return lambda row: compare(op, left(row), right(row))
        if op == "LIKE":
            return _like(left, right)
        if op == ".":
            return lambda row: _concat(left(row), right(row))
        if op == "+":
            if self._is_text(expr):
                return lambda row: _concat(left(row), right(row))
            return lambda row: _add(left(row), right(row))
        arithmetic = _ARITHMETIC[op]
        if (
            op in {"*", "/"}
            and not self._exact
            and isinstance(expr.left, NumberLiteral)
            and isinstance(expr.right, NumberLiteral)
        ):
            rounded = _as_precise(arithmetic(expr.left.value, expr.right.value), expr.left.text, expr.right.text)
            return lambda _: rounded
        return lambda row: arithmetic(number_of(left(row)), number_of(right(row)))

    def _is_text(self, expr: Expr) -> bool:
        """Whether a value is text by its form, whatever stands in it: such texts are joined by `+`, never added."""
        if isinstance(expr, Binary):
            return expr.op == "." or (expr.op == "+" and self._is_text(expr.left) and self._is_text(expr.right))
        if isinstance(expr, Call):
            function = self.env.functions.eval_function(expr.name)
            return function is not None and function.result == "string"
        return isinstance(expr, StringLiteral)

    def _unary(self, expr: Unary) -> Closure:
        operand = self.build(expr.operand)
        if expr.op == "NOT":
            return lambda row: _not(operand(row))
        if expr.op == "+":
            return operand

        def negated(row: Row) -> Any:  # noqa: ANN401 - a value
            number = number_of(operand(row))
            return None if number is None else -number

        return negated

    def _in_list(self, expr: InList) -> Closure:
        operand = self.build(expr.operand)
        choices = [self.build(value) for value in expr.values]

        def contained(row: Row) -> bool | None:
            value = operand(row)
            if value is None:
                return None
            return any(compare("=", value, choice(row)) is True for choice in choices)

        return contained

    # --- calls -------------------------------------------------------------------------------------------------------

    def call(self, expr: Call) -> Closure:
        """Compile a call of a function."""
        function = self.env.functions.eval_function(expr.name)
        if function is None:
            raise self.error(f"The '{expr.name}' function is unsupported or undefined", expr)
        if function.build is not None:
            return self._guarded(function.build(expr, self), expr)
        if function.call is None:
            raise self.env.unsupported(f"the function `{function.name}`", expr)
        arguments = [self.build(argument) for argument in expr.args]
        return self._guarded(_calling(function, function.call, arguments), expr)

    def _guarded(self, run: Closure, expr: Call) -> Closure:
        """Turn a bad pattern into an error of the search; one made of values, or one that explodes, into null and a message."""
        env, command = self.env, self._command
        written = len(expr.args) > 1 and isinstance(expr.args[1], StringLiteral)

        def guarded(row: Row) -> Any:  # noqa: ANN401 - a value
            try:
                return run(row)
            except PatternError as error:
                if written:
                    raise env.error(command, f"Regex: {error}", expr) from error
                env.warn_once(f"'{expr.name}' got a value that is no regular expression: {error}")
                return None
            except PatternTimeoutError as error:
                env.warn_once(str(error))
                return None
            except (OverflowError, RecursionError):
                return None

        return guarded


def is_condition(expr: Expr, env: Env) -> bool:
    """Whether an expression gives true, false or null by its form."""
    if isinstance(expr, Binary):
        return expr.op in _CONDITIONS
    if isinstance(expr, Unary):
        return expr.op == "NOT"
    if isinstance(expr, Call):
        function = env.functions.eval_function(expr.name)
        return function is not None and function.result == "Boolean"
    return isinstance(expr, InList | BoolLiteral)


def compile_expression(expr: Expr, env: Env, command: str) -> Compiled:
    """Compile an expression of a command (whose name is for messages). Raises as `Compiler.compile`."""
    return Compiler(env, command).compile(expr)


# --- running ---------------------------------------------------------------------------------------------------------


def evaluate(compiled: Compiled, table: Table) -> Column:
    """Return the column of an expression's results. Booleans become 1 and null: for `count(eval(...))` and its kin."""
    results, codes = _results(compiled, table)
    plain = [(1 if result else None) if isinstance(result, bool) else result for result in results]
    return encode(plain) if codes is None else spread(plain, codes)


def truth(compiled: Compiled, table: Table) -> Mask:
    """Return for which rows a condition holds."""
    results, codes = _results(compiled, table)
    found = np.fromiter(map(is_true, results), np.bool_, len(results))
    return found if codes is None else found[codes]


def _results(compiled: Compiled, table: Table) -> tuple[list[Any], Any]:
    """Return the results per distinct input and each row's number among them; or per row, and None."""
    run = compiled.run
    length = table.length
    if not compiled.fields and not compiled.volatile:
        return ([run(())], np.zeros(length, np.int32)) if length else ([], None)
    columns = [table.column(name) for name in compiled.fields]
    if compiled.volatile or (length < PER_ROW_BELOW and len(columns) > 1):
        cells = zip(*(column.to_list() for column in columns), strict=True) if columns else iter([()] * length)
        return (list(map(run, cells)) if compiled.volatile else _remembered(run, cells)), None
    compact = [column.compact() for column in columns]
    if len(compact) == 1:
        return [run((value,)) for value in compact[0].values], compact[0].codes
    ids, firsts = distinct_inputs(compact)
    rows = zip(*(column.take(firsts).to_list() for column in compact), strict=True)
    return list(map(run, rows)), ids


def _remembered(run: Closure, cells: Iterator[Row]) -> list[Any]:
    known: dict[Any, Any] = {}
    results = []
    for row in cells:
        if row not in known:
            known[row] = run(row)
        results.append(known[row])
    return results


def distinct_inputs(columns: list[Column]) -> tuple[Any, Any]:
    """Return each row's number among the distinct combinations of codes, and the first row of each combination."""
    ids = columns[0].codes.astype(np.int64)
    size = len(columns[0].dictionary)
    for column in columns[1:]:
        width = len(column.dictionary)
        if size * width >= 2**62:
            used, ids = np.unique(ids, return_inverse=True)
            size = len(used)
        ids = ids * width + column.codes
        size *= width
    _, firsts, numbers = np.unique(ids, return_index=True, return_inverse=True)
    return numbers, firsts


# --- operators on values ---------------------------------------------------------------------------------------------


def _logic(op: str, left: Closure, right: Closure) -> Closure:
    def both(row: Row) -> bool | None:
        one = _condition(left(row))
        if one is False:
            return False
        other = _condition(right(row))
        return other if one or other is False else None

    def either(row: Row) -> bool | None:
        one = _condition(left(row))
        if one:
            return True
        other = _condition(right(row))
        return other if one is False or other else None

    def differ(row: Row) -> bool | None:
        one, other = _condition(left(row)), _condition(right(row))
        return None if one is None or other is None else one is not other

    return both if op == "AND" else either if op == "OR" else differ


def _condition(value: object) -> bool | None:
    return value if value is None or isinstance(value, bool) else is_true(value)


def _not(value: object) -> bool | None:
    held = _condition(value)
    return None if held is None else not held


def _concat(left: Value, right: Value) -> str | None:
    if left is None or right is None or isinstance(left, tuple) or isinstance(right, tuple):
        return None
    return text_of(left) + text_of(right)


def _add(left: Value, right: Value) -> Value:
    one, other = number_of(left), number_of(right)
    if one is not None and other is not None:
        return finite(one + other)
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    return None


def _subtract(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else finite(left - right)


def _multiply(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else finite(left * right)


def _divide(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None or right == 0 else finite(left / right)


def _modulo(left: float | None, right: float | None) -> float | None:
    """The sign is that of the left side, as in C."""
    if left is None or right is None or right == 0:
        return None
    if isinstance(left, int) and isinstance(right, int):
        rest = abs(left) % abs(right)
        return -rest if left < 0 else rest
    return finite(math.fmod(left, right))


_ARITHMETIC: dict[str, Callable[[float | None, float | None], float | None]] = {
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "%": _modulo,
}


def _as_precise(number: float | None, left: str, right: str) -> float | None:
    """Round the product of two written decimals to the figures of the one with fewer (`8.250*0.2` is 2).

    The page on `eval` shows this for decimals in the search only, so only there it is done; whole numbers are exact.
    """
    if not number or "." not in left or "." not in right:
        return number
    figures = min(len(text.lower().partition("e")[0].replace(".", "").lstrip("+-0")) for text in (left, right))
    return float(f"{number:.{max(0, figures - 1)}e}")


def _like(left: Closure, right: Closure) -> Closure:
    def liked(row: Row) -> bool | None:
        value, pattern = left(row), right(row)
        if value is None or pattern is None:
            return None
        return any(is_like(text_of(one), shown(pattern)) for one in elements(value))

    return liked


# --- calls -----------------------------------------------------------------------------------------------------------


def _calling(function: EvalFunction, call: Callable[..., Any], arguments: list[Closure]) -> Closure:
    coerced = [
        _coerced(
            argument,
            str(function.kind_of(position)),
            many=function.each and position == 0,
            takes_null=function.takes_null,
        )
        for position, argument in enumerate(arguments)
    ]
    if function.each:
        return _each(call, coerced, condition=function.result == "Boolean", takes_null=function.takes_null)
    if function.takes_null:
        return lambda row: call(*(argument(row) for argument in coerced))

    def called(row: Row) -> Any:  # noqa: ANN401 - a value
        given = [argument(row) for argument in coerced]
        return None if None in given else call(*given)

    return called


def _each(call: Callable[..., Any], arguments: list[Closure], *, condition: bool, takes_null: bool) -> Closure:
    first, *others = arguments

    def called(row: Row) -> Any:  # noqa: ANN401 - a value
        value = first(row)
        rest = [argument(row) for argument in others]
        if not takes_null and (value is None or None in rest):
            return None
        if not isinstance(value, tuple):
            return call(value, *rest)
        results = [call(one, *rest) for one in value]
        return any(results) if condition else multivalue(made for made in results if made is not None)

    return called


def _coerced(argument: Closure, kind: str, *, many: bool, takes_null: bool) -> Closure:
    """Return the argument as a function of this kind of argument gets it; `many`: a multivalue stays one."""

    def number(row: Row) -> Any:  # noqa: ANN401 - a number, several, or null
        value = argument(row)
        if many and isinstance(value, tuple):
            return multivalue(found for one in value if (found := number_of(one)) is not None)
        return number_of(value)

    def text(row: Row) -> Any:  # noqa: ANN401 - a text, several, or null
        value = argument(row)
        if value is None or type(value) is str:
            return value
        if isinstance(value, tuple):
            return tuple(map(text_of, value)) if many else None
        return text_of(value)

    if kind == "number":
        return number
    if kind == "string":
        return text
    if kind == "Boolean":
        return (lambda row: _condition(argument(row))) if takes_null else (lambda row: is_true(argument(row)))
    return argument
