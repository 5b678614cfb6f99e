"""Reads `.test` files (see README.md) and writes trees in the short form that they hold."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from generator.spl.ast import (
    Aggregation,
    And,
    Assignment,
    Binary,
    Call,
    Comparison,
    Directive,
    Expr,
    FieldRef,
    Group,
    InList,
    InTerm,
    Keyword,
    MacroCall,
    MacroExpr,
    MacroTerm,
    Name,
    Node,
    Not,
    Option,
    Or,
    Pipeline,
    Subsearch,
    SubsearchExpr,
    SubsearchTerm,
    TokenTerm,
    Unary,
)
from generator.spl.printer import print_expression, print_value

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("parse", "error", "flow", "search", "fails")
DATA_KINDS = ("events", "stored", "file")
_PLACES = {"start", "end", "name", "name_start", "name_end"}


@dataclass(frozen=True)
class Case:
    """One block; `line` is where it begins (1-based). `events`, `stored` and `files` are those that stand above it."""

    path: Path
    line: int
    kind: str
    title: str
    text: str
    expected: str
    events: tuple[dict[str, Any], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    stored: tuple[dict[str, Any], ...] = ()

    @property
    def id(self) -> str:
        return f"{self.path.stem}:{self.line} {self.kind} {self.title}"


def read_cases(path: Path) -> list[Case]:
    """Return the blocks of a file; what is neither a comment nor a block is an error."""
    cases = []
    events: tuple[dict[str, Any], ...] = ()
    stored: tuple[dict[str, Any], ...] = ()
    files: dict[str, str] = {}
    lines = path.read_text(encoding="utf-8").split("\n")
    at = 0
    while at < len(lines):
        if not lines[at].strip() or lines[at].startswith("#"):
            at += 1
            continue
        start = at
        while at < len(lines) and lines[at].strip():
            at += 1
        block = lines[start:at]
        kind, _, title = block[0].partition(" ")
        if kind == "events":
            events = tuple(json.loads(line) for line in block[1:])
            continue
        if kind == "stored":
            stored = tuple(json.loads(line) for line in block[1:])
            continue
        if kind == "file":
            files[title.strip()] = "\n".join(block[1:]) + "\n"
            continue
        if kind not in KINDS or not title.strip() or "----" not in block:
            raise ValueError(f"{path}:{start + 1}: no block of the form 'kind title / SPL / ---- / expected'")
        bar = block.index("----")
        cases.append(
            Case(
                path,
                start + 1,
                kind,
                title,
                "\n".join(block[1:bar]),
                "\n".join(block[bar + 1 :]),
                events,
                tuple(files.items()),
                stored,
            )
        )
    return cases


def write_expected(path: Path, found: dict[int, str]) -> None:
    """Rewrite the expected parts of the blocks that begin at these lines."""
    lines = path.read_text(encoding="utf-8").split("\n")
    for line in sorted(found, reverse=True):
        bar = lines.index("----", line - 1)
        end = bar + 1
        while end < len(lines) and lines[end].strip():
            end += 1
        lines[bar + 1 : end] = found[line].split("\n")
    path.write_text("\n".join(lines), encoding="utf-8")


def show_tree(tree: Pipeline) -> str:
    """Write the stages of a pipeline."""
    return " | ".join(show(command).removeprefix("(").removesuffix(")") for command in tree.commands)


def show(value: Any) -> str:
    """Write a node, a tuple of nodes or a plain value."""
    if isinstance(value, tuple):
        return f"[{' '.join(map(show, value))}]"
    if isinstance(value, Term_):
        return _term(value)
    if isinstance(value, Expr):
        return _expression(value)
    if isinstance(value, Name):
        return print_value(value) or '""'
    if isinstance(value, MacroCall):
        return f"`{value.text}`"
    if isinstance(value, Option):
        return f"{value.name}={show(value.value)}"
    if isinstance(value, Subsearch):
        return f"[{show_tree(value.pipeline)}]"
    if isinstance(value, Assignment):
        return f"({show(value.target)} := {show(value.value)})"
    if isinstance(value, Aggregation):
        alias = f" as {show(value.alias)}" if value.alias is not None else ""
        args = "".join(f" {show(arg)}" for arg in value.args)
        return f"({value.name}{args}{alias})" if args or alias else value.name
    if isinstance(value, Node):
        parts = [
            f"{field.name}: {show(content)}"
            for field in fields(value)
            if field.name not in _PLACES and (content := getattr(value, field.name)) not in (None, (), "", False)
        ]
        return f"({' '.join([type(value).__name__, *parts])})"
    return str(value).lower() if isinstance(value, bool) else str(value)


Term_ = And | Or | Not | Group | Comparison | InTerm | Keyword | Directive | SubsearchTerm | MacroTerm | TokenTerm


def _term(term: Any) -> str:
    if isinstance(term, And):
        return f"({'AND' if term.explicit else 'and'} {' '.join(map(show, term.terms))})"
    if isinstance(term, Or):
        return f"(or {' '.join(map(show, term.terms))})"
    if isinstance(term, Not):
        return f"(not {show(term.term)})"
    if isinstance(term, Group):
        return f"(group {show(term.term)})" if term.term is not None else "(group)"
    if isinstance(term, Comparison):
        return f"({term.op} {show(term.field)} {show(term.value)})"
    if isinstance(term, InTerm):
        return f"(in {show(term.field)} {show(term.values)})"
    if isinstance(term, Keyword):
        return show(term.value)
    if isinstance(term, Directive):
        return f"({term.name} {show(term.value)})"
    if isinstance(term, SubsearchTerm):
        return show(term.subsearch)
    if isinstance(term, MacroTerm):
        return show(term.call)
    return f"${term.name}$"


def _expression(expr: Expr) -> str:
    if isinstance(expr, Binary):
        return f"({expr.op} {show(expr.left)} {show(expr.right)})"
    if isinstance(expr, Unary):
        return f"({expr.op} {show(expr.operand)})"
    if isinstance(expr, InList):
        return f"(in {show(expr.operand)} {show(expr.values)})"
    if isinstance(expr, Call):
        return f"({' '.join([expr.name, *map(show, expr.args)])})"
    if isinstance(expr, FieldRef) and not expr.quoted:
        return expr.name
    if isinstance(expr, MacroExpr):
        return show(expr.call)
    if isinstance(expr, SubsearchExpr):
        return show(expr.subsearch)
    return print_expression(expr)
