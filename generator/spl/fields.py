"""Which fields exist after each command: the state that flows through a pipeline, and what a command says of it.

The rule that keeps this honest: never a false alarm from not knowing. A state is *open* when fields may exist that are
not listed (raw events, an unknown macro or command, a lookup whose columns are not known). Only of a closed state can
one say that a field is not there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.spl.ast import Pipeline


@dataclass(frozen=True, slots=True)
class FieldState:
    """The fields that may exist at one point of a pipeline.

    `names`: fields known to be there (some events may lack them). `patterns`: wildcards of fields that may be there
    (`annotations.*`). `open`: any other field may be there too. `dropped`: fields that were there and are gone, with
    the name and offset of the command that dropped them; kept only to explain.
    """

    names: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()
    open: bool = True
    dropped: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def may_have(self, name: str) -> bool:
        """Whether a field of this name can exist (a name with `*` asks whether any such field can)."""
        if name in self.names:
            return True
        if self.open and name not in self.dropped:
            return True
        if any(fnmatchcase(name, pattern) for pattern in self.patterns):
            return True
        return "*" in name and (self.open or any(fnmatchcase(known, name) for known in self.names))

    def add(self, names: Iterable[str]) -> FieldState:
        """Return the state with more fields."""
        added = frozenset(names)
        if not added or added <= self.names:
            return self
        dropped = self.dropped
        if any(name in dropped for name in added):
            dropped = {name: by for name, by in dropped.items() if name not in added}
        return FieldState(self.names | added, self.patterns, self.open, dropped)

    def add_patterns(self, patterns: Iterable[str]) -> FieldState:
        """Return the state with more wildcard patterns of fields that may exist."""
        more = (*self.patterns, *(p for p in patterns if p not in self.patterns))
        return FieldState(self.names, more, self.open, self.dropped)

    def opened(self) -> FieldState:
        """Return the state after something that may create any field."""
        return self if self.open and not self.dropped else FieldState(self.names, self.patterns)

    def merged(self, other: FieldState) -> FieldState:
        """Return the state of rows of which some came this way and some the other (`append`, `join`, `union`)."""
        names = self.names | other.names
        patterns = (*self.patterns, *(p for p in other.patterns if p not in self.patterns))
        dropped = {name: by for name, by in self.dropped.items() if name not in names}
        return FieldState(names, patterns, self.open or other.open, {} if other.open else dropped)

    def remove(self, names: Iterable[str], *, command: str, offset: int) -> FieldState:
        """Return the state without these fields (wildcards allowed)."""
        exact: list[str] = []
        wild: list[str] = []
        for name in names:
            (wild if "*" in name else exact).append(name)
        gone = {name for name in exact if name in self.names or self.open}
        gone.update(name for name in self.names if any(fnmatchcase(name, pattern) for pattern in wild))
        if not gone:
            return self
        dropped = {**self.dropped, **dict.fromkeys(gone, (command, offset))}
        return FieldState(self.names - gone, self.patterns, self.open, dropped)

    def only(self, names: Iterable[str], *, command: str, offset: int, patterns: Iterable[str] = ()) -> FieldState:
        """Return a closed state with just these fields; everything else counts as dropped by `command`."""
        kept = frozenset(names)
        dropped = {**self.dropped, **dict.fromkeys(self.names - kept, (command, offset))}
        for name in kept:
            dropped.pop(name, None)
        return FieldState(names=kept, patterns=tuple(patterns), open=False, dropped=dropped)


class FieldUse(NamedTuple):
    """A field that a command reads: its name and place, and the state it met.

    `optional` uses are no error when absent (`fields`, `table`, `fillnull`, isnull tests).
    """

    name: str
    start: int
    end: int
    command: str
    state: FieldState
    optional: bool = False


class FlowEnv(Protocol):
    """What a command may ask while fields flow through it (implemented by `generator.analysis.fieldflow`)."""

    def use(self, name: str, start: int, end: int, state: FieldState, *, optional: bool = False) -> None:
        """Record that the command reads a field."""

    def subsearch(self, pipeline: Pipeline) -> FieldState:
        """Return the fields that a subsearch ends with (its own uses are recorded on the way)."""

    def continue_with(self, pipeline: Pipeline, state: FieldState) -> FieldState:
        """Return the fields after running a pipeline on the rows of `state` (`appendpipe`, `foreach`)."""

    def datamodel_fields(self, model: str, dataset: str | None) -> frozenset[str] | None:
        """Return the fields of a data-model dataset without prefix (inherited ones too), or None when it is unknown."""

    def lookup_fields(self, name: str) -> frozenset[str] | None:
        """Return the columns of a lookup, or None when they are not known."""
