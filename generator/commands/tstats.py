"""`tstats`: aggregates indexed fields or the fields of a data model without reading events.

A dataset's fields keep their prefix (`Processes.dest`) unless an alias renames them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import flag, given_options, names_of, read_aggregations_of
from generator.commands.uses import output_names, read_aggregations, read_names, read_term
from generator.engine.buckets import automatic_time_span, bucket_begins, read_time_span
from generator.engine.values import number_of
from generator.spl.ast import Aggregation, Command, Comparison, Field, InTerm, MacroCall, Name, Option, Options, Term
from generator.spl.booleans import means_true
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_aggregations, print_options, print_term, print_value, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind
from generator.spl.walk import find

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.engine.aggregation import Measure
    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.explain import Asked
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_CLAUSES = frozenset({"from", "where", "by", "groupby"})
_BY = frozenset({"by", "groupby"})
_BY_OPTIONS = {"span": OptionKind.SPAN, "fillnull_value": OptionKind.TEXT}
_DATAMODEL = re.compile(r"\s*+datamodel\s*+(?:=|:|\s(?=\s*+[\w\"`$]))\s*+", re.IGNORECASE)
_PREFIX = re.compile(r"PREFIX\s*\(\s*\"?(.*?)\"?\s*\)", re.IGNORECASE)
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
    options, aggregations = read_aggregations_of(args, _CLAUSES, "`count`")
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
    if unknown or means_true(given.get("prestats")):
        return events.add(names)
    made = events.only(names, command="tstats", offset=node.start, patterns=patterns)
    return state.merged(made) if means_true(given.get("append")) else made


def run(node: Tstats, table: Table, env: Env) -> Table:
    """Aggregate the events of a dataset, or all events by what the index knows of them; one row a group, BY fields first.

    With `prestats` the rows are handed on as they are, with just the fields that an aggregation after it needs.
    """
    from generator.engine.aggregation import aggregated, measures
    from generator.engine.groups import group
    from generator.engine.table import Table, stack

    prestats = flag(node.options, "prestats", env, "tstats")
    appends = flag(node.options, "append", env, "tstats")
    if appends and not prestats:
        raise env.error("tstats", "append=true needs prestats=true", node)
    by = names_of(node.by, env, "tstats")
    _refuse_wildcards(node, by, env)
    view = _view(node, by, env)
    if node.where is not None:
        view = view.take(env.mask(node.where, view, "tstats"))
    filled = given_options(node.options, env, "tstats").get("fillnull_value")
    filled = given_options(node.by_options, env, "tstats").get("fillnull_value", filled)
    keys = {f"{name} {place}": _key(node, name, view, filled, env) for place, name in enumerate(by)}
    wanted = _wanted(measures(node.aggregations, view, env, "tstats"), node, view)
    shown = [_shown(name) for name in by]
    if prestats:
        others = {_shown(name): _field(view, name) for name in ("_time", *_arguments(node))}
        rows = intermediate(dict(zip(shown, keys.values(), strict=True)), others, view.length)
        return stack([table, rows]) if appends else rows
    if not view.length and by:
        return Table(0, {name: view.column(name) for name in (*shown, *(one.output for one in wanted))})
    groups = group(view.with_columns(keys), list(keys))
    found = aggregated(wanted, groups)
    columns = {**found, **dict(zip(shown, groups.keys, strict=True))}
    return Table(groups.count, columns).select(list(dict.fromkeys((*shown, *found))))


def asks(node: Tstats, table: Table, env: Env) -> Asked | None:  # noqa: ARG001 - it generates: what was before is gone
    """Return the WHERE clause and the BY fields, asked of the dataset's rows; where it has none, its constraints."""
    from generator.engine.explain import Asked, dataset_asked

    by = names_of(node.by, env, "tstats")
    view = _view(node, by, env)
    if not view.length and node.from_datamodel and env.events().length:
        return dataset_asked(node.model or "", _dataset(node, by, env), env)
    filled = given_options(node.options, env, "tstats").get("fillnull_value")
    filled = given_options(node.by_options, env, "tstats").get("fillnull_value", filled)
    needed = () if filled is not None else tuple(name for name in by if name != "_time" and _prefix(name) is None)
    return Asked(
        view, node.where, env, needed, f"rows of `{node.source.text}`" if isinstance(node.source, Name) else "events"
    )


def intermediate(keys: dict[str, Column], columns: dict[str, Column], length: int) -> Table:
    """Return what `prestats` hands on: the rows with BY fields and other fields; those that lack a BY field are left out."""
    import numpy as np

    from generator.engine.table import Table

    rows = Table(length, {**columns, **keys})
    present = np.ones(length, np.bool_)
    for column in keys.values():
        present &= column.present
    return rows if present.all() else rows.take(present)


def _refuse_wildcards(node: Tstats, by: Sequence[str], env: Env) -> None:
    for name in (*by, *_arguments(node)):
        if "*" in name and _prefix(name) is None:
            raise env.error("tstats", f"Wildcards ('*') are not allowed in field names, as in '{name}'", node)
    for aggregation in node.aggregations:
        if isinstance(aggregation, Aggregation) and any(
            not isinstance(one, Name | MacroCall) for one in aggregation.args
        ):
            raise env.error("tstats", f"The argument of '{aggregation.text}' must be a field", aggregation)


def _arguments(node: Tstats) -> Iterable[str]:
    """Return the fields of the aggregations."""
    for aggregation in node.aggregations:
        if isinstance(aggregation, Aggregation):
            yield from (argument.text for argument in aggregation.args if isinstance(argument, Name))


def _view(node: Tstats, by: Sequence[str], env: Env) -> Table:
    """Return the rows to aggregate: a dataset's under full names, or events with the fields that the index holds."""
    events = env.events()
    if isinstance(node.source, MacroCall):
        raise env.no_macro("tstats", node.source)
    if node.source is None:
        return _indexed(events)
    if not node.from_datamodel:
        raise env.unsupported("a namespace of tscollect", node.source)
    model = node.model or ""
    dataset = _dataset(node, by, env)
    view = env.knowledge.addressed(model, dataset, events, env.now)
    if view is None:
        raise env.error("tstats", f"Data model '{model}' has no dataset '{dataset}'", node.source)
    return view


def _dataset(node: Tstats, by: Sequence[str], env: Env) -> str | None:
    """Return the dataset that is named, or the first root of the model that a field of the search names."""
    model, dataset = node.model or "", node.dataset
    definition = env.knowledge.model(model)
    if definition is None:
        raise env.error("tstats", f"Data model '{model}' was not found", node.source)
    if dataset is None:
        own = {one.name for one in definition.datasets}
        roots = [one.name for one in definition.datasets if one.parent not in own]
        asked = {name.partition(".")[0] for name in _names(node, by)}
        dataset = next((root for root in roots if root in asked), None)
    return dataset


def _names(node: Tstats, by: Sequence[str]) -> Iterable[str]:
    """Return the fields that a search names; of `nodename` the values."""
    yield from by
    yield from _arguments(node)
    if node.where is not None:
        for term in find(node.where, Comparison):
            if isinstance(term.field, Name):
                yield term.field.text
                if term.field.text == "nodename" and isinstance(term.value, Name):
                    yield term.value.text
        yield from (term.field.text for term in find(node.where, InTerm) if isinstance(term.field, Name))


def _indexed(events: Table) -> Table:
    """Return the events with the fields that the index holds, kept for all searches over them."""
    from generator.engine.frames import INDEXED

    view = events.cache.get("indexed")
    if view is None:
        view = events.cache["indexed"] = events.keep(
            (*sorted(INDEXED), *(name for name in events.indexed() if name not in INDEXED))
        )
    found: Table = view
    return found


# --- fields ----------------------------------------------------------------------------------------------------------


def _prefix(name: str) -> str | None:
    """Return what stands in `PREFIX(...)`, or None where the name is a field's."""
    match = _PREFIX.fullmatch(name)
    return None if match is None else match.group(1)


def _shown(name: str) -> str:
    return name if (prefix := _prefix(name)) is None else prefix


def _field(view: Table, name: str) -> Column:
    """Return a field, or for `PREFIX(...)` what follows the prefix in the segments of the raw text."""
    prefix = _prefix(name)
    if prefix is None:
        return view.column(name)
    from generator.engine.terms import segments
    from generator.engine.values import multivalue

    start = prefix.lower()

    def after(raw: Value) -> Value:
        if not isinstance(raw, str):
            return None
        found = (part[len(start) :] for part in segments(raw.lower()) if part.startswith(start))
        return multivalue(dict.fromkeys(part for part in found if part))

    return view.column("_raw").map(after)


def _key(node: Tstats, name: str, view: Table, filled: str | None, env: Env) -> Column:
    """Return a BY field: `_time` in buckets, absent values filled where the search says with what."""
    if name == "_time":
        text = given_options(node.by_options, env, "tstats").get("span", "auto")
        return in_buckets(view.column(name), text, node, env)
    column = _field(view, name)
    return column if filled is None else filled_up(column, filled)


def filled_up(column: Column, text: str) -> Column:
    """Return a column with a text in the place of absent values."""
    from generator.engine.column import choose, constant

    return column if column.codes.all() else choose(column.present, column, constant(text, len(column)))


def in_buckets(times: Column, span_text: str, node: Command, env: Env) -> Column:
    """Return the begin of each time's bucket. `auto` makes at most 100 of them in the time range.

    Raises:
        SearchError: it is no span of whole seconds.
    """
    if span_text == "auto":
        numbers = [number for value in times.compact().values if (number := number_of(value)) is not None]
        low = env.earliest if env.earliest is not None else min(numbers, default=0)
        high = env.latest if env.latest is not None else max(numbers, default=0)
        span = automatic_time_span(low, high, 100)
    else:
        read = read_time_span(f"{span_text}s" if span_text.isdecimal() else span_text)
        if read is None or read.seconds < 1:
            raise env.error(node.name, f"Invalid value '{span_text}' for option 'span'", node)
        span = read
    return bucket_begins(times, span)


# --- aggregates ------------------------------------------------------------------------------------------------------


def _wanted(found: list[Measure], node: Tstats, view: Table) -> list[Measure]:
    """Put the values behind prefixes in the place of fields that have such names."""
    made = []
    for measure, aggregation in zip(found, node.aggregations, strict=True):
        name = next((one.text for one in getattr(aggregation, "args", ()) if isinstance(one, Name)), "")
        made.append(measure if _prefix(name) is None else replace(measure, argument=_field(view, name)))
    return made


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
    run=run,
    asks=asks,
    source="Search Reference: tstats",
)
