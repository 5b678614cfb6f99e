"""Macro calls to the text that they stand for, with the way back from each offset to where it was written.

`` `name` `` and `` `name(a, "b, c")` `` are replaced everywhere but inside double quotes and comments; what a macro
expands to is expanded again. A macro that nobody defines is left in place (the parser makes a `MacroCall` of it), so is
one with `iseval` whose text is only known when the search runs. The expansion of a call is made once and shared by all
equal calls of an expander.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import field, replace
from typing import TYPE_CHECKING, NamedTuple

from generator.base.frozen import dataclass
from generator.spl.errors import SplError
from generator.spl.macrocalls import split_call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.spl.macrocalls import CallPart

MAX_DEPTH = 30
"""Macros in macros in macros ... beyond this are refused."""
MAX_LENGTH = 1_000_000
"""Characters of an expanded search beyond which it is refused (macros can double at every level)."""

_SKIP = r"""[^"`\\]++|"(?:[^"\\]++|\\.)*+"|\\.|```(?!`).*?```(?!`)|\\"""
_TO_CALL = re.compile(rf"(?:{_SKIP})*+(?:`([^`]++)`)?+", re.DOTALL)
_QUOTED = re.compile(r'[^"\\`]++|"(?:[^"\\]++|\\.)*+"|\\.|```(?!`).*?```(?!`)|`|\\', re.DOTALL)
_NOT_A_NAME = re.compile(r"[\s|\"]")
_CHANGING = re.compile(r"\b(?:now|time|random)\s*\(")
_ARGUMENT = re.compile(r"\$([\w-]+)\$")


@dataclass(frozen=True, slots=True)
class MacroDefinition:
    """A macro as it is defined. `source` identifies the place of `definition` for the caller (a document, a file).

    `validation` is an expression about the arguments, `errormsg` what is said where it does not hold.
    """

    name: str
    definition: str
    arguments: tuple[str, ...] = ()
    iseval: bool = False
    source: object = None
    validation: str = ""
    errormsg: str = ""


class CallSite(NamedTuple):
    """Where a macro is called: `[start, end)` of the text of `source`, backticks included."""

    source: object
    start: int
    end: int
    name: str
    args: tuple[str, ...]


class Origin(NamedTuple):
    """Where a character of an expanded text was written, and the calls that led there, outermost first."""

    source: object
    offset: int
    chain: tuple[CallSite, ...]


class MacroUse(NamedTuple):
    """A call that was met, the macro it means (None: nobody defines it), and the calls that led to it."""

    site: CallSite
    definition: MacroDefinition | None
    chain: tuple[CallSite, ...]


class MacroError(NamedTuple):
    """An error at a call: its offsets lie in the text of `source`."""

    error: SplError
    source: object
    chain: tuple[CallSite, ...]


class _Piece(NamedTuple):
    """A part of an expanded text from `start` on: copied from `offset` of the source, from an argument, or a call's expansion."""

    start: int
    offset: int
    argument: int = -1
    inner: Expansion | None = None
    site: CallSite | None = None
    parts: tuple[CallPart, ...] = ()


@dataclass(slots=True)
class Expansion:
    """An expanded text and where it came from.

    `own_uses` and `own_errors` are those of the text itself; `uses` and `errors` also go into the macros.
    """

    text: str
    source: object
    pieces: list[_Piece] = field(default_factory=list, repr=False)
    starts: list[int] = field(default_factory=list, repr=False)
    own_uses: list[tuple[CallSite, MacroDefinition | None, Expansion | None]] = field(default_factory=list, repr=False)
    own_errors: list[SplError] = field(default_factory=list, repr=False)

    @property
    def changed(self) -> bool:
        """Whether any macro was expanded."""
        return any(piece.inner is not None for piece in self.pieces)

    def origin(self, offset: int) -> Origin:
        """Return where the character at an offset of the expanded text was written (the end of the text is allowed)."""
        expansion = self
        chain: list[CallSite] = []
        sites: list[_Piece] = []
        while True:
            if not expansion.starts:
                return Origin(expansion.source, offset, tuple(chain))
            piece = expansion.pieces[max(0, bisect_right(expansion.starts, offset) - 1)]
            within = offset - piece.start
            if piece.inner is not None and piece.site is not None:
                chain.append(piece.site)
                sites.append(piece)
                expansion, offset = piece.inner, within
                continue
            if piece.argument < 0 or not sites:
                return Origin(expansion.source, piece.offset + within, tuple(chain))
            # The text of an argument stands in the call, so the way leads back out of the macro.
            call = sites.pop()
            site = chain.pop()
            part = call.parts[piece.argument] if piece.argument < len(call.parts) else None
            at = site.start if part is None else site.start + 1 + part.start + piece.offset + within
            return Origin(site.source, at, tuple(chain))

    @property
    def uses(self) -> Iterator[MacroUse]:
        """Every call, also those inside macros, in the order of the text; those inside equal calls once.

        Macros that call each other several times would give more calls than anybody can count.
        """
        seen: set[int] = set()
        stack: list[tuple[Expansion, tuple[CallSite, ...], int]] = [(self, (), 0)]
        while stack:
            expansion, chain, number = stack.pop()
            while number < len(expansion.own_uses):
                site, definition, inner = expansion.own_uses[number]
                number += 1
                yield MacroUse(site, definition, chain)
                if inner is not None and inner.own_uses and id(inner) not in seen:
                    seen.add(id(inner))
                    stack.append((expansion, chain, number))
                    expansion, chain, number = inner, (*chain, site), 0

    @property
    def errors(self) -> Iterator[MacroError]:
        """Every error, also those inside macros."""
        for error in self.own_errors:
            yield MacroError(error, self.source, ())
        seen: set[int] = set()
        stack: list[tuple[Expansion, tuple[CallSite, ...]]] = [(self, ())]
        while stack:
            expansion, chain = stack.pop()
            for site, _, inner in expansion.own_uses:
                if inner is None or id(inner) in seen:
                    continue
                seen.add(id(inner))
                for error in inner.own_errors:
                    yield MacroError(error, inner.source, (*chain, site))
                stack.append((inner, (*chain, site)))


class MacroExpander:
    """Expands many texts with the same macros.

    `resolve` gives the macro of a name and a number of arguments, or None; `arities` the numbers of arguments with
    which a name is defined; `evaluate` the text that an `iseval` definition (arguments put in) stands for, or None
    where that depends on more than the definition (see `generator.functions.static`). `validate` is asked about
    a macro that has a `validation` (arguments put in) and raises where the arguments are wrong.
    """

    def __init__(
        self,
        resolve: Callable[[str, int], MacroDefinition | None],
        arities: Callable[[str], tuple[int, ...]] | None = None,
        *,
        evaluate: Callable[[str], str | None] | None = None,
        validate: Callable[[str, MacroDefinition, tuple[str, ...]], None] | None = None,
        max_length: int = MAX_LENGTH,
    ) -> None:
        self._resolve = resolve
        self._arities = arities or (lambda _: ())
        self._evaluate = evaluate or (lambda _: None)
        self._validate = validate
        self._max_length = max_length
        self._changing = 0  # texts so far that change with the clock, which nothing around them may keep
        self._made: dict[tuple[str, tuple[str, ...]], Expansion] = {}
        self._open: list[tuple[str, int]] = []

    def expand(self, text: str, source: object = None) -> Expansion:
        """Expand the macro calls of a text. Never raises for bad input; what cannot be expanded is left in place."""
        if "`" not in text:
            return Expansion(text, source)
        return self._expand(text, source, None)

    def _expand(self, text: str, source: object, pieces: list[_Piece] | None) -> Expansion:
        """Expand a text; `pieces` say where its parts come from when it is a macro's body with arguments put in."""
        result = Expansion(text, source)
        out: list[str] = []
        length = done = pos = 0
        end = len(text)
        while pos < end:
            match = _TO_CALL.match(text, pos)
            start, stop = match.span(1)  # type: ignore[union-attr]  # every part is optional, so it always matches
            if start < 0:
                break
            pos = stop + 1
            name, parts = split_call(text[start:stop])
            if _NOT_A_NAME.search(name) is not None and "|" in text[start:stop]:
                # The backtick in front was never closed; the one behind opens the next call.
                result.own_errors.append(_unclosed(start - 1))
                pos = stop
                continue
            inner, site = self._call(name, parts, start - 1, pos, result)
            if inner is None:
                continue
            if length + (start - 1 - done) + len(inner.text) > self._max_length:
                error = SplError(
                    "macro-size", f"the macros expand to more than {self._max_length:,} characters", start - 1, pos
                )
                result.own_errors.append(error)
                break
            if start - 1 > done:
                _copy(result.pieces, length, done, start - 1, pieces)
                out.append(text[done : start - 1])
                length += start - 1 - done
            result.pieces.append(_Piece(length, start - 1, -1, inner, site, parts))
            out.append(inner.text)
            length += len(inner.text)
            done = pos
        if not out and pieces is None:
            return result
        if done < end:
            _copy(result.pieces, length, done, end, pieces)
            out.append(text[done:])
        result.text = "".join(out)
        result.starts = [piece.start for piece in result.pieces]
        return result

    def _call(
        self, name: str, parts: tuple[CallPart, ...], start: int, end: int, result: Expansion
    ) -> tuple[Expansion | None, CallSite]:
        args = tuple(part.text for part in parts)
        site = CallSite(result.source, start, end, name, args)
        definition = self._resolve(name, len(args))
        inner: Expansion | None = None
        if definition is not None and definition.validation and self._validate is not None:
            asked = replace(definition, definition=definition.validation)
            self._validate(_put_in(asked, args)[0], definition, args)
        if definition is None:
            self._check_arity(name, len(args), start, end, result)
        elif definition.iseval:
            inner = self._computed(definition, args)
        else:
            inner = self._macro(definition, args, start, end, result)
        result.own_uses.append((site, definition, inner))
        return inner, site

    def _check_arity(self, name: str, given: int, start: int, end: int, result: Expansion) -> None:
        known = self._arities(name)
        if not known:
            return
        takes = " or ".join(str(number) for number in sorted(known))
        plural = "" if takes == "1" else "s"
        message = f"the macro `{name}` takes {takes} argument{plural}, not {given}"
        result.own_errors.append(SplError("macro-arguments", message, start, end))

    def _computed(self, definition: MacroDefinition, args: tuple[str, ...]) -> Expansion | None:
        """Return the text of an `iseval` macro; every character of it points to the definition's start."""
        key = (definition.name, args)
        if key in self._made:
            return self._made[key]
        expression = _put_in(definition, args)[0]
        text = self._evaluate(expression)
        if text is None:
            return None
        pieces = [_Piece(offset, 0) for offset in range(len(text))]
        made = Expansion(text, definition.source, pieces, [piece.start for piece in pieces])
        if _CHANGING.search(expression) is not None:
            self._changing += 1
        else:
            self._made[key] = made
        return made

    def _macro(
        self, definition: MacroDefinition, args: tuple[str, ...], start: int, end: int, result: Expansion
    ) -> Expansion | None:
        name = definition.name
        key = (name, args)
        made = self._made.get(key)
        if made is not None:
            return made
        opened = (name, len(args))
        if opened in self._open:
            chain = [*(known for known, _ in self._open[self._open.index(opened) :]), name]
            shown = " -> ".join(f"`{part}`" for part in chain)
            result.own_errors.append(
                SplError("macro-cycle", f"macro cycle: {shown}", start, end, "a macro cannot use itself")
            )
            return None
        if len(self._open) >= MAX_DEPTH:
            result.own_errors.append(
                SplError("macro-depth", f"macros are nested more than {MAX_DEPTH} deep", start, end)
            )
            return None
        quote = _open_quote(definition.definition)
        if quote is not None:
            # Put in, it would turn every text behind it inside out; so the call stays.
            call = f"`{name}({','.join(args)})`" if args else f"`{name}`"
            pieces = [_Piece(offset, quote.start) for offset in range(len(call))]
            made = Expansion(call, definition.source, pieces, [piece.start for piece in pieces], own_errors=[quote])
            self._made[key] = made
            return made
        self._open.append(opened)
        changing = self._changing
        try:
            body, origins = _put_in(definition, args)
            made = self._expand(body, definition.source, origins)
        finally:
            self._open.pop()
        kept = not any(error.kind in {"macro-cycle", "macro-depth"} for error in made.own_errors)
        if kept and changing == self._changing:
            self._made[key] = made
        return made


def _unclosed(at: int) -> SplError:
    return SplError(
        "unterminated-macro", "this backtick is never closed", at, at + 1, "close the macro call with a backtick"
    )


def _open_quote(definition: str) -> SplError | None:
    """Return the error of a definition with a double quote that has no partner."""
    pos = 0
    while (match := _QUOTED.match(definition, pos)) is not None:
        pos = match.end()
    if pos == len(definition):
        return None
    return SplError(
        "unbalanced-quote",
        "this double quote is never closed",
        pos,
        pos + 1,
        'add the closing `"` (a `"` inside is written `\\"`)',
    )


def _put_in(definition: MacroDefinition, args: tuple[str, ...]) -> tuple[str, list[_Piece] | None]:
    """Put the arguments into a macro's body; return it and where its parts come from (None: all of it is the body)."""
    body = definition.definition
    if not args or "$" not in body:
        return body, None
    places = {name: place for place, name in enumerate(definition.arguments)}
    out: list[str] = []
    pieces: list[_Piece] = []
    length = done = 0
    for match in _ARGUMENT.finditer(body):
        place = places.get(match.group(1))
        if place is None or place >= len(args):
            continue
        start, end = match.span()
        if start > done:
            pieces.append(_Piece(length, done))
            out.append(body[done:start])
            length += start - done
        if args[place]:
            pieces.append(_Piece(length, 0, place))
            out.append(args[place])
            length += len(args[place])
        done = end
    if done < len(body):
        pieces.append(_Piece(length, done))
        out.append(body[done:])
    return "".join(out), pieces


def _copy(target: list[_Piece], at: int, start: int, end: int, pieces: list[_Piece] | None) -> None:
    """Note that `[start, end)` of a text stands at `at` of the result; `pieces` say where that text itself comes from."""
    if pieces is None:
        target.append(_Piece(at, start))
        return
    number = max(0, bisect_right(pieces, start, key=lambda piece: piece.start) - 1)
    while number < len(pieces) and pieces[number].start < end:
        piece = pieces[number]
        begin = max(start, piece.start)
        target.append(_Piece(at + begin - start, piece.offset + begin - piece.start, piece.argument))
        number += 1


def expand(text: str, resolve: Callable[[str, int], MacroDefinition | None], source: object = None) -> Expansion:
    """Expand the macro calls of one text; see `MacroExpander` for many."""
    return MacroExpander(resolve).expand(text, source)
