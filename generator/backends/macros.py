"""What needs the engine to expand a macro: an `iseval` definition is computed, arguments are checked by `validation`.

Both are expressions of eval without an event. In a validation the arguments are put in for `$name$`, and are fields as well.
A Boolean that is false or null, or a text, says that the arguments are wrong: `errormsg`, or the text.

Source: macros.conf.spec (definition, iseval, validation, errormsg); Knowledge Manager Manual, "Validate search macro arguments".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import GeneratorError
from generator.engine.column import constant
from generator.engine.errors import SearchError
from generator.engine.expr import is_condition
from generator.engine.table import Table
from generator.engine.values import text_of
from generator.spl.ast import Node

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.values import Value
    from generator.spl.macros import MacroDefinition

_NOWHERE = Node(-1, -1)


def macro_text(text: str, env: Env) -> str | None:
    """Return what an `iseval` definition stands for, None where it gives nothing or is no expression."""
    try:
        value, _ = _value(text, Table(1), env)
    except GeneratorError:
        return None
    return None if value is None or isinstance(value, tuple) else text_of(value)


def check_arguments(text: str, macro: MacroDefinition, args: tuple[str, ...], env: Env) -> None:
    """Refuse arguments that the validation of a macro does not let through.

    Raises:
        SearchError: they are wrong, or the validation is no expression.
    """
    given = Table(1, {name: constant(value, 1) for name, value in zip(macro.arguments, args, strict=False)})
    value, condition = _value(text, given, env)
    if condition and value is None:
        raise SearchError(
            f"Error in 'SearchParser': {macro.errormsg or f'the arguments of the macro {macro.name} are wrong'}.",
            -1,
            -1,
            "",
        )
    if not condition and value is not None:
        shown = value if isinstance(value, tuple) else (value,)
        raise SearchError(f"Error in 'SearchParser': {' '.join(map(text_of, shown))}.", -1, -1, "")


def _value(text: str, table: Table, env: Env) -> tuple[Value, bool]:
    """Return what an expression gives for the only row, and whether it is a condition (then 1 for true, None else)."""
    expr = env.parse_expression(env.expand(text), "eval", _NOWHERE)
    column = env.evaluate(expr, table, "eval")
    return column[0], is_condition(expr, env)
