"""`spath`: extracts from JSON or XML: one path, or everything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.uses import read_option
from generator.engine.values import Value, elements, multivalue, text_of
from generator.spl.ast import MacroCall, Name, Option
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Scalar
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Spath(FieldsCommand):
    """`fields` holds the path where it is written without `path=`."""

    def given(self, name: str) -> str | None:
        """Return the text of an option."""
        return next(
            (option.text for option in self.options if isinstance(option, Option) and option.name == name), None
        )

    @property
    def path(self) -> str | None:
        """The path, or None when everything is extracted."""
        named = self.given("path")
        if named is not None:
            return named
        return self.fields[0].text if self.fields and isinstance(self.fields[0], Name) else None


def flow(node: Spath, state: FieldState, env: FlowEnv) -> FieldState:
    """With a path one field is added, named by `output` or the path; without, any field may come."""
    read_option(node.options, "input", state, env)
    path = node.path
    if path is None or any(isinstance(item, MacroCall) for item in (*node.fields, *node.options)):
        return state.opened()
    return state.add((node.given("output") or path,))


CUTOFF = 5000
"""Characters of an event that are read where everything is extracted (limits.conf, `[spath] extraction_cutoff`)."""

_JSON_PART = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[{}\[\],]', re.DOTALL)
_XML_TAG = re.compile(r"<(/?)([^\s<>/!?]++)(?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*?(/?)>")


def run(node: Spath, table: Table, env: Env) -> Table:
    """Set the field of a path, or all fields that stand in the input; rows without it keep what they had."""
    from generator.engine.column import choose

    given = given_options(node.options, env, "spath")
    names_of(node.fields, env, "spath")
    source = table.column(given.get("input", "_raw"))
    path = node.path
    made = _everything(source, env) if path is None else {given.get("output") or path: source.map(_extractor(path))}
    for name, column in made.items():
        before = table.find(name)
        if before is not None:
            made[name] = choose(column.present, column, before)
    return table.with_columns(made)


def _extractor(path: str) -> Callable[[Value], Value]:
    from generator.functions.paths import extract

    def extracted(cell: Value) -> Value:
        found: list[Scalar] = []
        for value in elements(cell):
            found.extend(elements(extract(text_of(value), path)))
        return multivalue(found)

    return extracted


def _everything(source: Column, env: Env) -> dict[str, Column]:
    """Return the columns of all leaves of JSON or XML in the first characters of each value."""
    from generator.engine.column import Column
    from generator.engine.cutting import Encoder

    compact = source.compact()
    encoder = Encoder(len(compact.values), repeats=True, keep_empty=True)
    if any(len(text_of(value)) > CUTOFF for cell in compact.values for value in elements(cell)):
        env.warn_once(f"spath without a path reads the first {CUTOFF} characters of an event; some events are longer.")
    encoder.add(0, map(_leaves, compact.values))
    return {name: Column(found.dictionary, found.codes[compact.codes]) for name, found in encoder.columns().items()}


def _leaves(cell: Value) -> tuple[tuple[str, ...], Sequence[Value]]:
    from generator.engine.cutting import cut_json, cut_xml

    names: tuple[str, ...] = ()
    values: list[Value] = []
    for value in elements(cell):
        text = text_of(value)
        begin = text.lstrip()[:1]
        if len(text) > CUTOFF:
            text = _closed_json(text[:CUTOFF]) if begin in {"{", "["} else _closed_xml(text[:CUTOFF])
        found = cut_json(text) if begin in {"{", "["} else cut_xml(text) if begin == "<" else ((), ())
        names += found[0]
        values += found[1]
    return names, values


def _closed_json(text: str) -> str:
    """Return the begin of a JSON text up to its last whole value, with everything closed that is open there."""
    open_ones: list[str] = []
    end, closers = 0, ""
    for match in _JSON_PART.finditer(text):
        mark = match[0]
        if mark in {"{", "["}:
            open_ones.append("}" if mark == "{" else "]")
        elif mark in {"}", "]"}:
            if open_ones:
                open_ones.pop()
            end, closers = match.end(), "".join(reversed(open_ones))
        elif mark == ",":
            end, closers = match.start(), "".join(reversed(open_ones))
    return text[:end] + closers


def _closed_xml(text: str) -> str:
    """Return the begin of an XML text up to its last closing tag, with everything closed that is open there."""
    open_ones: list[str] = []
    end, closers = 0, ""
    for match in _XML_TAG.finditer(text):
        closing, name, empty = match.groups()
        if not closing and not empty:
            open_ones.append(name)
            continue
        if closing and open_ones:
            open_ones.pop()
        end, closers = match.end(), "".join(f"</{one}>" for one in reversed(open_ones))
    return text[:end] + closers


SPEC = CommandSpec(
    name="spath",
    kind=CommandKind.STREAMING,
    summary="Extracts from JSON or XML.",
    syntax="spath [input=<field>] [output=<name>] [path=<path>|<path>]",
    options={"input": OptionKind.FIELD, "output": OptionKind.FIELD, "path": OptionKind.TEXT},
    parse=fields_parser(Spath, at_most=1),
    flow=flow,
    run=run,
    source="Search Reference: spath",
)
