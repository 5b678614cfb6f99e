"""`multikv`: makes a row of each line of a table in the event."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of, whole_number
from generator.engine.values import read_bool, shown
from generator.spl.ast import Command, Field, MacroCall, Name, Option, Options
from generator.spl.printer import join_words, print_options, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_WORDS = frozenset({"fields", "filter"})


@dataclass(frozen=True, slots=True)
class Multikv(Command):
    """`fields` are the columns that are wanted (none: all), `filter` texts of which a line must hold one."""

    options: Options
    fields: tuple[Field, ...]
    filter: tuple[Field, ...]

    def arguments(self) -> str:
        """Print options and the two lists."""
        fields = f"fields {print_values(self.fields, ' ')}" if self.fields else ""
        return join_words(
            print_options(self.options), fields, f"filter {print_values(self.filter, ' ')}" if self.filter else ""
        )


def parse(args: ArgReader) -> Multikv:
    """Read options and the two lists, in any order."""
    options: list[Option | MacroCall] = []
    fields: tuple[Field, ...] = ()
    wanted: tuple[Field, ...] = ()
    while not args.at_end():
        if more := args.options():
            options.extend(more)
            continue
        word = args.keyword("fields", "filter")
        if word is None:
            break
        found = args.fields_of(f"at least one name after `{word}`", _WORDS)
        if word == "fields":
            fields += found
        else:
            wanted += found
    return Multikv(*args.head, tuple(options), fields, wanted)


def flow(node: Multikv, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - every flow has this shape
    """The columns are added; their names stand in the events."""
    return state.opened().add(field.text for field in node.fields if isinstance(field, Name))


_BOUNDS = re.compile(r"\S+")
_UNCLEAN = re.compile(r"[^A-Za-z0-9_]")


def run(node: Multikv, table: Table, env: Env) -> Table:
    """Make an event of each line of the table in `_raw`, with a field for each column.

    The header is the line that `forceheader` counts, or the first with two names or more; its names are parted by commas,
    tabs or blanks. Columns parted by blanks are cut where the header's names begin, where a line has not as many parts.

    Raises:
        UnsupportedSpl: `conf`, or `multitable=true`.
    """
    from generator.engine.table import from_rows

    given = given_options(node.options, env, "multikv")
    if "conf" in given:
        raise env.unsupported("`conf` of `multikv`", node)
    if read_bool(given.get("multitable"), default=False):
        raise env.unsupported("`multitable=true` of `multikv`", node)
    wanted = names_of(node.fields, env, "multikv")
    filters = names_of(node.filter, env, "multikv")
    forced = whole_number(given.get("forceheader"), 0, env, "multikv", node)
    headless = read_bool(given.get("noheader"), default=False)
    copies = read_bool(given.get("copyattrs"), default=True)
    removes = read_bool(given.get("rmorig"), default=True)
    found: list[dict[str, Value]] = []
    for row in table.rows():
        made = []
        for line, fields in _lines(shown(row.get("_raw")), forced, headless=headless):
            if filters and not any(text in line for text in filters):
                continue
            own = {name: text for name, text in fields.items() if not wanted or name in wanted}
            made.append({**(row if copies else {}), "_raw": line, **own})
        if not made or not removes:
            found.append(row)
        found.extend(made)
    return from_rows(found)


def _lines(text: str, forced: int, *, headless: bool) -> list[tuple[str, dict[str, str]]]:
    """Return the lines below the header with their fields."""
    lines = [line for line in text.splitlines() if line.strip()]  # blank ones do not count for `forceheader`
    if headless:
        return [
            (line, {f"Column_{number}": part for number, part in enumerate(_split(line, _mark(line)), 1)})
            for line in lines
        ]
    place = (
        forced - 1
        if forced > 0
        else next((n for n, line in enumerate(lines) if len(_split(line, _mark(line))) > 1), -1)
    )
    if not 0 <= place < len(lines):
        return []
    header = lines[place]
    mark = _mark(header)
    names = [_UNCLEAN.sub("_", name) for name in _split(header, mark)]
    begins = [match.start() for match in _BOUNDS.finditer(header)]
    found = []
    for line in lines[place + 1 :]:
        parts = _split(line, mark)
        if not mark and len(parts) != len(names):
            parts = [line[begin:end].strip() for begin, end in zip(begins, [*begins[1:], None], strict=True)]
        found.append((line, {name: part for name, part in zip(names, parts, strict=False) if part}))
    return found


def _mark(line: str) -> str:
    return "," if "," in line else "\t" if "\t" in line else ""


def _split(line: str, mark: str) -> list[str]:
    return [part.strip() for part in line.split(mark)] if mark else line.split()


SPEC = CommandSpec(
    name="multikv",
    kind=CommandKind.STREAMING,
    summary="Extracts fields of tables in events.",
    syntax="multikv [conf=<stanza>] [copyattrs=<bool>] [fields <field>...] [filter <string>...] [forceheader=<int>] "
    "[multitable=<bool>] [noheader=<bool>] [rmorig=<bool>]",
    options={
        "conf": OptionKind.TEXT,
        "copyattrs": OptionKind.BOOL,
        "forceheader": OptionKind.INT,
        "multitable": OptionKind.BOOL,
        "noheader": OptionKind.BOOL,
        "rmorig": OptionKind.BOOL,
    },
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: multikv",
)
