"""Tables for terminals, drawn by rich: a frame where the columns fit, a block a row where they do not.

Cells come as lists of lines that are safe to print; nothing in them is taken for markup.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType


def boxed(titles: list[str], cells: list[list[list[str]]], *, color: bool, width: int) -> str:
    """Return a table with a frame; long cells are folded."""
    boxed = Table(box=box.ROUNDED, header_style="bold cyan", border_style="dim", pad_edge=True)
    for place, title in enumerate(titles):
        numeric = all(_is_number(line) for row in cells for line in row[place])
        boxed.add_column(Text(title), justify="right" if numeric else "left", overflow="fold")
    for row in cells:
        boxed.add_row(*(Text("\n".join(cell)) for cell in row))
    return _drawn(boxed, color=color, width=width)


def records(titles: list[str], cells: list[list[list[str]]], *, color: bool, width: int) -> str:
    """Return a block a row: a table with so many columns could not be read."""
    parts: list[str] = []
    for number, row in enumerate(cells, 1):
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="bold cyan", no_wrap=True)
        grid.add_column(overflow="fold")
        for title, cell in zip(titles, row, strict=True):
            if cell:
                grid.add_row(Text(title), Text("\n".join(cell)))
        rule = Rule(Text(f"{number}"), style="dim", align="left")
        parts.append(_drawn(rule, color=color, width=width) + _drawn(Padding(grid, (0, 1)), color=color, width=width))
    return "".join(parts)


def _drawn(thing: RenderableType, *, color: bool, width: int) -> str:
    out = io.StringIO()
    Console(
        file=out, width=width, force_terminal=color, no_color=not color, color_system="standard" if color else None
    ).print(thing)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
