r"""The text of a file, handed in blocks, becomes the raw texts of events.

LINE_BREAKER cuts the text into lines (what its first group holds is dropped), SHOULD_LINEMERGE puts lines together again, or
they are cut as JSON documents where the sourcetype says JSON: one a line, several on a line, spread over lines, elements of
an array, or of the array in a wrapper such as `{"Records": [...]}`. Sources: props.conf.spec; Getting Data In, "Configure event
line breaking". The last event of a block waits for the next block, so a file is never held twice.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from generator.engine.errors import PatternTimeoutError
from generator.engine.patterns import PatternError
from generator.engine.scan import Scanner, compile_scanner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from generator.knowledge.props import IndexRules

MAX_EVENT = 64 * 1024 * 1024
"""Characters of one event, whatever TRUNCATE says: more is cut here."""

WRAPPERS = frozenset({"records", "value", "events", "logevents", "results", "items", "data"})
"""Names under which services wrap a list of events; only where nothing else of weight stands beside."""

_PLAIN_BREAKS = frozenset({r"([\r\n]+)", r"([\n\r]+)", r"(\r?\n)+", r"([\n]+)", r"(\n+)", r"(\n)", r"([\r\n])"})
_NEWLINES = re.compile(r"[\r\n]+")
_LITERAL_START = re.compile(r"(?:[^\\.^$*+?{}\[\]|()]|\\[^A-Za-z0-9])+(?![*+?{])")
_SPACE = re.compile(r"\s*")
_DECODER = json.JSONDecoder()


def lines_of(blocks: Iterable[str], line_breaker: str) -> Iterator[str]:
    """Yield the lines of a text that comes in blocks, without empty ones. A bad LINE_BREAKER breaks at line ends."""
    if line_breaker.strip() in _PLAIN_BREAKS:
        yield from _plain_lines(blocks)
        return
    try:
        compiled = compile_scanner(line_breaker)
    except PatternError:
        yield from _plain_lines(blocks)
        return
    literal = "" if "|" in line_breaker else _literal_start(line_breaker)
    if literal and line_breaker == f"{literal}(\\s*)":
        yield from _ended_by(blocks, literal)
        return
    rest = ""
    for block in blocks:
        text = rest + block if rest else block
        start = 0
        # A break that touches the end of the block may go on in the next one: it waits.
        for end, after in _breaks(text, compiled, literal):
            if after >= len(text):
                break
            if end > start:
                yield text[start:end]
            start = after
        rest = text[start:]
        if len(rest) > MAX_EVENT:
            yield rest
            rest = ""
    start = 0
    for end, after in _breaks(rest, compiled, literal):
        if end > start:
            yield rest[start:end]
        start = after
    if rest[start:].strip("\r\n"):
        yield rest[start:].strip("\r\n")


def _ended_by(blocks: Iterable[str], literal: str) -> Iterator[str]:
    """Yield the events of a text in which each ends with a literal, without the white space between them."""
    rest = ""
    for block in blocks:
        parts = (rest + block if rest else block).split(literal)
        rest = parts.pop()
        for part in parts:
            yield part.lstrip() + literal
        if len(rest) > MAX_EVENT:
            yield rest
            rest = ""
    if rest.strip():
        yield rest.strip()


def _plain_lines(blocks: Iterable[str]) -> Iterator[str]:
    rest = ""
    for block in blocks:
        text = rest + block if rest else block
        lines = text.split("\n")
        rest = lines.pop()
        if "\r" in text:
            for line in lines:
                yield from (part for part in line.split("\r") if part)
        else:
            yield from filter(None, lines)
        if len(rest) > MAX_EVENT:
            yield rest
            rest = ""
    yield from (part for part in rest.split("\r") if part)


def _literal_start(pattern: str) -> str:
    match = _LITERAL_START.match(pattern)
    if match is None:
        return ""
    text = match[0]
    return re.sub(r"\\(.)", r"\1", text)


def _breaks(text: str, pattern: Scanner, literal: str) -> Iterator[tuple[int, int]]:
    """Yield where an event ends and the next begins: around the first group that took part."""
    try:
        if literal:
            place = text.find(literal)
            while place >= 0:
                match = pattern.match(text, place)
                if match is None:
                    place = text.find(literal, place + 1)
                    continue
                yield _around(match)
                place = text.find(literal, max(match.end(), place + 1))
        else:
            for match in pattern.finditer(text):
                yield _around(match)
    except PatternTimeoutError:
        return  # what is left stays one event


def _around(match: re.Match[str]) -> tuple[int, int]:
    group = match.lastindex or 0
    for number in range(1, match.re.groups + 1):
        if match.span(number) != (-1, -1):
            group = number
            break
    return match.span(group)


# --- merging ---------------------------------------------------------------------------------------------------------


def merged(lines: Iterable[str], rules: IndexRules, has_time: Callable[[str], bool]) -> Iterator[str]:
    """Put lines together to events (SHOULD_LINEMERGE): a new one begins where a rule says so, or at a line with a time.

    Knowing difference: before the first line with a time each line is an event, where Splunk makes one of up to MAX_EVENTS
    lines; so that logs without any times can be searched.
    """
    before = _test(rules.break_only_before)
    after = _test(rules.must_break_after)
    not_before = _test(rules.must_not_break_before)
    not_after = _test(rules.must_not_break_after)
    event: list[str] = []
    dated = False
    for line in lines:
        if event:
            last = event[-1]
            if before is not None:
                breaks = before(line)
            elif rules.break_only_before_date:
                breaks = has_time(line) or not dated or (line[0] == "{" and last[-1:] == "}")
            else:
                breaks = False
            if after is not None and after(last):
                breaks = True
            if (not_before is not None and not_before(line)) or (not_after is not None and not_after(last)):
                breaks = False
            if breaks or len(event) >= rules.max_events:
                yield "\n".join(event)
                event = []
        if not event and not dated:
            dated = has_time(line)
        event.append(line)
    if event:
        yield "\n".join(event)


def _test(pattern: str) -> Callable[[str], bool] | None:
    if not pattern:
        return None
    try:
        compiled = compile_scanner(pattern)
    except PatternError:
        return None

    def fits(line: str) -> bool:
        try:
            return compiled.search(line) is not None
        except PatternTimeoutError:
            return False

    return fits


# --- JSON ------------------------------------------------------------------------------------------------------------


def json_events(blocks: Iterable[str]) -> Iterator[str]:
    """Yield the JSON documents of a text: a line each where the first line is one, else one after another over lines.

    Text that is no JSON comes out line by line.
    """
    source = iter(blocks)
    first = next(source, "")
    head = first.lstrip()
    line = head.partition("\n")[0].rstrip()
    if not line:
        yield from _plain_lines(_chain(first, source))
    elif _is_document(line) or line[0] not in "{[":
        for one in _plain_lines(_chain(first, source)):
            yield from _unwrapped(one)
    else:
        yield from _documents("".join(_chain(first, source)))


def _chain(first: str, rest: Iterable[str]) -> Iterator[str]:
    yield first
    yield from rest


def _is_document(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _unwrapped(line: str) -> Iterator[str]:
    """Yield a line, or the elements of the list of objects that it is, or wraps."""
    start = line.lstrip()
    if start[:1] == "[" or (start[:1] == "{" and _wrapper(start) is not None):
        yield from _documents(start)
    else:
        yield line


def _wrapper(text: str) -> int | None:
    """Return where the list of events begins in `{"Records": [{...`, else None."""
    match = re.match(r'\{\s*"(\w+)"\s*:\s*\[(?=\s*\{)', text)
    if match is None or match[1].lower() not in WRAPPERS:
        return None
    if match[1].lower() != "records":
        try:
            _, end = _DECODER.raw_decode(text, match.end() - 1)
        except (ValueError, RecursionError):
            return None
        if _SPACE.sub("", text[end:].split("\n", 1)[0]) not in {"}", ""}:
            return None
    return match.end()


def _documents(text: str) -> Iterator[str]:
    place = _skip(text, 0)
    length = len(text)
    inside = ""
    while place < length:
        char = text[place]
        if char == "]":
            place = _after_wrapper(text, place + 1) if inside == "{" else _skip(text, place + 1)
            inside = ""
            continue
        if char == ",":
            place = _skip(text, place + 1)
            continue
        if not inside and char == "[":
            inside, place = "[", _skip(text, place + 1)
            continue
        if not inside and char == "{" and (start := _wrapper(text[place:] if place else text)) is not None:
            inside, place = "{", _skip(text, place + start)
            continue
        if char in '{["':
            try:
                _, end = _DECODER.raw_decode(text, place)
            except (ValueError, RecursionError):
                yield from (line for line in _NEWLINES.split(text[place:]) if line.strip())
                return
            yield text[place:end]
            place = _skip(text, end)
            continue
        line = text[place:].split("\n", 1)[0]
        if line.strip():
            yield line.rstrip("\r")
        place = _skip(text, place + len(line) + 1)


def _after_wrapper(text: str, place: int) -> int:
    """Return where the text goes on behind a wrapper whose list has ended: its other members are passed over."""
    place = _skip(text, place)
    if text[place : place + 1] == ",":
        try:
            _, end = _DECODER.raw_decode("{" + text[place + 1 :])
        except (ValueError, RecursionError):
            return place
        return _skip(text, place + end)
    return _skip(text, place + 1) if text[place : place + 1] == "}" else place


def _skip(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match is not None else place
