"""What the engine asks of the layers around it: functions, knowledge, event sources. All of it is handed in.

An eval function is a plain function of values (`call`), or, where it decides which arguments to look at, a builder that
gets the tree and makes the closure itself (`build`). An aggregation is an accumulator that is fed one value after
another, and, where speed matters, the same for all groups at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from generator.engine.column import Column
    from generator.engine.table import Table
    from generator.engine.values import Scalar, Value
    from generator.knowledge.eventtypes import EventType
    from generator.knowledge.modelfiles import ModelDefinition
    from generator.knowledge.places import Places
    from generator.spl.ast import Call, Expr

Row = tuple[Any, ...]
"""The inputs of an expression: one value a field, in the order of `Compiled.fields`; Booleans never."""

Evaluator = "Callable[[Row], Any]"
"""An expression as function of its inputs; gives a value, or a bool where it is a condition."""


class EvalFunction(Protocol):
    """An eval function as the engine sees it (`generator.functions.signature.FunctionSignature` is one)."""

    @property
    def name(self) -> str:
        """The name."""

    @property
    def min_args(self) -> int:
        """The least number of arguments."""

    @property
    def result(self) -> str:
        """`any`, `Boolean`, `number`, `string` or `multivalue`."""

    @property
    def call(self) -> Callable[..., Any] | None:
        """The function on values; arguments are coerced to `kind_of` first, see `generator.engine.expr`."""

    @property
    def build(self) -> Callable[[Call, Builder], Callable[[Row], Any]] | None:
        """The maker of a closure, for functions that look at their arguments in their own way."""

    @property
    def takes_null(self) -> bool:
        """Whether `call` wants absent arguments too; otherwise one absent argument makes the result null."""

    @property
    def each(self) -> bool:
        """Whether a multivalue in the first argument means: once for each value (a condition: true for any)."""

    def kind_of(self, position: int) -> str:
        """The kind of an argument, as `result`."""


class Builder(Protocol):
    """What `build` may ask of the compiler of expressions."""

    @property
    def now(self) -> float:
        """When the search was started, seconds since 1970."""

    @property
    def env(self) -> Any:  # noqa: ANN401 - `generator.engine.env.Env`, which imports this
        """The environment of the running search."""

    def build(self, expr: Expr) -> Callable[[Row], Any]:
        """Compile a sub-expression."""

    def exactly(self, expr: Expr) -> Callable[[Row], Any]:
        """Compile a sub-expression in which no product of written decimals is rounded."""

    def field(self, name: str) -> int:
        """Return the place of a field in the inputs, adding it."""

    def volatile(self) -> None:
        """Note that equal inputs may give different results (`random`): run it for every row."""


class Accumulator(Protocol):
    """One aggregate of one group: fed the values in row order (of a multivalue one after another), then asked."""

    def add(self, value: Scalar, time: float | None) -> None:
        """Take a value; `time` is the row's `_time`, None where it has none or the aggregate does not ask for it."""

    def result(self) -> Value:
        """Return the aggregate of what was added."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """How an aggregation is computed.

    `start` makes an accumulator; its argument is the number in the name (`perc95`: 95.0), else None. `kernel` names the
    way in `generator.engine.kernels` that gives the same for all groups at once. `timed`: the accumulator wants times.
    `numeric`: values that are no numbers are ignored (and with `allnum` make the result null).
    """

    start: Callable[[float | None], Accumulator]
    kernel: str = ""
    timed: bool = False
    numeric: bool = False


class Functions(Protocol):
    """The function table."""

    def eval_function(self, name: str) -> EvalFunction | None:
        """Return the eval function of a name in any case."""

    def aggregate(self, name: str) -> tuple[Aggregate | None, float | None] | None:
        """Return an aggregation and the number in its name; (None, ...) when it cannot be run, None when unknown."""


class ColumnSource(Protocol):
    """Where the columns of events come from, lazily: an event set, a data-model frame, rows handed in.

    Columns are immutable and cached by the source, since all searches over it share them.
    """

    @property
    def length(self) -> int:
        """The number of rows."""

    def names(self) -> Iterable[str]:
        """Return every field that some row has; this may extract everything, so it is asked only when needed."""

    def column(self, name: str) -> Column | None:
        """Return a field's column, or None when no row has it."""


class LookupTable(Protocol):
    """A lookup: rows that fields are compared with (see `generator.knowledge`)."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns in file order."""

    @property
    def note(self) -> str:
        """What the user should know of it (a lookup of an app that was not given is empty); empty where there is nothing."""

    @property
    def is_timed(self) -> bool:
        """Whether the event's time takes part in the comparison."""

    @property
    def cache(self) -> dict[str, Any]:
        """What others derive from the rows, under a key of their own; emptied by each `write`."""

    def rows(self) -> list[dict[str, str]]:
        """Return the rows in file order; an empty cell is absent."""

    def find(self, given: Mapping[str, str], *, time: float | None = None) -> list[dict[str, str]]:
        """Return the rows that match (match types, case, max and min matches, default match), in file order."""

    def write(self, rows: Sequence[Mapping[str, Value]], *, append: bool) -> None:
        """Replace the rows, or add to them (`outputlookup`); seen by later searches of this engine only."""


class Knowledge(Protocol):
    """What the apps define, as far as a running command asks for it."""

    def lookup(self, name: str) -> LookupTable | None:
        """Return a lookup by its definition's name or its file's."""

    def create_lookup(self, name: str, columns: tuple[str, ...]) -> LookupTable:
        """Return a new lookup without rows that lives as long as the engine."""

    @property
    def files(self) -> dict[str, Table]:
        """The CSV files that `outputcsv` wrote, by name; they live as long as the engine."""

    @property
    def tags(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Field to value to the tags of that value."""

    def saved_search(self, name: str) -> str | None:
        """Return the text of a saved search."""

    def stanzas(self, name: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the settings of all apps' conf files of a name: stanza to key to setting (`value`, `span`)."""

    @property
    def eventtypes(self) -> tuple[EventType, ...]:
        """The event types, the highest priority first."""

    @property
    def places(self) -> Places | None:
        """The places of addresses, where an app brings a database along."""

    def models(self) -> list[str]:
        """Return the names of all data models."""

    def model(self, name: str) -> ModelDefinition | None:
        """Return a data model as its file defines it."""

    def dataset(self, model: str, dataset: str | None, events: Table, now: float) -> Table | None:
        """Return the frame of a data-model dataset over the events, without prefix, or None when it is not known.

        `events` is the same table for every search over the same window: keep the frame in its `cache`. `now` is when
        the search was started.
        """

    def addressed(self, model: str, dataset: str | None, events: Table, now: float) -> Table | None:
        """Return the same under the names of `tstats` (`Root.field`, `Root.Child.field`, `nodename`)."""


class Run(Protocol):
    """How a command runs: `CommandSpec.run`."""

    def __call__(self, node: Any, table: Table, env: Any) -> Table:  # noqa: ANN401 - each command has its own node
        """Turn rows into rows. A generating command gets an empty table where it stands first."""
