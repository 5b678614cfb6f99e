"""`foreach`: runs a sub-pipeline once for each field that a list names, or for each value of a field.

In the sub-pipeline `<<FIELD>>`, `<<MATCHSTR>>`, `<<MATCHSEG1>>`..., `<<ITEM>>` and `<<ITER>>` are put in as text. Where
options give these marks other names, the sub-pipeline is no SPL before they are put in: its errors are not reported.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.eval import Eval
from generator.commands.grouping import given_options, names_of
from generator.commands.shapes import given
from generator.commands.table import chosen
from generator.commands.uses import match_wildcard, read_expression, read_names
from generator.engine.values import Value, elements, text_of
from generator.spl.ast import BrokenCommand, Command, Field, MacroCall, Name, Option, Options, Subsearch
from generator.spl.parser import parse as parse_search
from generator.spl.printer import join_words, print_options, print_subsearch, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind
from generator.spl.walk import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.engine.column import Mask
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

MARKS = ("fieldstr", "matchstr", "matchseg1", "matchseg2", "matchseg3", "itemstr", "iterstr")
"""The options that give the marks of a template other names."""

_EACH_FIELD = frozenset({"", "multifield", "auto_collections"})
_SEGMENT = re.compile(r"<<MATCHSEG([123])>>")
_UNKNOWN = re.compile(r"[{$]|<<")


@dataclass(frozen=True, slots=True)
class Foreach(Command):
    """`fields` are names and wildcards, or the one field whose values are taken (`mode=multivalue`, `json_array`)."""

    options: Options
    fields: tuple[Field, ...]
    body: Subsearch

    @property
    def mode(self) -> str:
        """`multifield` (also by default), `multivalue`, `json_array` or `auto_collections`, in lower case."""
        return given(self.options, "mode", "multifield").lower()

    @property
    def renames_marks(self) -> bool:
        """Whether a mark of the template has another name than by default."""
        return any(isinstance(option, Option) and option.name in MARKS for option in self.options)

    def arguments(self) -> str:
        """Print options, fields and the sub-pipeline."""
        return join_words(print_options(self.options), print_values(self.fields, " "), print_subsearch(self.body))


def parse(args: ArgReader) -> Foreach:
    """Read options and fields in any order, and the sub-pipeline."""
    options, fields = args.mixed()
    if not fields and given(options, "mode") in _EACH_FIELD - {"auto_collections"}:
        raise args.expected("a field name or a wildcard")
    marked = any(isinstance(option, Option) and option.name in MARKS for option in options)
    body = args.subpipeline_of(tolerant=marked)
    return Foreach(*args.head, options + tuple(iter(args.option, None)), fields, body)


def flow(node: Foreach, state: FieldState, env: FlowEnv) -> FieldState:
    """Fields that the sub-pipeline makes are added; their names are known where the fields of the list are."""
    each_field = node.mode in _EACH_FIELD
    read_names(node.fields, state, env, optional=each_field)
    if node.renames_marks or any(isinstance(item, MacroCall) for item in (*node.fields, *node.options)):
        return state.opened()
    commands = node.body.pipeline.commands
    if not all(isinstance(command, Eval) for command in commands):
        return state.merged(env.continue_with(node.body.pipeline, state))
    evals = list(find(node.body, Eval))
    # What one round makes, the next may read.
    plain = [a.target.text for e in evals for a in e.assignments if not _UNKNOWN.search(a.target.text)]
    made = state.add(plain)
    for command in evals:
        for assignment in command.assignments:
            read_expression(assignment.value, made, env)
    unknown = False
    for command in evals:
        for assignment in command.assignments:
            target = assignment.target.text
            if "<<" not in target:
                unknown = unknown or _UNKNOWN.search(target) is not None
                continue
            names = list(_filled(node, target, state)) if each_field else []
            unknown = unknown or not each_field or any(_UNKNOWN.search(name) for name in names)
            if target != "<<FIELD>>":
                unknown = unknown or state.open or bool(state.patterns)
            made = made.add(names)
    return made.opened() if unknown else made


def _filled(node: Foreach, target: str, state: FieldState) -> Iterator[str]:
    """Yield the names that a target stands for, one for each field of the list that is known."""
    for field in node.fields:
        if not isinstance(field, Name):
            continue
        if "*" not in field.text:
            yield _fill(target, field.text, ())
            continue
        for known in sorted(state.names):
            matched = match_wildcard(field.text, known)
            if matched is not None:
                yield _fill(target, known, matched)


def _fill(target: str, name: str, matched: tuple[str, ...]) -> str:
    target = target.replace("<<FIELD>>", name).replace("<<MATCHSTR>>", "".join(matched))
    return _SEGMENT.sub(lambda m: matched[int(m[1]) - 1] if len(matched) >= int(m[1]) else m[0], target)


_SEGMENTS = ("matchseg1", "matchseg2", "matchseg3")
_DEFAULT_MARKS = {
    "fieldstr": "<<FIELD>>",
    "matchstr": "<<MATCHSTR>>",
    "matchseg1": "<<MATCHSEG1>>",
    "matchseg2": "<<MATCHSEG2>>",
    "matchseg3": "<<MATCHSEG3>>",
    "itemstr": "<<ITEM>>",
    "iterstr": "<<ITER>>",
}
_ITEM = "__foreach_item"
"""The field that holds a value while the sub-pipeline runs for it."""


def run(node: Foreach, table: Table, env: Env) -> Table:
    """Run the sub-pipeline for each field that is listed or matched now, or for each value of a field.

    A name without wildcard is taken whether the field exists or not. In the modes for values the sub-pipeline is one `eval`.

    Raises:
        SearchError: the sub-pipeline is wrong once its marks are put in, or more than one field or command is given.
    """
    given = given_options(node.options, env, "foreach")
    marks = {option: given.get(option, mark) for option, mark in _DEFAULT_MARKS.items()}
    body = env.text[node.body.start + 1 : node.body.end - 1]
    names = names_of(node.fields, env, "foreach")
    if node.mode == "multifield":
        for name, matched in _matches(names, table):
            values = {"fieldstr": name, "matchstr": "".join(matched)}
            values.update(zip(_SEGMENTS, matched, strict=False))
            table = env.run_text(_put(body, {marks[option]: text for option, text in values.items()}), table)
        return table
    if len(names) != 1 or "*" in names[0]:
        raise env.error("foreach", f"The mode '{node.mode}' takes exactly one field", node)
    return _each_value(node, names[0], body, table, env, marks=marks)


def _matches(names: list[str], table: Table) -> list[tuple[str, tuple[str, ...]]]:
    """Return the fields to run for, each with what its wildcards stand for."""
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        for known in chosen((name,), table):
            found.setdefault(known, match_wildcard(name, known) or ())
    return list(found.items())


def _put(body: str, values: dict[str, str]) -> str:
    for mark, text in values.items():
        body = body.replace(mark, text)
    return body


def _each_value(node: Foreach, name: str, body: str, table: Table, env: Env, *, marks: dict[str, str]) -> Table:
    import numpy as np

    from generator.engine.column import encode

    item = re.compile(rf"""(["']?){re.escape(marks["itemstr"])}\1""")
    body = item.sub(f"'{_ITEM}'", body)
    commands = parse_search(_put(body, {marks["iterstr"]: "0"}), env.commands).tree.commands
    if len(commands) != 1 or not isinstance(commands[0], Eval | BrokenCommand):
        raise env.error("foreach", f"The mode '{node.mode}' takes a single eval command", node.body)
    cells = [_items(cell, node.mode) for cell in table.column(name).to_list()]
    for number in range(max(map(len, cells), default=0)):
        rows = np.fromiter((len(items) > number for items in cells), np.bool_, len(cells))
        part = table.take(rows).with_columns({_ITEM: encode([items[number] for items in cells if len(items) > number])})
        made = env.run_text(_put(body, {marks["iterstr"]: str(number)}), part).without((_ITEM,))
        table = made if rows.all() else _merged(table, made, rows)
    return table


def _merged(table: Table, part: Table, rows: Mask) -> Table:
    """Return the table with some of its rows replaced."""
    import numpy as np

    from generator.engine.column import absent, choose

    places = np.cumsum(rows) - 1
    columns = {}
    for name in dict.fromkeys((*table.names(), *part.names())):
        spread = part.column(name).take(np.maximum(places, 0))
        columns[name] = choose(rows, spread, table.column(name) if name in table else absent(table.length))
    return table.with_columns(columns)


def _items(cell: Value, mode: str) -> tuple[Value, ...]:
    """Return the values of a cell: those of a multivalue, or the elements of a JSON array."""
    if mode == "multivalue":
        return elements(cell)
    found: list[Value] = []
    from generator.functions.paths import leaf_text, read_json

    for value in elements(cell):
        document = read_json(text_of(value), as_written=True)
        if isinstance(document, list):
            found.extend(None if one is None else leaf_text(one) for one in document)
        elif mode == "auto_collections":
            found.append(value)
    return tuple(found)


SPEC = CommandSpec(
    name="foreach",
    kind=CommandKind.STREAMING,
    summary="Runs a sub-pipeline for each field or value.",
    syntax="foreach [mode=multifield|multivalue|json_array|auto_collections] <field>... [fieldstr=<string>] "
    "[matchstr=<string>] [matchseg1|2|3=<string>] [itemstr=<string>] [iterstr=<string>] [<pipeline>]",
    options={
        "mode": ("multifield", "multivalue", "json_array", "auto_collections"),
        **dict.fromkeys(MARKS, OptionKind.TEXT),
    },
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: foreach",
)
