"""`tstats`: aggregates indexed fields or the fields of a data model without reading events.

A dataset's fields keep their prefix (`Processes.dest`) unless an alias renames them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.uses import output_names, read_aggregations, read_names, read_term
from generator.spl.ast import Aggregation, Command, Field, MacroCall, Name, Option, Options, Term
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_aggregations, print_options, print_term, print_value, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_CLAUSES = frozenset({"from", "where", "by", "groupby"})
_BY = frozenset({"by", "groupby"})
_BY_OPTIONS = {"span": OptionKind.SPAN, "fillnull_value": OptionKind.TEXT}
_DATAMODEL = re.compile(r"\s*+datamodel\s*+(?:=|:|\s(?=\s*+[\w\"`$]))\s*+", re.IGNORECASE)
_QUOTED_PATH = re.compile(r'"(\w++)"\."(\w++)"')


@dataclass(frozen=True, slots=True)
class Tstats(Command):
    """`source` is `model` or `model.dataset` where `from_datamodel`, else a namespace or `sid=...`; None without FROM."""

    options: Options
    aggregations: tuple[Aggregation | MacroCall, ...]
    from_datamodel: bool
    source: Name | MacroCall | None
    where: Term | None
    by: tuple[Field, ...]
    by_options: tuple[Option, ...]

    @property
    def model(self) -> str | None:
        """The data model's name, or None when there is none or a macro gives it."""
        return self.source.text.partition(".")[0] if self.from_datamodel and isinstance(self.source, Name) else None

    @property
    def dataset(self) -> str | None:
        """The dataset's name (the last part of a path), or None when only the model is named."""
        if not self.from_datamodel or not isinstance(self.source, Name):
            return None
        return self.source.text.rpartition(".")[2] if "." in self.source.text else None

    def arguments(self) -> str:
        """Print the clauses in Splunk's order."""
        source = ""
        if self.source is not None:
            source = f"FROM {'datamodel=' if self.from_datamodel else ''}{print_value(self.source)}"
        where = f"WHERE {print_term(self.where)}" if self.where is not None else ""
        by = (
            f"BY {print_values(self.by, ' ')} {print_options(self.by_options)}".rstrip()
            if self.by or self.by_options
            else ""
        )
        return join_words(print_options(self.options), print_aggregations(self.aggregations, " "), source, where, by)


def parse(args: ArgReader) -> Tstats:
    """Read options and aggregations, then the clauses."""
    options = args.options()
    aggregations = args.aggregations(_CLAUSES)
    while (more := args.options()) or (found := args.aggregations(_CLAUSES)):
        if more:
            options += more
        else:
            aggregations += found
    if not aggregations and not any(isinstance(option, MacroCall) for option in options):
        raise args.expected("an aggregation such as `count`")
    source: Name | MacroCall | None = None
    from_datamodel = False
    where: Term | None = None
    by: tuple[Field, ...] = ()
    by_options: list[Option] = []
    while clause := args.keyword("from", "where", "by", "groupby"):
        if clause == "from":
            source, from_datamodel = _source(args)
        elif clause == "where":
            where = args.terms(_BY if source is not None else _CLAUSES)
            if where is None:
                raise args.expected("a search term after `WHERE`")
        else:
            by, by_options = _by(args)
            break
    options += args.options()
    return Tstats(*args.head, options, aggregations, from_datamodel, source, where, by, tuple(by_options))


def _source(args: ArgReader) -> tuple[Name | MacroCall, bool]:
    match = _DATAMODEL.match(args.text, args.pos, args.end)
    if match is not None:
        args.pos = match.end()
        path = _QUOTED_PATH.match(args.text, args.pos, args.end)
        if path is not None:
            args.pos = path.end()
            return Name(path.start(), path.end(), f"{path.group(1)}.{path.group(2)}", '"'), True
    source = args.value() if args.peek_word() not in _CLAUSES else None
    if not isinstance(source, Name | MacroCall):
        raise args.expected("a data model's name" if match is not None else "`datamodel=<name>` after `FROM`")
    return source, match is not None


def _by(args: ArgReader) -> tuple[tuple[Field, ...], list[Option]]:
    fields: tuple[Field, ...] = ()
    options: list[Option] = []
    while True:
        found = args.fields(_CLAUSES)
        option = args.option(_BY_OPTIONS)
        if option is not None:
            options.append(option)
        elif not found:
            break
        fields += found
    if not fields:
        raise args.expected("a field name after `BY`")
    return fields, options


def flow(node: Tstats, state: FieldState, env: FlowEnv) -> FieldState:
    """Only the BY fields and the results are left; with `append` or `prestats` the state before is kept too."""
    events = FieldState()
    read_aggregations(node.aggregations, events, env)
    read_term(node.where, events, env)
    read_names(node.by, events, env)
    names, patterns, unknown = output_names(node.aggregations, events)
    names.update(field.text for field in node.by if isinstance(field, Name))
    given = {option.name: option.text for option in node.options if isinstance(option, Option)}
    unknown = unknown or any(isinstance(item, MacroCall) for item in (*node.by, *node.options))
    if unknown or (given.get("prestats") or "f").lower() in {"t", "true", "1"}:
        return events.add(names)
    made = events.only(names, command="tstats", offset=node.start, patterns=patterns)
    return state.merged(made) if (given.get("append") or "f").lower() in {"t", "true", "1"} else made


SPEC = CommandSpec(
    name="tstats",
    kind=CommandKind.GENERATING,
    summary="Aggregates indexed fields or data-model fields without reading events.",
    syntax="tstats [<option>=<value>]... <aggregation> [AS <name>]... [FROM datamodel=<model>[.<dataset>]] [WHERE <terms>] "
    "[BY <field>... [span=<span>]]",
    options={
        "prestats": OptionKind.BOOL,
        "local": OptionKind.BOOL,
        "append": OptionKind.BOOL,
        "summariesonly": OptionKind.BOOL,
        "include_reduced_buckets": OptionKind.BOOL,
        "allow_old_summaries": OptionKind.BOOL,
        "use_summary_index_values": OptionKind.BOOL,
        "chunk_size": OptionKind.INT,
        "fillnull_value": OptionKind.TEXT,
    },
    parse=parse,
    flow=flow,
    source="Search Reference: tstats",
)
