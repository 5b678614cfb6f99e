"""Text to stages: where quotes, comments, macro calls, brackets and pipes are, before any command is looked at.

One pass at the speed of a compiled regular expression: a chunk without structure is one match, so that the loop runs
once per pipe and bracket. Single quotes protect only in commands with eval expressions (`CommandSpec.eval_quotes`);
elsewhere an apostrophe is a letter like any other. Comments are blanked out in `Structure.text`, which keeps offsets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from generator.spl.errors import SplError

if TYPE_CHECKING:
    from generator.spl.syntax import CommandTable

MAX_BRACKETS = 24
"""Depth of subsearches in subsearches beyond which a search is refused."""

# A lone backslash is an ordinary character; before a quote, a pipe or a backslash it protects it.
_ORDINARY = r"""[^"`\[\]|\\']++|"(?:[^"\\]++|\\.)*+"|```(?!`).*?```(?!`)|`[^`]++`(?!```(?!`))|\\["|\\]?+"""
_CHUNK = re.compile(rf"(?:{_ORDINARY}|')*+", re.DOTALL)
# A pipe with a blank behind it ends a stage all the same, so that a forgotten quote stays in its stage.
_EVAL_CHUNK = re.compile(rf"(?:{_ORDINARY}|'(?:[^'|\n]++|\|(?!\s))*+'|')*+", re.DOTALL)
_HEAD = re.compile(r"(?:\s++|```(?!`).*?```(?!`))*+([A-Za-z_][\w.]*+)?", re.DOTALL)
_COMMENT = re.compile(r'"(?:[^"\\]++|\\.)*+"|\\["\\]|(```(?!`).*?```(?!`))', re.DOTALL)
_GLUED_TICKS = re.compile(r"(?:`[^`]++)?````", re.DOTALL)
_QUOTED = re.compile(r'\\["\\]|"(?:[^"\\]++|\\.)*+("?)', re.DOTALL)
_ODD_AFTER = re.compile(r"[\w*\\%$/]")


class Stage(NamedTuple):
    """The text between two pipes: `[start, end)`; its command's name, if it begins with a word, is `[name_start, name_end)`."""

    start: int
    end: int
    name_start: int
    name_end: int


@dataclass(slots=True)
class Segment:
    """A pipeline's text: the whole search, or what stands between two brackets (`start` is behind the `[`)."""

    start: int
    end: int = -1
    stages: list[Stage] = field(default_factory=list)
    depth: int = 0


@dataclass(slots=True)
class Structure:
    """What the pass found: `segments` by the offset of their `[` (the whole search is at -1).

    `text` is the search with its comments (and brackets that close nothing) blanked out. `broken` is the offset from where on nothing can be trusted
    (a quote that is never closed), or the length of the text.
    """

    text: str
    segments: dict[int, Segment]
    errors: list[SplError]
    comments: tuple[tuple[int, int], ...]
    broken: int


def scan(text: str, commands: CommandTable, *, expression: bool = False) -> Structure:
    """Split a text into pipelines and stages; never raises. `expression`: the text is an eval expression of its own."""
    errors: list[SplError] = []
    current = Segment(0)
    segments = {-1: current}
    stack: list[tuple[int, Segment, int, int, int]] = []
    length = len(text)
    broken = length
    strays: list[int] = []
    stage_start = pos = 0
    name_start, name_end, chunk, pos = _head(text, 0, commands)
    if expression:
        chunk, pos = _EVAL_CHUNK, 0
    while True:
        pos = chunk.match(text, pos).end()  # type: ignore[union-attr]  # every alternative repeats, so it always matches
        if pos >= length:
            break
        char = text[pos]
        if char == "|":
            current.stages.append(Stage(stage_start, pos, name_start, name_end))
            stage_start = pos + 1
            name_start, name_end, chunk, pos = _head(text, stage_start, commands)
        elif char == "[":
            if len(stack) >= MAX_BRACKETS:
                errors.append(
                    SplError("too-deep", f"subsearches are nested more than {MAX_BRACKETS} deep", pos, pos + 1)
                )
                broken = pos
                break
            stack.append((pos, current, stage_start, name_start, name_end))
            current = segments[pos] = Segment(pos + 1, depth=len(stack))
            stage_start = pos + 1
            name_start, name_end, chunk, pos = _head(text, stage_start, commands)
        elif char == "]":
            if not stack:
                if pos > name_start:
                    strays.append(pos)
                errors.append(
                    SplError(
                        "unbalanced-bracket",
                        "this `]` closes nothing",
                        pos,
                        pos + 1,
                        "remove it, or open the subsearch with `[`",
                    )
                )
                pos += 1
                continue
            current.stages.append(Stage(stage_start, pos, name_start, name_end))
            current.end = pos
            _, current, stage_start, name_start, name_end = stack.pop()
            chunk = _chunk(text, name_start, name_end, commands)
            pos += 1
        elif char == '"':
            error = _unclosed_quote(text, pos)
            errors.append(error)
            broken = error.start
            break
        else:
            glued = _GLUED_TICKS.match(text, pos)
            if glued is None:
                errors.append(_unclosed_tick(text, pos))
                broken = pos
                break
            at = glued.end() - 4
            hint = "put a blank between a macro's closing backtick and a comment's three backticks"
            errors.append(
                SplError(
                    "four-backticks",
                    "four backticks in a row: Splunk cannot tell macro and comment apart",
                    at,
                    at + 4,
                    hint,
                )
            )
            closing = text.find("```", glued.end())
            pos = length if closing < 0 else closing + 3
    current.stages.append(Stage(stage_start, length, name_start, name_end))
    current.end = length
    while stack:
        opened, current, stage_start, name_start, name_end = stack.pop()
        if broken == length:
            errors.append(
                SplError(
                    "unbalanced-bracket", "this `[` is never closed", opened, opened + 1, "close the subsearch with `]`"
                )
            )
        current.stages.append(Stage(stage_start, length, name_start, name_end))
        current.end = length
    blanked, comments = _blank_comments(text) if "```" in text else (text, ())
    for stray in strays:
        blanked = f"{blanked[:stray]} {blanked[stray + 1 :]}"
    return Structure(blanked, segments, errors, comments, broken)


def _head(text: str, pos: int, commands: CommandTable) -> tuple[int, int, re.Pattern[str], int]:
    match = _HEAD.match(text, pos)
    end = match.end()  # type: ignore[union-attr]  # every part is optional, so it always matches
    start = match.start(1)  # type: ignore[union-attr]  # as above
    if start < 0:
        return end, end, _CHUNK, end
    spec = commands.get(text[start:end].lower())
    return start, end, _EVAL_CHUNK if spec is not None and spec.eval_quotes else _CHUNK, end


def _chunk(text: str, start: int, end: int, commands: CommandTable) -> re.Pattern[str]:
    spec = commands.get(text[start:end].lower()) if end > start else None
    return _EVAL_CHUNK if spec is not None and spec.eval_quotes else _CHUNK


def _unclosed_quote(text: str, last: int) -> SplError:
    """Find the quote that was most likely left open.

    The quote at `last` has no partner, but the author may have forgotten one long before: then the strings from there
    on are inside out, and the first one that ends in the middle of a word, or starts right behind one, gives it away.
    """
    at = last
    for match in _QUOTED.finditer(text, 0, last):
        if match.group(1) != '"':
            continue
        start, end = match.span()
        body = text[start + 1 : end - 1]
        if _ODD_AFTER.match(text, end) and ("=" in body or "|" in body or "," in body or "(" in body):
            at = start
            break
    return SplError(
        "unbalanced-quote",
        "this double quote is never closed",
        at,
        at + 1,
        'add the closing `"` (a `"` inside is written `\\"`)',
    )


def _unclosed_tick(text: str, pos: int) -> SplError:
    if text.startswith("```", pos):
        return SplError(
            "unterminated-comment", "this comment is never closed", pos, pos + 3, "close it with three backticks"
        )
    return SplError(
        "unterminated-macro", "this backtick is never closed", pos, pos + 1, "close the macro call with a backtick"
    )


def _blank_comments(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    comments: list[tuple[int, int]] = []
    pieces: list[str] = []
    done = 0
    for match in _COMMENT.finditer(text):
        start, end = match.span(1)
        if start >= 0:
            comments.append((start, end))
            pieces += (text[done:start], " " * (end - start))
            done = end
    pieces.append(text[done:])
    return "".join(pieces), tuple(comments)
