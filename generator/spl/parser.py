"""Text and a table of commands to a typed tree and all errors.

Each stage of the pipeline is parsed on its own by its command; a stage that does not parse becomes a `BrokenCommand`
and the others are still checked. A stage with a macro call that was left in place is never called broken: what the
macro stands for is not known, so its text is kept (`GenericCommand`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import closest
from generator.base.frozen import dataclass
from generator.spl.ast import (
    BrokenCommand,
    Command,
    GenericCommand,
    MacroCall,
    MacroCommand,
    Pipeline,
    PlaceholderCommand,
    Subsearch,
    UnknownCommand,
)
from generator.spl.errors import SplError, SplSyntaxError
from generator.spl.macrocalls import read_call
from generator.spl.reader import ArgReader
from generator.spl.structure import Segment, Stage, scan
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.ast import Expr, Term
    from generator.spl.syntax import CommandTable

_EXPRESSION = CommandSpec(name="expression", kind=CommandKind.STREAMING, summary="an eval expression")
_TERMS = CommandSpec(name="terms", kind=CommandKind.STREAMING, summary="search terms")
_PLACEHOLDER = re.compile(r"%\w+%\s*+")
_MACRO = re.compile(r"`[^`]++`")
_BLANK = re.compile(r"\s*+")
_NOT_A_COMMAND = re.compile(r"\s*+(?:[=!>]=?|<(?!<)=?|::|\)|[Ii][Nn]\s*+\(|(?:AND|OR)\s)|[^\s\[(|`\"$]")
_COMPARED = re.compile(r"\s*+(?:[=!>]=?|<(?!<)=?|::)")
_SMART = "\u2018\u2019\u201c\u201d"


@dataclass(frozen=True, slots=True)
class ParseResult:
    """The tree of a search and everything that is wrong with it, in the order of the text.

    `comments` are the places of the comments (with their backticks).
    """

    tree: Pipeline
    errors: tuple[SplError, ...]
    comments: tuple[tuple[int, int], ...] = ()


def parse(text: str, commands: CommandTable) -> ParseResult:
    """Parse a search, or the part of one that a macro holds. Never raises for bad input."""
    structure = scan(text, commands)
    parser = StageParser(structure.text, structure.segments, structure.broken, commands)
    parser.errors = structure.errors
    tree = parser.pipeline(structure.segments[-1])
    errors = parser.errors
    if len(errors) > 1:
        if any(error.kind == "unbalanced-bracket" for error in errors):
            # A subsearch that is missing is the one whose bracket is.
            errors = [error for error in errors if error.kind != "expected" or "subsearch" not in error.message]
        errors.sort(key=lambda error: (error.start, error.end))
    return ParseResult(tree, tuple(errors), structure.comments)


@dataclass(frozen=True, slots=True)
class PartResult:
    """A part of a search that stands alone: its node (None when it does not parse) and what is wrong with it."""

    node: Expr | Term | None
    errors: tuple[SplError, ...]


def parse_expression(text: str, commands: CommandTable) -> PartResult:
    """Parse an eval expression that stands alone: a calculated field, an `iseval` macro. Never raises for bad input."""
    return _part(text, commands, expression=True)


def parse_terms(text: str, commands: CommandTable) -> PartResult:
    """Parse search terms that stand alone: an event type, a dataset's constraint. Never raises for bad input."""
    return _part(text, commands, expression=False)


def _part(text: str, commands: CommandTable, *, expression: bool) -> PartResult:
    structure = scan(text, commands, expression=expression)
    parser = StageParser(structure.text, structure.segments, structure.broken, commands)
    parser.errors = structure.errors
    if parser.errors:
        return PartResult(None, tuple(parser.errors))
    reader = ArgReader(parser, _EXPRESSION if expression else _TERMS, 0, 0, len(text.rstrip()))
    node: Expr | Term | None = None
    try:
        node = reader.expression() if expression else reader.terms()
        if node is None:
            raise reader.expected("a search term")
        reader.done()
    except SplSyntaxError as stopped:
        parser.report(stopped.error)
    return PartResult(None if parser.errors else node, tuple(parser.errors))


class StageParser:
    """Parses pipelines whose stages are known."""

    __slots__ = ("_broken", "_commands", "_segments", "depth", "errors", "text")

    def __init__(self, text: str, segments: dict[int, Segment], broken: int, commands: CommandTable) -> None:
        self.text = text
        self.depth = 0
        self.errors: list[SplError] = []
        self._segments = segments
        self._broken = broken
        self._commands = commands

    def report(self, error: SplError) -> None:
        """Note an error."""
        self.errors.append(error)

    def subsearch(self, opened: int, depth: int, *, continued: bool = False) -> Subsearch:
        """Parse the subsearch whose `[` is at an offset; `continued`: it goes on with rows, so it begins with a command."""
        segment = self._segments.get(opened)
        if segment is None:
            error = SplError("unbalanced-bracket", "this bracket belongs to no subsearch", opened, opened + 1)
            raise SplSyntaxError(error)
        before, self.depth = self.depth, depth + 3
        tree = self.pipeline(segment, opened, continued=continued)
        self.depth = before
        end = segment.end + 1 if self.text.startswith("]", segment.end) else len(self.text.rstrip())
        return Subsearch(opened, end, tree)

    def pipeline(self, segment: Segment, opened: int = -1, *, continued: bool = False) -> Pipeline:
        """Parse the stages of a segment."""
        stages = segment.stages
        commands: list[Command] = []
        leading = False
        last = len(stages) - 1
        for number, stage in enumerate(stages):
            if stage.start > self._broken:
                break
            if stage.name_start >= stage.end:
                if number == 0 and last > 0:
                    leading = True
                    continue
                self._empty(stage, number, last, opened)
                continue
            commands.append(self._stage(stage, first=number == 0 and not continued))
        return Pipeline(segment.start, segment.end, tuple(commands), leading)

    def _empty(self, stage: Stage, number: int, last: int, opened: int) -> None:
        if last == 0:
            if opened >= 0:
                self.report(
                    SplError(
                        "empty-stage",
                        "this subsearch is empty",
                        opened,
                        min(stage.end + 1, len(self.text)),
                        "put a search between the brackets",
                    )
                )
            else:
                self.report(SplError("empty-stage", "the search is empty", 0, stage.end, "write a search"))
            return
        pipe = stage.start - 1
        if number == last:
            self.report(SplError("empty-stage", "no command follows the last pipe", pipe, pipe + 1, "remove the pipe"))
        else:
            self.report(
                SplError(
                    "empty-stage", "no command stands between two pipes", pipe, stage.end + 1, "remove one of the pipes"
                )
            )

    def _stage(self, stage: Stage, *, first: bool) -> Command:
        text = self.text
        start, name_end = stage.name_start, stage.name_end
        end = stage.end
        while text[end - 1].isspace():
            end -= 1
        if end > self._broken:
            name = text[start:name_end].lower()
            return BrokenCommand(start, end, name, start, name_end, text[start:end])
        if name_end == start:
            return self._nameless(start, end, first=first)
        name = text[start:name_end].lower()
        spec = self._commands.get(name)
        if first and name != "search" and (spec is None or self._is_term(spec, name_end, end)):
            return self._implied(start, end)
        if spec is None:
            return self._unknown(name, start, name_end, end, stage.start - 1)
        return self._command(spec, start, name_end, end)

    def _is_term(self, spec: CommandSpec, name_end: int, end: int) -> bool:
        """Whether what looks like a command begins a term; `where in(field, ...)` calls a function, whatever it looks like."""
        match = _NOT_A_COMMAND.match(self.text, name_end, end)
        return match is not None and not (spec.eval_quotes and match[0].strip()[:2].lower() == "in")

    def _nameless(self, start: int, end: int, *, first: bool) -> Command:
        text = self.text
        char = text[start]
        if (
            char == "%"
            and (placeholder := _PLACEHOLDER.match(text, start, end)) is not None
            and placeholder.end() == end
        ):
            return PlaceholderCommand(start, end, "", start, start, text[start:end])
        if char == "]":  # closes nothing, which the structure has reported
            return BrokenCommand(start, end, "", start, start, text[start:end])
        if first:
            return self._implied(start, end)
        if char == "`" and (macro := _MACRO.match(text, start, end)) is not None:
            inside = text[start + 1 : macro.end() - 1]
            call = MacroCall(start, macro.end(), *read_call(inside), inside)
            return MacroCommand(start, end, "", start, start, call, text[start:end])
        if char in _SMART:
            error = SplError(
                "typographic-quote",
                "this is a typographic quote, which Splunk does not know",
                start,
                start + 1,
                'write `"`',
            )
        elif char in {"$", "<"}:
            return GenericCommand(start, end, "", start, start, text[start:end])
        else:
            error = SplError("expected", f"expected a command after the pipe, found `{char}`", start, start + 1)
        self.report(error)
        return BrokenCommand(start, end, "", start, start, text[start:end])

    def _implied(self, start: int, end: int) -> Command:
        spec = self._commands.get("search")
        if spec is None:
            return UnknownCommand(start, end, "search", start, start, self.text[start:end])
        return self._command(spec, start, start, end)

    def _unknown(self, name: str, start: int, name_end: int, end: int, pipe: int) -> Command:
        written = self.text[start:name_end]
        if pipe >= 0 and self.text[pipe] == "|" and _COMPARED.match(self.text, name_end, end) is not None:
            # From the pipe on, so that it is found there when a macro is what follows.
            message = f"a command must stand behind the pipe, and `{written}` begins a search term"
            hint = "remove the pipe, or write `search` behind it"
            self.report(SplError("unknown-command", message, pipe, name_end, hint))
            return UnknownCommand(start, end, name, start, name_end, self.text[name_end:end].strip())
        near = closest(name, self._commands)
        hint = (
            f"did you mean `{near[0]}`?"
            if near
            else "a command of another app is declared under `external_apps` in contentpack.yml"
        )
        self.report(SplError("unknown-command", f"unknown command `{written}`", start, name_end, hint))
        return UnknownCommand(start, end, name, start, name_end, self.text[name_end:end].strip())

    def _command(self, spec: CommandSpec, start: int, name_end: int, end: int) -> Command:
        text = self.text
        if spec.parse is None:
            return GenericCommand(start, end, spec.name, start, name_end, text[name_end:end].strip())
        reader = ArgReader(self, spec, start, name_end, end)
        before = len(self.errors)
        try:
            node = spec.parse(reader)
            if reader.pos < end:
                reader.done()
        except SplSyntaxError as stopped:
            if text.find("`", name_end, end) >= 0:
                del self.errors[before:]
                return GenericCommand(start, end, spec.name, start, name_end, text[name_end:end].strip())
            self.report(stopped.error)
            return BrokenCommand(start, end, spec.name, start, name_end, text[start:end])
        return node
