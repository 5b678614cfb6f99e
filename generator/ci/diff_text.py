"""An `AppDiff` becomes text for a terminal or a log: changed keys only, searches as aligned lines.

All texts of the content go through `visible`: nothing in a search can move a cursor or forge a command of a CI log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.ci.outline import outline
from generator.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.ci.aligned import Pair
    from generator.ci.diffmodel import AppDiff
    from generator.ci.outline import Entry, Fact
    from generator.spl.syntax import CommandTable

_COLORS = {"+": "\x1b[32m", "-": "\x1b[31m", ">": "\x1b[36m", "~": "\x1b[33m", "#": "\x1b[1m", ".": "\x1b[2m"}
_RESET = "\x1b[0m"
_CONTEXT = 2
_MAX_LINES = 400


def render(diff: AppDiff, commands: CommandTable, *, color: bool = False) -> str:
    """Return the diff as text that ends with a line end."""
    told = outline(diff, commands)
    lines = [_paint("#", visible(told.headline), color)]
    lines += [f"  {visible(count)}" for count in told.counts]
    for section in told.sections:
        lines += ["", _paint("#", visible(section.title), color)]
        for entry in section.entries:
            lines += _entry(entry, color)
    lines += [f"note: {visible(note)}" for note in told.notes]
    return "\n".join(lines) + "\n"


def _entry(entry: Entry, color: bool) -> Iterator[str]:  # noqa: FBT001 - passed on
    remark = f" ({visible(entry.remark)})" if entry.remark else ""
    path = _paint(".", f"  {visible(entry.path)}", color) if entry.path else ""
    yield f"{_paint(entry.sign, f'{entry.sign} {visible(entry.title)}', color)}{remark}{path}"
    for name in entry.names:
        yield f"      {visible(name)}"
    for fact in entry.facts:
        yield from (f"    {line}" for line in _fact(fact, color))
    for label, pairs in entry.spl:
        yield f"    {visible(f'{label}:')}"
        yield from (f"      {line}" for line in _limited(_pairs(pairs, color)))


def _fact(fact: Fact, color: bool) -> Iterator[str]:  # noqa: FBT001 - passed on
    label = visible(f"{fact.label}:")  # with the colon: a label of one would begin a line with two
    if fact.before is not None and fact.after is not None:
        if len(fact.before) + len(fact.after) <= 100:
            yield f"{label} {visible(fact.before)} -> {visible(fact.after)}"
        else:
            yield label
            yield _paint("-", f"  - {visible(fact.before)}", color)
            yield _paint("+", f"  + {visible(fact.after)}", color)
    elif fact.before is not None:
        yield _paint("-", f"- {label} {visible(fact.before)}", color)
    elif fact.after is not None:
        yield _paint("+", f"+ {label} {visible(fact.after)}", color)
    else:
        yield f"{label} only its layout changes"


def _pairs(pairs: Iterable[Pair], color: bool) -> Iterator[str]:  # noqa: FBT001 - passed on
    for line in unified(pairs):
        sign = line[0] if line[0] in "+-" else "."
        yield _paint(sign, visible(line), color) if sign != "." else visible(line)


def unified(pairs: Iterable[Pair]) -> Iterator[str]:
    """Yield aligned lines one below the other, as in a unified diff: `- `, `+ ` or two blanks first; far context is left out."""
    listed = list(pairs)
    near = {
        place
        for number, pair in enumerate(listed)
        if not pair.same
        for place in range(number - _CONTEXT, number + _CONTEXT + 1)
    }
    skipped = False
    block: list[Pair] = []
    for number, pair in enumerate([*listed, None]):
        if pair is not None and not pair.same:
            block.append(pair)
            continue
        yield from (f"- {each.before}" for each in block if each.before is not None)
        yield from (f"+ {each.after}" for each in block if each.after is not None)
        block.clear()
        if pair is None:
            continue
        if number in near:
            if skipped:
                yield "  …"
            skipped = False
            yield f"  {pair.after}"
        else:
            skipped = True


def _limited(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == _MAX_LINES:
            yield "… (cut here)"
            return
        yield line


def _paint(kind: str, text: str, color: bool) -> str:  # noqa: FBT001 - passed on
    return f"{_COLORS[kind]}{text}{_RESET}" if color else text
