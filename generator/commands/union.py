"""`union`: puts the rows of several datasets together, those of the pipeline before it among them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, whole_number
from generator.commands.shapes import SUBSEARCH_OPTIONS
from generator.spl.ast import Command, Name, Node, Options, Subsearch
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_options, print_subsearch, print_value
from generator.spl.syntax import CommandKind, CommandSpec
from generator.spl.text import STRING, unescape

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_DATASET = re.compile(
    rf"[\s,]*+(datamodel|lookup|inputlookup|savedsearch)\s*+:\s*+(?:({STRING})|([^\s,\"'|\[\]`()]++))",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Dataset(Node):
    """`kind:source`; `kind` is `datamodel`, `lookup`, `inputlookup` or `savedsearch`, `source` the name of one."""

    kind: str
    source: Name


@dataclass(frozen=True, slots=True)
class Union(Command):
    """The datasets in written order."""

    options: Options
    datasets: tuple[Dataset | Subsearch, ...]

    def arguments(self) -> str:
        """Print options and datasets."""
        return join_words(print_options(self.options), " ".join(map(_print, self.datasets)))


def _print(item: Dataset | Subsearch) -> str:
    return print_subsearch(item) if isinstance(item, Subsearch) else f"{item.kind}:{print_value(item.source)}"


def parse(args: ArgReader) -> Union:
    """Read options and datasets."""
    options = args.options()
    found: list[Dataset | Subsearch] = []
    while True:
        while args.take(","):
            pass
        match = _DATASET.match(args.text, args.pos, args.end)
        if match is not None:
            found.append(_dataset(args, match))
        elif (subsearch := args.subsearch()) is not None:
            found.append(subsearch)
        else:
            break
    if not found:
        raise args.expected("a subsearch in brackets or a dataset such as `datamodel:<name>`")
    return Union(*args.head, options + args.options(), tuple(found))


def _dataset(args: ArgReader, match: re.Match[str]) -> Dataset:
    args.pos = match.end()
    start, end = match.span(match.lastindex or 0)
    raw = args.text[start:end]
    name = Name(start, end, unescape(raw[1:-1]), '"') if raw.startswith('"') else Name(start, end, unescape(raw))
    return Dataset(match.start(1), end, match.group(1).lower(), name)


def flow(node: Union, state: FieldState, env: FlowEnv) -> FieldState:
    """The fields of all; what a saved search or a data model gives is not known here."""
    for item in node.datasets:
        if isinstance(item, Subsearch):
            state = state.merged(env.subsearch(item.pipeline))
            continue
        columns = env.lookup_fields(item.source.text) if item.kind in {"lookup", "inputlookup"} else None
        state = state.opened() if columns is None else state.merged(FieldState(columns, open=False))
    return state


def run(node: Union, table: Table, env: Env) -> Table:
    """Put the rows of all datasets below the rows that come in."""
    from generator.engine.table import stack

    given = given_options(node.options, env, "union")
    limit = whole_number(given.get("maxout"), env.limits.joined_rows, env, "union", node)
    found = [table]
    for item in node.datasets:
        if isinstance(item, Subsearch):
            found.append(env.subsearch(item.pipeline, limit=limit))
        elif item.kind in {"lookup", "inputlookup"}:
            found.append(env.run_text(f'| inputlookup "{item.source.text}"').head(limit))
        elif item.kind == "savedsearch":
            found.append(env.run_text(f'| savedsearch "{item.source.text}"').head(limit))
        else:
            found.append(env.run_text(f'| from {item.kind}:"{item.source.text}"').head(limit))
    return stack(found)


SPEC = CommandSpec(
    name="union",
    kind=CommandKind.DATASET,
    summary="Puts several datasets together.",
    syntax="union [extendtimerange=<bool>] [maxtime=<int>] [maxout=<int>] [timeout=<int>] <dataset>|<subsearch>...",
    options=SUBSEARCH_OPTIONS,
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: union",
)
