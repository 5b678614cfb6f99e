"""A search laid out to be read: one pipe a line, long stages wrapped, subsearches indented.

Only white space changes: words, quotes, macros and comments stay as the author wrote them, so the tree stays the same
(that is checked on every run). A text with syntax errors is returned as it is. Formatting twice changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.spl.ast import GenericCommand, MacroCommand, UnknownCommand
from generator.spl.parser import parse
from generator.spl.structure import scan
from generator.spl.walk import equal, find

if TYPE_CHECKING:
    from generator.spl.structure import Segment, Stage, Structure
    from generator.spl.syntax import CommandTable

WIDTH = 100
"""Columns that a line should not exceed; a single long word may."""

_INDENT = 4

_PIECE = re.compile(
    r"""(?P<space>\s++)
      | (?P<comment>```(?!`).*?```(?!`))
      | (?P<whole>"(?:[^"\\]++|\\.)*+"|`[^`]++`)
      | (?P<quoted>'(?:[^'|\n]++|\|(?!\s))*+')
      | (?P<open>[(\[])
      | (?P<close>\))
      | (?P<comma>,)
      | (?P<other>(?:[^\s"`'()\[\],\\]++|\\["|\\]?+|['`\]])+?(?=[\s"`'()\[,]|$))""",
    re.VERBOSE | re.DOTALL,
)

_CASE = re.compile(r"(?i)(?<![\w.])case\s*\($")

_CLAUSES: dict[str, frozenset[str]] = {
    "tstats": frozenset({"from", "where", "by", "groupby"}),
    "mstats": frozenset({"from", "where", "by", "groupby"}),
    "stats": frozenset({"by"}),
    "eventstats": frozenset({"by"}),
    "streamstats": frozenset({"by"}),
    "sistats": frozenset({"by"}),
    "chart": frozenset({"over", "by"}),
    "timechart": frozenset({"by"}),
    "lookup": frozenset({"output", "outputnew"}),
    "inputlookup": frozenset({"where"}),
}
"""Words that begin a new line when their command does not fit on one."""

_BREAK_AFTER_COMMA = frozenset({"eval", "rename"})
_SPLIT_COMMAS = frozenset(
    {"eval", "where", "stats", "eventstats", "streamstats", "table", "fields", "rename", "dedup", "sort", "lookup", "fillnull", "chart", "timechart"}
)  # fmt: skip
"""Commands in which a comma without a blank parts two things (in search terms it may belong to a value)."""

_STATS = frozenset({"stats", "eventstats", "streamstats", "sistats", "chart", "timechart", "sichart", "sitimechart"})
"""Commands in which parentheses are kept as they are written: what is between them may name the result."""

_LOGICAL = frozenset({"and", "or", "not", "xor"})
_EVALUATES = frozenset({"eval", "where", "fieldformat"})
_HOLDS_NEXT = _LOGICAL | frozenset(
    {"=", "==", "!=", "<", ">", "<=", ">=", "as", "in", "like", "-", "+", "*", "/", ".", "%"}
)
_HELD = frozenset({"=", "==", "!=", "<", ">", "<=", ">=", "as", "in", "like", ")", "),", ","})


@dataclass(slots=True)
class _Atom:
    """What is never broken: a word, a string, a comment, or a subsearch (`segment`).

    `glued`: no blank before it. `own_line`: a line of the text begins with it. `pair`: the second half of a condition and
    its value in `case`; `next_pair`: the first half of one.
    """

    text: str
    glued: bool
    depth: int
    segment: Segment | None = None
    own_line: bool = False
    pair: bool = False
    next_pair: bool = False

    @property
    def comment(self) -> bool:
        return self.text.startswith("```")


def format_spl(text: str, commands: CommandTable) -> str:
    """Lay a search out; text with syntax errors is returned as it is.

    Returns:
        The text with other white space; a line end behind it is kept.
    """
    before = parse(text, commands)
    if before.errors:
        return text
    end = "\n" if text.endswith("\n") else ""
    verbatim = {node.start for node in find(before.tree, GenericCommand, UnknownCommand, MacroCommand)}
    for whole_parens in (False, True):
        structure = scan(text, commands)
        laid = (
            "\n".join(_Layout(text, structure, verbatim, whole_parens=whole_parens).pipeline(structure.segments[-1], 0))
            + end
        )
        after = parse(laid, commands)
        if not after.errors and equal(after.tree, before.tree):
            return laid
    return text


class _Layout:
    """Lays the stages of one text out."""

    def __init__(self, text: str, structure: Structure, verbatim: set[int], *, whole_parens: bool) -> None:
        self._text = text
        self._segments = structure.segments
        self._verbatim = verbatim
        self._whole_parens = whole_parens

    def pipeline(self, segment: Segment, indent: int) -> list[str]:
        """Return the lines of a pipeline."""
        lines: list[str] = []
        for number, stage in enumerate(segment.stages):
            pipe = number > 0
            if number == 0 and len(segment.stages) > 1 and not self._text[stage.start : stage.end].strip():
                continue
            lines.extend(self._stage(stage, indent, pipe=pipe))
        return lines

    def _stage(self, stage: Stage, indent: int, *, pipe: bool) -> list[str]:
        text = self._text
        margin = " " * indent
        lead = f"{margin}| " if pipe else margin
        name = text[stage.name_start : stage.name_end].lower()
        if stage.name_start in self._verbatim:
            return f"{lead}{text[stage.start : stage.end].strip()}".split("\n")
        atoms = self._atoms(stage, name)
        if not atoms:
            return [lead.rstrip()]
        above = [] if pipe else _comments_above(atoms)
        behind = _comments_behind(atoms[len(above) :])
        atoms = atoms[len(above) : len(atoms) - len(behind)]
        lines = [line for comment in above for line in f"{margin}{comment.text}".split("\n")]
        lines += self._laid(atoms, lead, indent, name, stage)
        for comment in behind:
            shown = comment.text.split("\n")
            if comment.own_line or len(lines[-1]) + 1 + len(shown[0]) > WIDTH:
                lines.append(margin + shown[0])
            else:
                lines[-1] += f" {shown[0]}"
            lines += shown[1:]
        return lines

    def _laid(self, atoms: list[_Atom], lead: str, indent: int, name: str, stage: Stage) -> list[str]:
        """Return the lines of a stage without the comments around it."""
        first = 0
        while first < len(atoms) - 1 and atoms[first].comment:
            first += 1
        named = stage.name_end > stage.name_start and atoms[first].text.lower() == name
        flat = self._flat(atoms)
        if flat is not None and len(lead) + len(flat) <= WIDTH and "\n" not in flat:
            return [lead + flat]
        hanging = len(lead) + len(self._flat(atoms[: first + 1]) or "") + 1 if named else indent + _INDENT
        if hanging > indent + 16:
            hanging = indent + _INDENT
        return _Filler(self, lead, indent, hanging, name).fill(atoms, first if named else -1)

    def _flat(self, atoms: list[_Atom]) -> str | None:
        """Return the atoms on one line, or None where a subsearch needs lines of its own."""
        parts: list[str] = []
        for number, atom in enumerate(atoms):
            if number and not atom.glued:
                parts.append(" ")
            if atom.segment is None:
                parts.append(atom.text)
                continue
            inline = self.inline(atom.segment)
            if inline is None:
                return None
            parts.append(inline)
        return "".join(parts)

    def inline(self, segment: Segment) -> str | None:
        """Return a subsearch of one stage on one line, or None for a longer one."""
        stages = [stage for stage in segment.stages if self._text[stage.start : stage.end].strip()]
        if len(stages) != 1:
            return None
        lines = self.pipeline(segment, 0)
        return f"[{lines[0]}]" if len(lines) == 1 else None

    def _atoms(self, stage: Stage, name: str) -> list[_Atom]:
        text, end = self._text, stage.end
        atoms: list[_Atom] = []
        words: list[str] = []
        depth = word_depth = 0
        glued = word_glued = broken = own_line = False
        split_commas = name in _SPLIT_COMMAS
        whole = self._whole_parens or name in _STATS
        commas: list[int | None] = []
        state = _Atom("", glued=False, depth=0)

        def finish() -> None:
            if words:
                atoms.append(_Atom("".join(words), word_glued, word_depth, None, own_line, state.pair, state.next_pair))
                state.pair = state.next_pair = False
                words.clear()

        pos = stage.start
        while pos < end:
            match = _PIECE.match(text, pos, end)
            kind = match.lastgroup if match is not None else "other"
            piece = match.group() if match is not None else text[pos]
            start, pos = pos, pos + len(piece)
            if kind == "space" and not (whole and depth > 0 and words):
                finish()
                glued = False
                broken = broken or "\n" in piece
                continue
            if kind == "comment":
                finish()
                atoms.append(_Atom(piece, glued=False, depth=depth, own_line=broken))
                glued = broken = False
                continue
            if kind == "open" and piece == "[" and start in self._segments:
                finish()
                segment = self._segments[start]
                atoms.append(_Atom("", glued, depth, segment))
                pos = min(segment.end + 1, end)
                glued, broken = True, False
                continue
            if not words:
                word_glued, word_depth = glued, depth
                own_line, broken = broken, False
            words.append(piece)
            glued = True
            if kind == "open":
                depth += 1
                commas.append(0 if _CASE.search("".join(words)) is not None else None)
            elif kind == "close":
                depth = max(0, depth - 1)
                commas = commas[:-1]
            elif kind == "comma":
                counted = commas[-1] if commas else None
                if counted is not None:
                    commas[-1] = counted + 1
                if split_commas and not (whole and depth > 0):
                    finish()
                    glued = False
                    if counted is not None:
                        state.pair, state.next_pair = counted % 2 == 0, counted % 2 == 1
        finish()
        return atoms


def _comments_above(atoms: list[_Atom]) -> list[_Atom]:
    """Return the comments in front of the first word that stand on lines of their own."""
    count = 0
    while count + 1 < len(atoms) and atoms[count].comment and atoms[count + 1].own_line:
        count += 1
    return atoms[:count]


def _comments_behind(atoms: list[_Atom]) -> list[_Atom]:
    """Return the comments behind the last word."""
    count = len(atoms)
    while count > 1 and atoms[count - 1].comment:
        count -= 1
    return atoms[count:]


class _Filler:
    """Puts the atoms of one stage on lines."""

    def __init__(self, layout: _Layout, lead: str, indent: int, hanging: int, name: str) -> None:
        self._layout = layout
        self._indent = indent
        self._hanging = hanging
        self._clauses = _CLAUSES.get(name, frozenset())
        self._commas = name in _BREAK_AFTER_COMMA
        self._cases: list[tuple[int, bool]] = []
        self._evaluates = name in _EVALUATES
        self._lines: list[str] = []
        self._lead = self._line = lead
        self._empty = True
        self._margin = hanging

    def fill(self, atoms: list[_Atom], named: int) -> list[str]:
        """Return the lines; `named` is the place of the command's name among the atoms (-1: implied)."""
        for number, atom in enumerate(atoms):
            previous = atoms[number - 1] if number else None
            while self._cases and self._cases[-1][0] > atom.depth:
                self._cases.pop()
            if previous is not None and not atom.glued and number > named + 1:
                if self._begins_line(previous, atom):
                    self._break(self._hanging)
                elif not self._held(previous, atom):
                    margin = self._margin + _INDENT * min(atom.depth, 2)
                    if not self._lead.strip() and all(before.comment for before in atoms[:number]):
                        margin = self._indent  # a comment too long for the search to begin behind it stands above
                    if (atom.next_pair and self._one_a_line(atoms, number)) or not self._has_room(
                        atoms, number, margin
                    ):
                        self._break(margin)
            if not atom.glued and not self._empty:
                self._line += " "
            if atom.segment is None:
                *done, last = atom.text.split("\n")
                for part in done:
                    self._lines.append(self._line + part)
                    self._line = ""
                self._line += last
            else:
                self._subsearch(atom.segment)
            self._empty = False
        self._lines.append(self._line)
        return [line.rstrip() for line in self._lines]

    def _begins_line(self, previous: _Atom, atom: _Atom) -> bool:
        if atom.depth:
            return False
        if atom.text.lower() in self._clauses:
            self._margin = self._hanging + _INDENT
            return True
        return self._commas and previous.text.endswith(",")

    def _one_a_line(self, atoms: list[_Atom], number: int) -> bool:
        """Whether each pair of a `case` has a line of its own: where its second pair finds that the others do not fit."""
        depth = atoms[number].depth
        if not self._cases or self._cases[-1][0] != depth:
            width = len(self._line)
            while number < len(atoms) and width <= WIDTH and atoms[number].depth >= depth:
                width += len(atoms[number].text) + (not atoms[number].glued)
                number += 1
            self._cases.append((depth, width > WIDTH))
        return self._cases[-1][1]

    def _has_room(self, atoms: list[_Atom], number: int, margin: int) -> bool:
        """Whether an atom may stand on the line: with all that belongs to it, or where no line takes that, alone.

        `AND` and `OR` never part from what follows.
        """
        group = self._width(atoms, number, groups=True)
        if margin + group > WIDTH and atoms[number].text.lower() not in _LOGICAL:
            group = self._width(atoms, number, groups=False)
        return len(self._line) + 1 + group <= WIDTH

    def _width(self, atoms: list[_Atom], number: int, *, groups: bool) -> int:
        """Return the width of an atom with all that is glued to it or held by it (more than WIDTH: no matter how much).

        `groups`: and what stands in the parentheses that it opens.
        """
        depth = atoms[number].depth
        width = 0
        while width <= WIDTH:
            atom = atoms[number]
            if atom.segment is not None:
                inline = self._layout.inline(atom.segment)
                width += 1 if inline is None else len(inline)
            else:
                width += len(atom.text.partition("\n")[0])
            number += 1
            if number >= len(atoms):
                break
            after = atoms[number]
            if not (after.glued or self._held(atom, after) or (groups and (after.depth > depth or after.pair))):
                break
            width += not after.glued
        return width

    def _held(self, previous: _Atom, atom: _Atom) -> bool:
        word = previous.text.lower()
        if word in _HOLDS_NEXT or word in self._clauses or atom.text.lower() in _HELD or word.endswith(("=", "<", ">")):
            return True
        # `like (a, b)`: a function and its arguments.
        return self._evaluates and atom.text.startswith("(") and word.lstrip("(").isidentifier()

    def _break(self, margin: int) -> None:
        if self._empty:
            return
        self._lines.append(self._line)
        self._line = " " * margin
        self._empty = True

    def _subsearch(self, segment: Segment) -> None:
        inline = self._layout.inline(segment)
        if inline is not None and len(self._line) + len(inline) <= WIDTH:
            self._line += inline
            return
        self._lines.append(self._line + "[")
        self._lines.extend(self._layout.pipeline(segment, self._indent + _INDENT))
        self._line = " " * self._indent + "]"
