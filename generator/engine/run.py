"""A search text becomes a result: macros expanded, parsed, checked, run, and its rows written as texts."""

from __future__ import annotations

import time
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.engine.env import Message
from generator.engine.values import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from generator.engine.env import Env, Stage, Watch
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.ast import Pipeline
    from generator.spl.errors import SplError

RowText = dict[str, str | list[str]]


@dataclass(frozen=True)
class Result:
    """What a search gave.

    `table` holds the values as they are; `rows` are texts, or lists of texts for multivalues, with absent fields left out,
    as Splunk's REST API gives them. `stages` are the commands that ran, in order.
    """

    table: Table
    told: tuple[Message, ...] = ()
    stages: tuple[Stage, ...] = ()
    seconds: float = field(default=0.0, compare=False)
    warnings: Callable[[], Iterable[str]] = field(default=tuple, compare=False)

    @property
    def messages(self) -> tuple[Message, ...]:
        """What the user should know: what commands said (`told`), and what extraction had to leave out (`warnings`).

        Fields are cut when they are asked for, so reading `rows` may add to it.
        """
        return (*self.told, *(Message("WARN", text) for text in self.warnings()))

    @cached_property
    def fields(self) -> list[str]:
        """The names of the columns in order."""
        return self.table.names()

    @cached_property
    def rows(self) -> list[RowText]:
        """The rows as texts."""
        return [{name: written(value) for name, value in row.items()} for row in self.table.rows(self.fields)]

    def __len__(self) -> int:
        return self.table.length


def written(value: Value) -> str | list[str]:
    """Return a cell as text, or several as list of texts."""
    if isinstance(value, tuple):
        return [text_of(one) for one in value]
    return "" if value is None else text_of(value)


def run_search(
    env: Env, check: Callable[[Pipeline], list[SplError]], table: Table | None, watch: Watch | None = None
) -> Result:
    """Run the text of an environment; `check` finds calls that cannot be right, `table` are rows handed in.

    `watch` is shown each command with the rows before and after it.

    Raises:
        SearchError: the search is wrong.
        UnsupportedSpl: this engine cannot run it.
    """
    started = time.perf_counter()
    tree = env.parsed()
    errors = check(tree)
    if errors:
        raise env.syntax_error(errors[0])
    stages: list[Stage] = []
    found = env.run(tree, table, stages, watch)
    return Result(found, tuple(env.messages), tuple(stages), time.perf_counter() - started)
