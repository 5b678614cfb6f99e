"""The eval language: `eval`, `where`, `stats count(eval(...))`, ... to a tree of expressions.

Precedence, tightest first: unary `-` `+`; `* / %`; `+ - .`; comparisons, LIKE, IN; NOT and `!`; AND; OR; XOR. The words
may be lower-case. Unquoted names are letters, digits and `_`; anything else needs single quotes (so `a.b` joins two
fields). Parentheses leave no node: the tree holds the grouping.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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
from generator.spl.text import STRING, unescape

if TYPE_CHECKING:
    from generator.spl.reader import ArgReader

_PREFIX = re.compile(
    rf"""\s*+(?:
    ([^\W\d]\w*+)(?!<<\w|\$\w)\s*+(\()?                                 # 1 name 2 open parenthesis of a call
  | ({STRING})                                                       # 3 string
  | '([^']*+)'                                                       # 4 quoted name
  | ((?:\d++(?:\.\d++)?|\.\d++)(?:[eE][+-]?\d++)?)(?!\w)             # 5 number
  | ((?:\w|<<\w++>>|\$[\w.:]++\$)++)                                 # 6 name with a template or token in it
  | ([-+!])                                                          # 7 unary operator
  | (\()                                                             # 8 group
  | (`[^`]++`)                                                       # 9 macro call
  | (\[)                                                             # 10 subsearch
    )""",
    re.VERBOSE | re.DOTALL,
)
_INFIX = re.compile(
    r"""\s*+(?:
    ([=!<>]=|=|<(?!<\w++>>)|>)                                       # 1 comparison
  | ([-+*/%.])                                                       # 2 arithmetic
  | ((?i:AND|OR|XOR|LIKE|IN|NOT))(?!\w)                              # 3 word
  | <(?=<<\w++>>)()                                                  # 4 comparison with a template
    )""",
    re.VERBOSE,
)
_NOT_BEHIND = re.compile(r"\s*+((?i:IN|LIKE))(?!\w)")
_TEMPLATE = re.compile(r"<<(\w++)>>")
_TOKEN = re.compile(r"\$([\w.:]++)\$")

_XOR, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _UNARY = range(1, 9)
_WORDS = {"AND": _AND, "OR": _OR, "XOR": _XOR, "LIKE": _COMPARISON, "IN": _COMPARISON, "NOT": _COMPARISON}
_ARITHMETIC = {"+": _SUM, "-": _SUM, ".": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT}
_RESERVED = frozenset({"AND", "OR", "XOR"})
_CONSTANTS = {"true": True, "false": False}


def read_expression(reader: ArgReader, power: int = 0) -> Expr:
    """Return the expression at the reader's place; operators that bind less tightly than `power` are left.

    Raises:
        SplSyntaxError: no expression stands there, or it is not finished.
    """
    left = _operand(reader)
    text, end = reader.text, reader.end
    while True:
        match = _INFIX.match(text, reader.pos, end)
        if match is None:
            return left
        kind = match.lastindex
        if kind == 2:
            op = match.group(2)
            binding = _ARITHMETIC[op]
        elif kind == 3:
            op = match.group(3).upper()
            binding = _WORDS[op]
        else:
            op = match.group(1) or "<"
            binding = _COMPARISON
        if binding <= power:
            return left
        if op == "IN":
            reader.pos = match.end()
            left = _in_list(reader, left)
            continue
        if op == "NOT":
            behind = _NOT_BEHIND.match(text, match.end(), end)
            if behind is None:
                return left
            reader.pos = behind.end()
            if behind.group(1).upper() == "IN":
                left = _in_list(reader, left)
            else:
                right = read_expression(reader, _COMPARISON)
                left = Binary(left.start, right.end, "LIKE", left, right)
            left = Unary(left.start, left.end, "NOT", left)
            continue
        reader.pos = match.end()
        right = read_expression(reader, binding)
        left = Binary(left.start, right.end, op, left, right)


def _operand(reader: ArgReader) -> Expr:
    text = reader.text
    match = _PREFIX.match(text, reader.pos, reader.end)
    if match is None:
        raise _no_operand(reader)
    kind = match.lastindex
    start, end = match.span(kind or 0)
    reader.pos = end
    if kind == 1:
        return _name(reader, match, start, end)
    if kind == 2:
        start, end = match.span(1)
        name = text[start:end]
        if name.upper() in _RESERVED:
            raise reader.error("expected", f"expected an expression before `{name}`", start, end)
        if name.upper() == "NOT":
            reader.pos = end
            return _negation(reader, start)
        args, closed = _arguments(reader, start, match.start(2))
        return Call(start, closed, name, args, end)
    if kind == 3:
        return StringLiteral(start, end, unescape(text[start + 1 : end - 1]))
    if kind == 4:
        reader.pos = end + 1
        quoted = text[start:end]
        template = _TEMPLATE.fullmatch(quoted)
        if template is not None:
            return TemplateRef(start - 1, end + 1, template.group(1), quoted=True)
        if not quoted:
            raise reader.error("expected", "expected a field name between the single quotes", start - 1, end + 1)
        return FieldRef(start - 1, end + 1, quoted, quoted=True)
    if kind == 5:
        written = text[start:end]
        return NumberLiteral(
            start, end, int(written) if written.isdigit() and len(written) < 400 else float(written), written
        )
    if kind == 6:
        return _composed(reader, text[start:end], start, end)
    if kind == 7:
        if text[start] == "!":
            return _negation(reader, start)
        reader.enter(start)
        operand = read_expression(reader, _UNARY)
        reader.leave()
        return Unary(start, operand.end, text[start], operand)
    if kind == 8:
        reader.enter(start)
        inner = read_expression(reader)
        if not reader.take(")"):
            raise _not_closed(reader, start)
        reader.leave()
        return inner
    if kind == 9:
        return MacroExpr(start, end, reader.macro_at(start, end))
    subsearch = reader.subsearch_at(start)
    reader.pos = subsearch.end
    return SubsearchExpr(subsearch.start, subsearch.end, subsearch)


def _name(reader: ArgReader, match: re.Match[str], start: int, end: int) -> Expr:
    name = match.group(1)
    if len(name) <= 5:
        folded = name.lower()
        if folded == "not":
            return _negation(reader, start)
        if folded in _CONSTANTS:
            return BoolLiteral(start, end, _CONSTANTS[folded])
        if folded == "null":
            return NullLiteral(start, end)
        if folded.upper() in _WORDS:
            raise reader.error("expected", f"expected an expression before `{name}`", start, end)
    return FieldRef(start, end, name)


def _composed(reader: ArgReader, written: str, start: int, end: int) -> Expr:
    template = _TEMPLATE.fullmatch(written)
    if template is not None:
        return TemplateRef(start, end, template.group(1))
    token = _TOKEN.fullmatch(written)
    if token is not None:
        return TokenRef(start, end, token.group(1))
    if "<" not in written and "$" not in written:
        raise reader.error(
            "expected",
            f"`{written}` is neither a number nor a field name",
            start,
            end,
            f"a field whose name begins with a digit is written '{written}'",
        )
    return FieldRef(start, end, written)


def _negation(reader: ArgReader, start: int) -> Expr:
    reader.enter(start)
    operand = read_expression(reader, _NOT)
    reader.leave()
    return Unary(start, operand.end, "NOT", operand)


def _arguments(reader: ArgReader, name_start: int, opened: int) -> tuple[tuple[Expr, ...], int]:
    """Read the arguments of a call behind its `(`; return them and the offset behind the `)`."""
    if reader.take(")"):
        return (), reader.pos
    reader.enter(name_start)
    args = [read_expression(reader)]
    while reader.take(","):
        args.append(read_expression(reader))
    if not reader.take(")"):
        raise _not_closed(reader, opened)
    reader.leave()
    return tuple(args), reader.pos


def _in_list(reader: ArgReader, operand: Expr) -> Expr:
    opened = reader.position()
    if not reader.take("("):
        raise reader.expected("`(` after `IN`")
    values, end = _arguments(reader, operand.start, opened)
    if not values:
        raise reader.error("expected", "expected at least one value between `IN (` and `)`", opened, end)
    return InList(operand.start, end, operand, values)


def _not_closed(reader: ArgReader, opened: int) -> Exception:
    if reader.at_end():
        return reader.error("unbalanced-paren", "this `(` is never closed", opened, opened + 1, "add the closing `)`")
    return reader.expected("an operator, `,` or `)`")


def _no_operand(reader: ArgReader) -> Exception:
    at = reader.position()
    if at < reader.end and reader.text[at] == "'":
        return reader.error("unbalanced-quote", "this single quote is never closed", at, at + 1, "add the closing `'`")
    if at < reader.end and reader.text[at] in "\u2018\u2019\u201c\u201d":
        return reader.error(
            "typographic-quote",
            "this is a typographic quote, which Splunk does not know",
            at,
            at + 1,
            "write `\"` or `'`",
        )
    return reader.expected("an expression")
