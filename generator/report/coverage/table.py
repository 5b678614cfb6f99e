"""Coverage as text: a line a tactic with a bar, then what needs a look. Plain characters where there is no terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.report.visible import visible

if TYPE_CHECKING:
    from generator.analysis.coverage import Coverage

_BAR = 20
_BOLD, _DIM, _GREEN, _END = "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[0m"


def coverage_table(coverage: Coverage, *, color: bool = False, gaps: bool = False, max_width: int | None = None) -> str:
    """Return the table. `gaps` adds the techniques of each tactic that nothing covers.

    Where a line has more than `max_width` cells, the bar goes first, then the columns from the right.
    """
    rows = [
        (
            tactic.tactic.name,
            _bar(tactic.covered, tactic.total, color=color),
            f"{tactic.covered:,}/{tactic.total:,}",
            f"{tactic.tested:,}",
            f"{tactic.sub_covered:,}/{tactic.sub_total:,}",
            f"{tactic.detections:,}",
        )
        for tactic in coverage.tactics
    ]
    head = ("tactic", " " * _BAR, "techniques", "tested", "sub-techniques", "detections")
    widths = [max([len(head[0]), *(len(row[0]) for row in rows)]), *(max(len(title), 6) for title in head[1:])]
    columns = _fitting(widths, max_width)
    lines = [_styled(_line(head, widths, columns), _BOLD, color=color)]
    lines += [_line((row[0], "\0", *row[2:]), widths, columns).replace("\0" + " " * (_BAR - 1), row[1]) for row in rows]
    total = len(coverage.techniques)
    share = coverage.covered / total if total else 0
    lines.append("")
    lines.append(
        f"ATT&CK {coverage.attack_version}: {coverage.covered:,} of {total:,} techniques ({share:.0%}), "
        f"{coverage.tested:,} of them by detections with tests"
    )
    if coverage.unmapped:
        lines.append(
            "1 detection has no technique of this version"
            if len(coverage.unmapped) == 1
            else f"{len(coverage.unmapped):,} detections have no technique of this version"
        )
    for name, detections in coverage.unknown:
        lines.append(f"{visible(name)} is no technique of this version: {_naming(len(detections))}")
    if gaps:
        for tactic in coverage.tactics:
            missing = [entry.technique for entry in tactic.techniques if not entry.level]
            lines += ["", _styled(f"{tactic.tactic.name}: nothing covers", _BOLD, color=color)]
            lines += [f"  {technique.id}  {technique.name}" for technique in missing]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _naming(count: int) -> str:
    return "1 detection names it" if count == 1 else f"{count:,} detections name it"


def _bar(part: int, whole: int, *, color: bool) -> str:
    filled = round(_BAR * part / whole) if whole else 0
    if part and not filled:
        filled = 1
    if color:
        return f"{_GREEN}{'█' * filled}{_END}{_DIM}{'░' * (_BAR - filled)}{_END}"
    return "#" * filled + "." * (_BAR - filled)


def _fitting(widths: list[int], max_width: int | None) -> list[int]:
    """Return the columns that are shown; the tactic and its techniques always are."""
    columns = list(range(len(widths)))
    while max_width is not None and len(columns) > 2 and sum(widths[at] + 2 for at in columns) - 2 > max_width:
        columns.remove(1 if 1 in columns else columns[-1])
    return columns


def _line(cells: tuple[str, ...], widths: list[int], columns: list[int]) -> str:
    return "  ".join(cells[at].ljust(widths[at]) if at < 2 else cells[at].rjust(widths[at]) for at in columns)


def _styled(text: str, style: str, *, color: bool) -> str:
    return f"{style}{text}{_END}" if color else text
