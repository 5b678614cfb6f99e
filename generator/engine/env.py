"""What a running command may reach: clock, time window, functions, knowledge, messages; and the walk through a pipeline.

One `Env` belongs to one search text (offsets of nodes lie in its `text`); a subsearch that is text of its own gets an
`Env` that shares everything else.
"""

from __future__ import annotations

import datetime
import fnmatch
import re
import time
from dataclasses import field, replace
from typing import TYPE_CHECKING

from generator.base.diagnostics import UnsupportedSpl
from generator.base.frozen import dataclass
from generator.base.source import SourceFile
from generator.engine.errors import SearchError
from generator.engine.expr import Compiled, compile_expression, evaluate, truth
from generator.engine.extract import asks
from generator.engine.subsearch import substituted
from generator.engine.table import Table
from generator.engine.terms import matching, read_time
from generator.knowledge.timemod import TimeModifierError, apply_time_modifier, parse_time_modifier
from generator.spl.ast import (
    BrokenCommand,
    Expr,
    GenericCommand,
    MacroCommand,
    PlaceholderCommand,
    Term,
    UnknownCommand,
)
from generator.spl.parser import parse, parse_expression, parse_terms
from generator.spl.syntax import CommandKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.engine.column import Column, Mask
    from generator.engine.contracts import ColumnSource, Functions, Knowledge
    from generator.spl.ast import Command, MacroCall, Node, Pipeline
    from generator.spl.errors import SplError
    from generator.spl.syntax import CommandTable

    Watch = Callable[[Command, Table, Table], None]
    WatchSubsearch = Callable[[Pipeline, Table, Sequence[tuple[Command, Table, Table]], "Env"], None]

_INDEX = frozenset({"index"})

MAX_SUBSEARCH_DEPTH = 20
"""Searches inside searches deeper than this are refused."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of Splunk's limits.conf that change results."""

    subsearch_rows: int = 10_000
    """Rows of a subsearch that become terms (`[subsearch] maxout`)."""
    joined_rows: int = 50_000
    """Rows of the subsearch of join, append and appendcols."""
    sort_rows: int = 10_000
    """Rows that `sort` without a number keeps."""
    list_values: int = 100
    """Values of `list()`."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something that the user should know of a search; `kind` is `WARN` or `INFO`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One command that was run: its name, text, rows in and out, seconds."""

    command: str
    text: str
    rows_in: int
    rows_out: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Env:
    """See the module.

    `events` gives the rows that a search fetches from: the loaded events in the time window, newest first, or the rows
    handed in. `earliest` and `latest` are the window (None = open). `now` is when the search was started. `expand` expands
    the macros of a text. `scratch` lives as long as the search, for commands that keep something between subsearches. `write` keeps
    events that a search makes (`collect`), `delete` makes events unsearchable; None where there is no such thing. `indexes` are
    the ones that a search looks into which names none; names may end in `*`, None = all.
    `all_events` gives the rows whatever the window. `watch_subsearch` is shown each subsearch that ran: its pipeline, its
    rows, its commands with the rows before and after each, and what it ran in.
    """

    text: str
    commands: CommandTable
    functions: Functions
    knowledge: Knowledge
    events: Callable[[], Table]
    expand: Callable[[str], str]
    now: float
    earliest: float | None = None
    latest: float | None = None
    limits: Limits = Limits()
    write: Callable[[ColumnSource], None] | None = None
    delete: Callable[[Table], None] | None = None
    indexes: tuple[str, ...] | None = None
    depth: int = 0
    watch_subsearch: WatchSubsearch | None = None
    all_events: Callable[[], Table] | None = None
    messages: list[Message] = field(default_factory=list)
    scratch: dict[str, object] = field(default_factory=dict)

    # --- messages and errors -----------------------------------------------------------------------------------------

    def warn_once(self, text: str) -> None:
        """Tell the user something, once a search."""
        message = Message("WARN", text)
        if message not in self.messages:
            self.messages.append(message)

    def error(self, command: str, message: str, node: Node | None = None) -> SearchError:
        """Return an error of a command in Splunk's wording, with its place."""
        start, end = (node.start, node.end) if node is not None else (-1, -1)
        return SearchError(f"Error in '{command}' command: {message}.{self._place(start)}", start, end, self.text)

    def unsupported(self, what: str, node: Node | None = None) -> UnsupportedSpl:
        """Return the error that this engine cannot run something."""
        start, end = (node.start, node.end) if node is not None else (-1, -1)
        return UnsupportedSpl(
            f"{what} is not supported by the embedded engine{self._place(start)}", start, end, self.text
        )

    def no_macro(self, command: str, call: MacroCall) -> SearchError:
        """Return the error that a macro is not known."""
        return self.error(command, f"The search specifies a macro '{call.name}' that cannot be found", call)

    def _place(self, start: int) -> str:
        if start < 0:
            return ""
        line, col = SourceFile("", self.text).line_col(start)
        return f" (at {line}:{col} of the search)"

    # --- expressions and terms ---------------------------------------------------------------------------------------

    def compile(self, expr: Expr, command: str) -> Compiled:
        """Compile an expression to a function of values. Raises as `generator.engine.expr.Compiler.compile`."""
        return compile_expression(expr, self, command)

    def evaluate(self, expr: Expr, table: Table, command: str) -> Column:
        """Return the results of an expression for each row."""
        return evaluate(compile_expression(expr, self, command), table)

    def truth(self, expr: Expr, table: Table, command: str) -> Mask:
        """Return for which rows a condition holds."""
        return truth(compile_expression(expr, self, command), table)

    def mask(self, term: Term, table: Table, command: str) -> Mask:
        """Return which rows fit search terms."""
        return matching(term, table, self, command)

    def parse_expression(self, text: str, command: str, node: Node) -> Expr:
        """Parse an expression that came up while running.

        Raises:
            SearchError: it does not parse.
        """
        part = parse_expression(text, self.commands)
        if not isinstance(part.node, Expr):
            raise self.error(command, f"`{text}` is no expression: {_first(part.errors)}", node)
        return part.node

    def parse_terms(self, text: str, command: str, node: Node) -> Term:
        """Parse search terms that came up while running.

        Raises:
            SearchError: they do not parse.
        """
        part = parse_terms(text, self.commands)
        if not isinstance(part.node, Term):
            raise self.error(command, f"`{text}` are no search terms: {_first(part.errors)}", node)
        return part.node

    def time(self, text: str, command: str, node: Node | None = None) -> float:
        """Return the time that a modifier (`-70m@m`, `now`, an epoch, `10/27/2026:13:30:00`) means, in seconds since 1970.

        Raises:
            SearchError: it is none.
        """
        absolute = read_time(text)
        if absolute is not None:
            return absolute
        try:
            at = apply_time_modifier(parse_time_modifier(text), datetime.datetime.fromtimestamp(self.now, datetime.UTC))
        except (TimeModifierError, OverflowError) as error:
            raise self.error(command, f"Invalid value `{text}` for a time: {error}", node) from error
        return at.timestamp()

    # --- pipelines ---------------------------------------------------------------------------------------------------

    def run(
        self,
        pipeline: Pipeline,
        table: Table | None = None,
        stages: list[Stage] | None = None,
        watch: Watch | None = None,
    ) -> Table:
        """Run the commands of a pipeline on rows; None where it begins with a search of its own.

        `stages` is filled with what ran; `watch` is shown each command with the rows before and after it.

        Raises:
            SearchError: a command refuses its arguments.
            UnsupportedSpl: a command, or an option of one, that this engine cannot run.
        """
        self.verify(pipeline)
        for command in pipeline.commands:
            spec = self.commands.get(command.name)
            if spec is None or spec.run is None:
                raise self._cannot_run(command)
            if table is None:
                table = self._first(command, generating=spec.kind is CommandKind.GENERATING)
            started = time.perf_counter()
            before = table
            try:
                made = spec.run(command, table, self)
            except RecursionError:
                raise self.error(command.name, "what it is given is nested too deeply", command) from None
            if not isinstance(made, Table):
                raise TypeError(f"`{command.name}` gave {type(made).__name__} instead of a table")
            table = made
            if stages is not None:
                text = self.text[command.start : command.end]
                stages.append(Stage(command.name, text, before.length, table.length, time.perf_counter() - started))
            if watch is not None:
                watch(command, before, table)
        return Table(0) if table is None else table

    def verify(self, pipeline: Pipeline) -> None:
        """Refuse a pipeline with a command that cannot run. Raises as `run`."""
        for command in pipeline.commands:
            self._check(command)

    def subsearch(self, pipeline: Pipeline, *, limit: int | None = None) -> Table:
        """Run a subsearch: it begins with a search of its own; at most `limit` rows come back, and the user is told.

        Raises:
            SearchError: too deep, or as `run`.
            UnsupportedSpl: as `run`.
        """
        inner = self._inner()
        if self.watch_subsearch is None:
            found = inner.run(pipeline)
        else:
            steps: list[tuple[Command, Table, Table]] = []
            found = inner.run(pipeline, watch=lambda *step: steps.append(step))
            self.watch_subsearch(pipeline, found, steps, inner)
        if limit is not None and found.length > limit:
            self.warn_once(f"Subsearch produced {found.length} results, truncating to maxout {limit}.")
            found = found.head(limit)
        return found

    def subsearch_text(self, pipeline: Pipeline) -> str:
        """Return what stands for a subsearch in the search around it (`generator.engine.subsearch`)."""
        return substituted(self.subsearch(pipeline, limit=self.limits.subsearch_rows))

    def run_text(self, text: str, table: Table | None = None) -> Table:
        """Run a search that is text of its own (`map`, `foreach`, `savedsearch`) on rows, or from its own beginning.

        Raises:
            SearchError: it does not parse, or as `run`.
            UnsupportedSpl: as `run`.
        """
        inner = replace(self._inner(), text=self.expand(text))
        return inner.run(inner.parsed(), table)

    def parsed(self) -> Pipeline:
        """Parse the text of this environment.

        Raises:
            SearchError: it does not parse.
        """
        result = parse(self.text, self.commands)
        if result.errors:
            raise self.syntax_error(result.errors[0])
        return result.tree

    def syntax_error(self, error: SplError) -> SearchError:
        """Return what is wrong with the text of the search as an error to raise."""
        hint = f"; {error.hint}" if error.hint else ""
        return SearchError(
            f"Error in the search: {error.message}{hint}{self._place(error.start)}", error.start, error.end, self.text
        )

    def _inner(self) -> Env:
        if self.depth >= MAX_SUBSEARCH_DEPTH:
            raise SearchError(f"searches are nested more than {MAX_SUBSEARCH_DEPTH} deep")
        return replace(self, depth=self.depth + 1)

    def _first(self, command: Command, *, generating: bool) -> Table:
        if generating or command.name == "union":
            return Table(0)
        if command.name != "search":
            raise self.error(
                command.name,
                f"This command cannot be the first one of a search: begin with events, as in `* | {command.name}`",
                command,
            )
        return self._scoped(command)

    def _scoped(self, command: Command) -> Table:
        """Return the events that a search fetches from: of its default indexes where its terms name no index."""
        events = self.events()
        if self.indexes is None or not events.length or asks(getattr(command, "term", None), _INDEX):
            return events
        key = ("indexes", self.indexes)
        found = events.cache.get(key)
        if found is None:
            fits = [re.compile(fnmatch.translate(name)).match for name in self.indexes]
            mask = events.column("index").test(lambda value: any(fit(str(value)) for fit in fits))
            found = events if mask.all() else events.take(mask)
            events.cache[key] = found
        return found

    def _check(self, command: Command) -> None:
        """Refuse a pipeline with a command that cannot run before any command has run."""
        spec = self.commands.get(command.name)
        if isinstance(command, GenericCommand | UnknownCommand | BrokenCommand | MacroCommand | PlaceholderCommand):
            raise self._cannot_run(command)
        if spec is None or spec.run is None:
            raise self._cannot_run(command)

    def _cannot_run(self, command: Command) -> Exception:
        if isinstance(command, MacroCommand):
            return self.error(
                "search", f"The search specifies a macro '{command.call.name}' that cannot be found", command
            )
        if isinstance(command, UnknownCommand):
            return SearchError(
                f"Unknown search command '{command.name}'.{self._place(command.start)}",
                command.name_start,
                command.name_end,
                self.text,
            )
        if isinstance(command, PlaceholderCommand):
            return SearchError(
                f"The placeholder {command.text} stands for no search here.{self._place(command.start)}",
                command.start,
                command.end,
                self.text,
            )
        spec = self.commands.get(command.name)
        runs = spec is not None and spec.run is not None
        if runs and isinstance(command, GenericCommand) and "`" in command.text:
            return self.error(command.name, "The search specifies a macro that cannot be found", command)
        return self.unsupported(f"the command `{command.name}`", command)


def _first(errors: tuple[SplError, ...]) -> str:
    return errors[0].message if errors else "nothing stands there"
