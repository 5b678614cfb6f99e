"""What a function takes and gives: the record that checking, documentation and the engine share."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.engine.contracts import Aggregate, Builder
    from generator.spl.ast import Call


class Kind(StrEnum):
    """The kind of a value, as far as it is certain."""

    ANY = "any"
    BOOL = "Boolean"
    NUMBER = "number"
    STRING = "string"
    MULTIVALUE = "multivalue"


class Place(StrEnum):
    """Where a function may be called."""

    EVAL = "eval expression"
    STATS = "aggregation"


@dataclass(frozen=True, slots=True)
class FunctionSignature:
    """One function of SPL.

    `max_args` None = any number; `step` 2 = arguments come in pairs behind the first `min_args - step`. `args` are the
    kinds of the arguments, the last one for all that follow. `only`: the commands that have the aggregation ("" = all).

    How it runs: `call` is a function of plain values, which the engine coerces to `args` first (a number argument that is
    no number, and an absent one, make the result null without a call, unless `takes_null`). `each`: a multivalue in the
    first argument means once for each value, of a condition: for any. `build` takes the tree instead and makes the closure,
    for functions that decide which arguments to look at. `aggregate` is for aggregations. None of them: known, checked and
    documented, but not run.
    """

    name: str
    min_args: int
    max_args: int | None
    args: tuple[Kind, ...]
    result: Kind
    summary: str
    place: Place = Place.EVAL
    aliases: tuple[str, ...] = ()
    step: int = 1
    only: tuple[str, ...] = ()
    call: Callable[..., Any] | None = field(default=None, repr=False)
    build: Callable[[Call, Builder], Callable[[tuple[Any, ...]], Any]] | None = field(default=None, repr=False)
    takes_null: bool = False
    each: bool = False
    aggregate: Aggregate | None = field(default=None, repr=False)

    def kind_of(self, position: int) -> Kind:
        """Return the kind of the argument at a 0-based position."""
        if not self.args:
            return Kind.ANY
        return self.args[min(position, len(self.args) - 1)]

    @property
    def takes(self) -> str:
        """How many arguments it takes, in words."""
        if self.max_args is None:
            pairs = " in pairs" if self.step == 2 else ""
            return f"at least {self.min_args} argument{'s' if self.min_args != 1 else ''}{pairs}"
        if self.min_args == self.max_args:
            return (
                "no argument" if self.max_args == 0 else f"{self.max_args} argument{'s' if self.max_args != 1 else ''}"
            )
        return f"{self.min_args} to {self.max_args} arguments"
