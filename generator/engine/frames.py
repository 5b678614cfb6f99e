"""The datasets of a data model over events become tables of fields, each made when it is first asked for.

A dataset's events are those of its parent that fit its constraints; a root's are those that fit, or what its base search
gives. Constraints see the fields as the parent's calculations leave them. Calculations run in the order of the model, each
over the fields before it. A field that a calculation gives null is absent.

`Frame` has the fields without prefix (`from`, `datamodel`), `Addressed` under the names of `tstats`: `Root.field`,
`Root.Child.field`, `Child.field`; only fields of the model, indexed fields bare, `nodename`, and `is_Child` flags. A model
that is not known for certain (`is_open`) lets any field of the events through.

Not done: transaction datasets (`UnsupportedSpl`), acceleration (all searches see all events).
Sources: Knowledge Manager Manual, "About data models", "Design data models"; Search Reference, "tstats", "datamodel".
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from generator.base.diagnostics import UnsupportedSpl
from generator.base.frozen import dataclass
from generator.engine.column import Column, choose, constant, spread
from generator.engine.errors import PatternTimeoutError, SearchError
from generator.engine.expr import evaluate
from generator.engine.patterns import PatternError, compile_pattern
from generator.engine.probe import looked_up
from generator.engine.table import Table, over
from generator.engine.values import elements, multivalue, text_of
from generator.spl.ast import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from generator.engine.column import Rows
    from generator.engine.env import Env
    from generator.engine.values import Value
    from generator.knowledge.modelfiles import Calculation, DatasetDefinition, ModelDefinition

INDEXED = frozenset({
    "_time", "_indextime", "_raw", "host", "source", "sourcetype", "index", "splunk_server", "linecount", "punct",
    "date_hour", "date_mday", "date_minute", "date_month", "date_second", "date_wday", "date_year", "date_zone",
    "timestartpos", "timeendpos",
})  # fmt: skip
"""Fields that every event has in the index, so that `tstats` reads them bare."""

INHERITED = frozenset({"_time", "host", "source", "sourcetype"})
"""Fields that every dataset has from the base event."""

_ROOT_KINDS = {"BaseEvent", "BaseSearch", "BaseInterface", "BaseImpl"}
_NOWHERE = Node(-1, -1)
"""The place of text that comes from a model's file."""

_CLOCK = re.compile(r"\b(?:now|time)\s*\(|\b(?:_index_)?(?:earliest|latest)\s*=|\b(?:start|end)time\s*=")

_EXTRACTED = frozenset({"tag", "eventtype"})


class Models:
    """The data models of an engine. `definition` gives a model by name, `environment` what its searches run in."""

    def __init__(
        self,
        definition: Callable[[str], ModelDefinition | None],
        environment: Callable[[], Env],
        is_open: Callable[[str], bool],
    ) -> None:
        self._definition = definition
        self._environment = environment
        self._is_open = is_open
        self._models: dict[str, Model | None] = {}

    def model(self, name: str) -> Model | None:
        """Return a model, or None when there is none of that name.

        Raises:
            RepositoryError: its file is no data model.
        """
        if name not in self._models:
            found = self._definition(name)
            self._models[name] = (
                None if found is None else Model(found, self._environment(), is_open=self._is_open(name))
            )
        return self._models[name]

    def frame(self, model: str, dataset: str | None, events: Table, now: float) -> Frame | None:
        """Return the frame of a dataset over events (None: of the model's first root), or None when it is not known.

        `now` is when the search was started.

        Raises:
            SearchError: a constraint or base search of the model is wrong.
            UnsupportedSpl: the dataset cannot be had.
        """
        found = self.model(model)
        if found is None:
            return None
        if found.is_timed:
            self._follow_clock(found, events, now)
        name = found.roots[0] if dataset is None and found.roots else dataset
        return None if name is None or name not in found.datasets else found.frame(name, events)

    @staticmethod
    def _follow_clock(model: Model, events: Table, now: float) -> None:
        """Forget the frames of a model that asks for the time, once the clock has gone on."""
        if events.cache.get(("clock", model.name)) != now:
            for key in [key for key in events.cache if type(key) is tuple and key[:2] == ("frame", model.name)]:
                del events.cache[key]
            events.cache["clock", model.name] = now
            model.env = replace(model.env, now=now)

    def plain(self, model: str, dataset: str | None, events: Table, now: float) -> Table | None:
        """Return a frame as table. Raises as `frame`."""
        return self._kept("plain", over, (model, dataset), events, now)

    def addressed(self, model: str, dataset: str | None, events: Table, now: float) -> Table | None:
        """Return a frame as table, under the names of `tstats`. Raises as `frame`."""
        return self._kept("addressed", lambda frame: over(Addressed(frame)), (model, dataset), events, now)

    def _kept(
        self, kind: str, make: Callable[[Frame], Table], which: tuple[str, str | None], events: Table, now: float
    ) -> Table | None:
        key = (kind, *which)
        kept: tuple[Frame | None, Table | None] | None = events.cache.get(key)
        known = self.model(which[0])
        if kept is None or (known is not None and known.is_timed):
            frame = self.frame(*which, events, now)
            if kept is None or kept[0] is not frame:
                events.cache[key] = kept = (frame, None if frame is None else make(frame))
        return kept[1]


class Model:
    """One data model, its datasets ready to be laid over events."""

    def __init__(self, definition: ModelDefinition, env: Env, *, is_open: bool) -> None:
        self.definition = definition
        self.name = definition.name
        self.env = env
        self.is_open = is_open
        self.datasets: Mapping[str, DatasetDefinition] = {one.name: one for one in definition.datasets}
        self.roots = [one.name for one in definition.datasets if one.parent not in self.datasets]
        self._fields: dict[str, tuple[str, ...]] = {}
        self._timed: bool | None = None

    @property
    def is_timed(self) -> bool:
        """Whether some text of the model asks for the time, so that what it gives changes with the clock."""
        if self._timed is None:
            texts = [
                text
                for one in self.definition.datasets
                for text in (*one.constraints, one.base_search, *(step.expression for step in one.calculations))
            ]
            self._timed = any(_CLOCK.search(text if "`" not in text else self.env.expand(text)) for text in texts)
        return self._timed

    def lineage(self, dataset: str) -> tuple[str, ...]:
        """Return the names from the root to a dataset."""
        found = [dataset]
        while (parent := self.datasets[found[-1]].parent) in self.datasets:
            found.append(parent)
        return tuple(reversed(found))

    def fields(self, dataset: str) -> tuple[str, ...]:
        """Return the fields that a dataset declares, calculates or inherits, those of the root first."""
        found = self._fields.get(dataset)
        if found is None:
            names: dict[str, None] = {}
            for ancestor in self.lineage(dataset):
                own = self.datasets[ancestor]
                names.update(dict.fromkeys(item.name for item in own.fields))
                names.update(dict.fromkeys(item.name for step in own.calculations for item in step.outputs))
            self._fields[dataset] = found = tuple(names)
        return found

    def split(self, dotted: str) -> tuple[str, str] | None:
        """Return dataset and field of a name such as `All_Changes.Account_Management.user`; None when it names none."""
        parts = dotted.split(".")
        if parts[0] not in self.datasets:
            return None
        count = 1
        while count < len(parts) - 1 and self._is_child(parts[count], parts[count - 1]):
            count += 1
        return (parts[count - 1], ".".join(parts[count:])) if count < len(parts) else None

    def _is_child(self, name: str, parent: str) -> bool:
        return name in self.datasets and self.datasets[name].parent == parent

    def frame(self, dataset: str, events: Table) -> Frame:
        """Return the frame of a dataset, made once for each table of events. Raises as `Models.frame`."""
        key = ("frame", self.name, dataset)
        found: Frame | None = events.cache.get(key)
        if found is None:
            definition = self.datasets[dataset]
            parent = self.frame(definition.parent, events) if definition.parent in self.datasets else None
            events.cache[key] = found = Frame(self, definition, parent, events)
        return found


class Frame:
    """One dataset over events: a `ColumnSource` of its fields without prefix. `places` are its rows among the root's."""

    def __init__(self, model: Model, definition: DatasetDefinition, parent: Frame | None, events: Table) -> None:
        self.model = model
        self.name = definition.name
        self.parent = parent
        self.events = events
        self.env = replace(model.env, events=lambda: events)
        if parent is not None:
            before = over(parent)
        elif definition.parent not in _ROOT_KINDS:
            raise UnsupportedSpl(
                f"the dataset `{self.name}` of the data model `{model.name}` is a transaction dataset, "
                "which is not supported by the embedded engine"
            )
        else:
            before = self._base(definition, events)
        inside = self._inside(definition, before)
        self._rows = before if inside is None else before.take(inside)
        self.places: Rows = (
            (np.arange(before.length) if parent is None else parent.places)
            if inside is None
            else (inside if parent is None else parent.places[inside])
        )
        self.root_length: int = before.length if parent is None else parent.root_length
        self.length = self._rows.length
        self._steps = [_step(calculation, self) for calculation in definition.calculations]
        self._columns: dict[tuple[int, str], Column | None] = {}

    def _base(self, definition: DatasetDefinition, events: Table) -> Table:
        if not definition.base_search:
            return events
        search = replace(self.env, text=self.env.expand(definition.base_search))
        try:
            return search.run(search.parsed())
        except (SearchError, UnsupportedSpl) as error:
            raise UnsupportedSpl(
                f"the dataset `{self.name}` of the data model `{self.model.name}` cannot be had, since its base search "
                f"does not run here: {error}"
            ) from error

    def _inside(self, definition: DatasetDefinition, before: Table) -> Rows | None:
        """Return the rows that fit the constraints, None for all."""
        masks = []
        for text in definition.constraints:
            if text.strip() in {"", "*"}:
                continue
            env = replace(self.env, text=self.env.expand(text))
            masks.append(env.mask(env.parse_terms(env.text, "datamodel", _NOWHERE), before, "datamodel"))
        if not masks:
            return None
        inside = np.logical_and.reduce(masks)
        return None if inside.all() else np.flatnonzero(inside)

    def column(self, name: str) -> Column | None:
        """Return a field as the dataset's calculations leave it; also any field of its events."""
        if name == "nodename":
            return self._cached(name, self._nodename)
        if name.startswith("is_") and (flag := self._flag(name)) is not None:
            return flag
        return self.before(name, len(self._steps))

    def names(self) -> Iterable[str]:
        """Return the fields of the dataset that some row has, then those of its events."""
        candidates = dict.fromkeys((*self.model.fields(self.name), *self._rows.names()))
        return [name for name in candidates if (column := self.column(name)) is not None and column.codes.any()]

    def before(self, name: str, count: int) -> Column | None:
        """Return a field as it is behind the first calculations."""
        for number in range(count - 1, -1, -1):
            if name in self._steps[number].outputs:
                key = (number, name)
                if key not in self._columns:
                    self._columns[key] = None  # a calculation that asks for its own result gets nothing
                    given = over(_Before(self, number))
                    self._columns.update(
                        ((number, output), column)
                        for output, column in self._steps[number].run(given, self.env).items()
                    )
                return self._columns[key]
        return self._rows.find(name)

    def spread(self, column: Column, places: Rows) -> Column:
        """Return a column of another dataset of the same root, whose rows are `places`, over the rows of this one."""
        codes = np.zeros(self.root_length, np.int32)
        codes[places] = column.codes
        return Column(column.dictionary, codes[self.places])

    def _cached(self, name: str, make: Callable[[], Column]) -> Column | None:
        key = (-1, name)
        if key not in self._columns:
            self._columns[key] = make()
        return self._columns[key]

    def _flag(self, name: str) -> Column | None:
        """Return `is_Child`, or `is_not_Child`, as 1 and 0."""
        negated = name[3:] not in self.model.datasets
        child = name.removeprefix("is_not_" if negated else "is_")
        if child not in self.model.datasets or not self._same_root(child):
            return None
        values = ("1", "0") if negated else ("0", "1")

        def make() -> Column:
            inside = self._holds(child)
            return choose(inside, constant(values[1], self.length), constant(values[0], self.length))

        return self._cached(name, make)

    def _holds(self, dataset: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        inside = np.zeros(self.root_length, np.bool_)
        inside[self.model.frame(dataset, self.events).places] = True
        return inside[self.places]

    def _same_root(self, dataset: str) -> bool:
        return self.model.lineage(dataset)[0] == self.model.lineage(self.name)[0]

    def _nodename(self) -> Column:
        """Return the paths of all datasets that a row belongs to."""
        below = [name for name in self.model.datasets if self._same_root(name)]
        bits = np.stack([self._holds(name) for name in below], axis=1)
        paths = [".".join(self.model.lineage(name)) for name in below]
        used, codes = np.unique(bits, axis=0, return_inverse=True)
        cells = [multivalue(path for path, on in zip(paths, row, strict=True) if on) for row in used.tolist()]
        return spread(cells, codes.reshape(-1))


class _Before:
    """The fields of a frame before one of its calculations, as a `ColumnSource`."""

    def __init__(self, frame: Frame, number: int) -> None:
        self._frame = frame
        self._number = number
        self.length = frame.length

    def column(self, name: str) -> Column | None:
        return self._frame.before(name, self._number)

    def names(self) -> Iterable[str]:
        """Return nothing: calculations ask for single fields."""
        return ()


class Addressed:
    """A frame under the names that `tstats` uses: a `ColumnSource`."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.length = frame.length

    def column(self, name: str) -> Column | None:
        """Return a field by its full name; None where the model has none of that name."""
        frame = self.frame
        if name == "nodename":
            return frame.column(name)
        found = frame.model.split(name)
        if found is None:
            return frame.before(name, 0) if name in INDEXED else None
        dataset, field = found
        if not self._knows(dataset, field):
            return None
        if dataset == frame.name or dataset in frame.model.lineage(frame.name):
            return frame.column(field)
        if frame.model.lineage(dataset)[0] != frame.model.lineage(frame.name)[0]:
            return None
        other = frame.model.frame(dataset, frame.events)
        column = other.column(field)
        return None if column is None else frame.spread(column, other.places)

    def names(self) -> Iterable[str]:
        """Return the full names of the frame's fields that some row has."""
        frame = self.frame
        full = []
        for name in frame.model.fields(frame.name):
            column = frame.column(name)
            if column is not None and column.codes.any():
                full.append(f"{frame.name}.{name}")
        return [
            *(name for name in ("_time", "host", "source", "sourcetype") if frame.before(name, 0) is not None),
            *full,
        ]

    def _knows(self, dataset: str, field: str) -> bool:
        model = self.frame.model
        if field in INDEXED or field in _EXTRACTED or model.is_open or field in model.fields(dataset):
            return True
        return field.startswith("is_") and (
            field[3:] in model.datasets or field.removeprefix("is_not_") in model.datasets
        )


# --- calculations ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Step:
    """One calculation: the fields that it gives, and how, from a table of the fields before."""

    outputs: frozenset[str]
    run: Callable[[Table, Env], dict[str, Column]]


def _step(calculation: Calculation, frame: Frame) -> _Step:
    outputs = frozenset(item.name for item in calculation.outputs)
    kind = calculation.kind.lower()
    if kind == "eval":
        name = next(iter(outputs))
        return _Step(outputs, lambda table, env: {name: _evaluated(calculation.expression, table, env)})
    if kind == "rex":
        return _Step(outputs, lambda table, env: _matched(calculation, table, env))
    if kind == "lookup":
        return _Step(outputs, lambda table, env: _found(calculation, table, env))
    if kind == "geoip":
        return _Step(outputs, lambda table, env: _placed(calculation, table, env))
    raise UnsupportedSpl(
        f"the dataset `{frame.name}` of the data model `{frame.model.name}` has a calculation of the kind "
        f"`{calculation.kind}`, which is not supported by the embedded engine"
    )


def _evaluated(text: str, table: Table, env: Env) -> Column:
    inner = replace(env, text=env.expand(text))
    return evaluate(inner.compile(inner.parse_expression(inner.text, "eval", _NOWHERE), "eval"), table)


def _matched(calculation: Calculation, table: Table, env: Env) -> dict[str, Column]:
    """Return the named groups of a regular expression; where it does not match, the field as it was."""
    try:
        pattern = compile_pattern(calculation.expression)
    except PatternError as error:
        raise env.error("rex", f"Regex: {error}") from error
    source = table.column(calculation.input_field or "_raw").compact()
    names = [item.name for item in calculation.outputs]
    cells: dict[str, list[Value]] = {name: [] for name in names}
    for value in source.values:
        match = None
        for one in elements(value):
            try:
                match = pattern.search(text_of(one))
            except PatternTimeoutError as error:
                env.warn_once(str(error))
            if match is not None:
                break
        groups = {} if match is None else match.groupdict()
        for name in names:
            cells[name].append(groups.get(name) or None)
    made = {}
    for name, values in cells.items():
        column = spread(values, source.codes)
        before = table.find(name)
        made[name] = column if before is None else choose(column.present, column, before)
    return made


def _placed(calculation: Calculation, table: Table, env: Env) -> dict[str, Column]:
    """Return what `iplocation` says of an address; outputs are paired with `City`, `Country`, `Region`, `lat`, `lon`."""
    address = table.column(calculation.input_field)
    places = env.run_text("iplocation address", Table(table.length, {"address": address}))
    named = {field: column for column, field in calculation.lookup_outputs}
    return {item.name: places.column(named.get(item.name, item.name)) for item in calculation.outputs}


def _found(calculation: Calculation, table: Table, env: Env) -> dict[str, Column]:
    """Return the columns of a lookup; a lookup that no app defines gives nothing, and the user is told."""
    lookup = env.knowledge.lookup(calculation.lookup)
    names = [item.name for item in calculation.outputs]
    columns = {field: column for column, field in calculation.lookup_outputs}
    if lookup is None:
        env.warn_once(f"The lookup '{calculation.lookup}' of a data model does not exist.")
        return {name: table.column(name) for name in names}
    found = looked_up(table, lookup, calculation.lookup_inputs, [columns.get(name, name) for name in names])
    made = {}
    for name in names:
        column, before = found[columns.get(name, name)], table.find(name)
        made[name] = column if before is None else choose(column.present, column, before)
    return made
