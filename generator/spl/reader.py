"""What a command's `parse` reads its arguments with: names, options, lists, aggregations, expressions, terms.

An `ArgReader` stands somewhere in one stage of a search; each method skips blanks, reads one thing and moves behind it.
Methods that may find nothing return None and stay where they are; those that must find something raise
`SplSyntaxError`, which gives the stage up. `report` notes an error and goes on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import closest
from generator.spl.ast import Aggregation, Call, Expr, Field, MacroCall, Name, Option, Subsearch, Term, Value
from generator.spl.booleans import FALSE, TRUE
from generator.spl.errors import SplError, SplSyntaxError
from generator.spl.expressions import read_expression
from generator.spl.macrocalls import read_call
from generator.spl.syntax import OptionKind
from generator.spl.terms import TermReader
from generator.spl.text import STRING, unescape

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from generator.spl.errors import SplErrorKind
    from generator.spl.parser import StageParser
    from generator.spl.syntax import CommandSpec

MAX_DEPTH = 80
"""Parentheses, unary operators and calls nested deeper than this are refused (Python's own stack would end later)."""

NO_WORDS: frozenset[str] = frozenset()

_BARE = r"(?:[^\s,\"()'`\[\]|=!\\]++|\\[\"|\\]?+|(?<=[^\s,\"()'`\[\]|=])'|!(?!=))++"
_BARE_CALLED = rf"(?:{_BARE}(?:\([^()\"|\[\]`]*+\))?)++"
_QUOTED_NAME = r"'[^'\n]*+'"

_SPACE = re.compile(r"\s*+")
_WORD = re.compile(r"\s*+([A-Za-z_][\w-]*+)(?![^\s,()\"\[\]|`])")
_NAME = re.compile(rf"\s*+(?:({_BARE_CALLED})|({STRING})|({_QUOTED_NAME})|(`[^`]++`))", re.DOTALL)
_LISTED = re.compile(rf"[\s,]*+(?:({_BARE_CALLED})(?!\s*=(?!=))|({STRING})|({_QUOTED_NAME})|(`[^`]++`))", re.DOTALL)
_VALUE = re.compile(rf"\s*+(?:({STRING})|((?:[^\s,\"()`\[\]|\\]++|\\[\"|\\]?+)++)|(`[^`]++`)|(\[))", re.DOTALL)
_OPTION = re.compile(
    rf"[\s,]*+([A-Za-z_][\w-]*+)\s*+=(?!=)\s*+(?:({STRING})|((?:[^\s,\"()`\[\]|\\]++|\\[\"|\\]?+)++)|(?=([`\[(]|$|\s|[,)])))",
    re.DOTALL,
)
_OPTION_NAME = re.compile(r"[\s,]*+([A-Za-z_][\w-]*+)\s*+=(?!=)")
_AGGREGATION = re.compile(
    rf"""[\s,]*+([A-Za-z_]\w*+(?:\.\d++)?)(?!\s*+=|[\w.:{{-])
    (?:\s*+\(\s*+((?:[^\s,"()'`\[\]|=\\]++)|{STRING})?+\s*+\)())?+
    (?:\s++[aA][sS]\s++({STRING}|{_QUOTED_NAME}|{_BARE_CALLED}))?+""",
    re.VERBOSE | re.DOTALL,
)
_AGG_ARGUMENT = re.compile(
    rf"\s*+(?:([A-Za-z_]\w*+)\s*+(\()|([^\s,\"()'`\[\]|=\\]++)|({STRING})|({_QUOTED_NAME})|(`[^`]++`))", re.DOTALL
)
_AS = re.compile(rf"\s*+[aA][sS]\s++({STRING}|{_QUOTED_NAME}|{_BARE_CALLED})", re.DOTALL)
_AS_WORD = re.compile(r"\s*+([aA][sS])(?![^\s,()\"|\[\]])")
_QUOTED_BRACKETS = re.compile(r'\s*+"\("((?:[^"\\]++|\\.)*+)"\)"', re.DOTALL)
"""`"("condition")"`, as the Search Reference writes the syntax of `reset_before`."""
_EVAL_CALL = re.compile(r"([eE][vV][aA][lL])\s*+\(")
_PREFIX = re.compile(r"\w+\s*+\([^()\"|\[\]`]*+\)")
_INTEGER = re.compile(r"[-+]?\d+")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_SPAN = re.compile(r"\d+(?:\.\d+)?([A-Za-z]+)")
_SPAN_UNITS = frozenset({
    "us", "ms", "cs", "ds", "s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes",
    "h", "hr", "hrs", "hour", "hours", "d", "day", "days", "w", "week", "weeks", "mon", "month", "months",
    "q", "qtr", "qtrs", "quarter", "quarters", "y", "yr", "yrs", "year", "years",
})  # fmt: skip


class ArgReader:
    """A place in one stage of a search. `text` is the whole search (comments blanked), `[start, end)` the stage."""

    __slots__ = ("_depth", "_parser", "end", "name", "name_end", "name_start", "pos", "spec", "start", "text")

    def __init__(self, parser: StageParser, spec: CommandSpec, name_start: int, name_end: int, end: int) -> None:
        self._parser = parser
        self._depth = parser.depth
        self.text = parser.text
        self.spec = spec
        self.name = spec.name
        self.start = self.name_start = name_start
        self.name_end = self.pos = name_end
        self.end = end

    @property
    def head(self) -> tuple[int, int, str, int, int]:
        """The fields that every command node begins with: `Head(*args.head, ...)`."""
        return (self.start, self.end, self.name, self.name_start, self.name_end)

    # --- where it stands ---------------------------------------------------------------------------------------------

    def position(self) -> int:
        """Skip blanks; return the offset."""
        self.pos = _SPACE.match(self.text, self.pos, self.end).end()  # type: ignore[union-attr]  # matches always
        return self.pos

    def at_end(self) -> bool:
        """Whether nothing but blanks is left."""
        return self.position() >= self.end

    def ends_here(self, pos: int) -> bool:
        """Whether nothing but blanks stands behind an offset."""
        return _SPACE.match(self.text, pos, self.end).end() >= self.end  # type: ignore[union-attr]  # matches always

    def peek(self) -> str:
        """Return the next character that is no blank, or "" at the end."""
        pos = self.position()
        return self.text[pos] if pos < self.end else ""

    def take(self, char: str) -> bool:
        """Move behind a character if it is the next one."""
        if self.peek() != char:
            return False
        self.pos += 1
        return True

    def rest(self) -> str:
        """Return all that is left, as written, without the blanks around; move to the end."""
        start = self.position()
        self.pos = self.end
        return self.text[start : self.end].rstrip()

    def done(self) -> None:
        """Make sure that all was read.

        Raises:
            SplSyntaxError: something is left.
        """
        while self.take(","):
            pass
        if not self.at_end():
            raise self.unexpected()

    # --- errors ------------------------------------------------------------------------------------------------------

    def error(self, kind: SplErrorKind, message: str, start: int, end: int, hint: str | None = None) -> SplSyntaxError:
        """Return an error to raise."""
        return SplSyntaxError(SplError(kind, message, start, max(start, end), hint))

    def report(self, kind: SplErrorKind, message: str, start: int, end: int, hint: str | None = None) -> None:
        """Note an error and go on."""
        self._parser.report(SplError(kind, message, start, max(start, end), hint))

    def expected(self, what: str, hint: str | None = None) -> SplSyntaxError:
        """Return the error that `what` should stand here."""
        start = self.position()
        found, end = self._found(start)
        return self.error("expected", f"expected {what}, found {found}", start, end, hint)

    def unexpected(self, hint: str | None = None) -> SplSyntaxError:
        """Return the error that what stands here belongs to nothing."""
        start = self.position()
        char = self.text[start] if start < self.end else ""
        if char == ")":
            return self.error(
                "unbalanced-paren", "this `)` closes nothing", start, start + 1, "remove it, or open it with `(`"
            )
        if char in {"\u2018", "\u2019", "\u201c", "\u201d"}:
            return self.error(
                "typographic-quote",
                "this is a typographic quote, which Splunk does not know",
                start,
                start + 1,
                'write `"`',
            )
        found, end = self._found(start)
        return self.error("unexpected", f"`{self.name}` does not expect {found} here", start, end, hint)

    def _found(self, start: int) -> tuple[str, int]:
        if start >= self.end:
            return f"the end of `{self.name}`", start
        match = _NAME.match(self.text, start, self.end)
        end = match.end() if match is not None else start + 1
        shown = self.text[start:end]
        return f"`{shown if len(shown) <= 40 else shown[:39] + '…'}`", end

    # --- depth -------------------------------------------------------------------------------------------------------

    def enter(self, at: int) -> None:
        """Go one level deeper.

        Raises:
            SplSyntaxError: too deep.
        """
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.error(
                "too-deep", f"this is nested more than {MAX_DEPTH} deep", at, at + 1, "simplify the expression"
            )

    def leave(self) -> None:
        """Go back one level."""
        self._depth -= 1

    # --- words and names ---------------------------------------------------------------------------------------------

    def peek_word(self) -> str:
        """Return the bare word that comes next, in lower case, or ""."""
        match = _WORD.match(self.text, self.pos, self.end)
        return match.group(1).lower() if match is not None else ""

    def keyword(self, *words: str) -> str | None:
        """Move behind one of these words (any case) and return it in lower case, or None."""
        match = _WORD.match(self.text, self.pos, self.end)
        if match is None:
            return None
        word = match.group(1).lower()
        if word not in words:
            return None
        self.pos = match.end()
        return word

    def name_or_none(self) -> Name | None:
        """Return a bare or quoted name; a macro call in its place is not read."""
        found = self._field(_NAME)
        if isinstance(found, MacroCall):
            self.pos = found.start
            return None
        return found

    def name_of(self, what: str) -> Name:
        """Return a bare or quoted name.

        Raises:
            SplSyntaxError: none stands here; the message says that `what` was expected.
        """
        name = self.name_or_none()
        if name is None:
            raise self.expected(what)
        return name

    def field_or_none(self) -> Field | None:
        """Return a name or a macro call in its place."""
        return self._field(_NAME)

    def field(self, what: str = "a field name") -> Field:
        """Return a name or a macro call in its place.

        Raises:
            SplSyntaxError: none stands here.
        """
        found = self._field(_NAME)
        if found is None:
            raise self.expected(what)
        return found

    def fields(self, stop: Collection[str] = NO_WORDS) -> tuple[Field, ...]:
        """Return the names up to a stop word (lower-case), an option or anything else; commas and blanks part them."""
        found: list[Field] = []
        text, end = self.text, self.end
        while (match := _LISTED.match(text, self.pos, end)) is not None:
            kind = match.lastindex
            start, stopped = match.span(kind or 0)
            if kind == 1:
                raw = text[start:stopped]
                if stop and raw.lower() in stop:
                    break
                found.append(Name(start, stopped, unescape(raw)))
            elif kind == 4:
                found.append(self.macro_at(start, stopped))
            else:
                found.append(self._quoted(start, stopped))
            self.pos = stopped
        while self.take(","):
            pass
        return tuple(found)

    def fields_of(self, what: str = "at least one field name", stop: Collection[str] = NO_WORDS) -> tuple[Field, ...]:
        """Return the names up to a stop word.

        Raises:
            SplSyntaxError: there is none.
        """
        found = self.fields(stop)
        if not found:
            raise self.expected(what)
        return found

    def alias(self) -> Name | None:
        """Return the name behind `AS`, or None when there is no `AS`.

        Raises:
            SplSyntaxError: `AS` without a name.
        """
        match = _AS.match(self.text, self.pos, self.end)
        if match is None:
            word = _AS_WORD.match(self.text, self.pos, self.end)
            if word is None:
                return None
            self.pos = word.end()
            raise self.expected("a field name after `AS`")
        self.pos = match.end()
        return self._named(*match.span(1))

    def value(self) -> Value | None:
        """Return a bare or quoted value, a macro call or a subsearch."""
        match = _VALUE.match(self.text, self.pos, self.end)
        if match is None:
            return None
        kind = match.lastindex
        start, end = match.span(kind or 0)
        if kind == 4:
            return self.subsearch_at(start)
        self.pos = end
        if kind == 1:
            return self._quoted(start, end)
        if kind == 2:
            return Name(start, end, unescape(self.text[start:end]))
        return self.macro_at(start, end)

    def string(self, what: str) -> Name:
        """Return a value that is usually quoted (a pattern, a format).

        Raises:
            SplSyntaxError: none stands here.
        """
        value = self.value()
        if not isinstance(value, Name):
            raise self.expected(what)
        return value

    def _field(self, pattern: re.Pattern[str]) -> Field | None:
        match = pattern.match(self.text, self.pos, self.end)
        if match is None:
            return None
        kind = match.lastindex
        start, end = match.span(kind or 0)
        self.pos = end
        if kind == 1:
            return Name(start, end, unescape(self.text[start:end]))
        if kind == 4:
            return self.macro_at(start, end)
        return self._quoted(start, end)

    def _quoted(self, start: int, end: int) -> Name:
        raw = self.text[start + 1 : end - 1]
        if self.text[start] == "'":
            return Name(start, end, raw, "'")
        return Name(start, end, unescape(raw), '"')

    def _named(self, start: int, end: int) -> Name:
        return (
            self._quoted(start, end) if self.text[start] in "\"'" else Name(start, end, unescape(self.text[start:end]))
        )

    # --- options -----------------------------------------------------------------------------------------------------

    def option(self, known: Mapping[str, OptionKind | tuple[str, ...]] | None = None) -> Option | None:
        """Return the `name=value` that comes next if its name is known (by default to the command's spec)."""
        match = _OPTION_NAME.match(self.text, self.pos, self.end)
        if match is None:
            return None
        table = self.spec.options if known is None else known
        name = match.group(1).lower()
        kind = table.get(name)
        if kind is None:
            return None
        start = match.start(1)
        self.pos = match.end()
        if kind is OptionKind.EVAL and (match := _QUOTED_BRACKETS.match(self.text, self.pos, self.end)) is not None:
            self.pos = match.end()
            place = match.start(1) - len('"("')
            return Option(start, self.pos, name, Name(place, self.pos, f"({unescape(match[1])})", '"'))
        if kind is OptionKind.EVAL or kind is OptionKind.FILTER:
            condition = self._condition(filtering=kind is OptionKind.FILTER)
            if condition is not None:
                return Option(start, self.pos, name, condition)
        value = self.value()
        if value is None:
            raise self.expected(f"a value for `{name}`")
        if isinstance(value, Name):
            self._check_option(name, value, kind)
        return Option(start, value.end, name, value)

    def _condition(self, *, filtering: bool) -> Expr | Term | None:
        """Read `(expression)`, or where `filtering` `(terms)` or `eval(expression)`."""
        if filtering and self.peek() == "(":
            return TermReader(self, NO_WORDS).read_group()
        start = self.position()
        name_end = self.pos
        if filtering:
            word = _EVAL_CALL.match(self.text, start, self.end)
            if word is None:
                return None
            name_end = word.end(1)
            self.pos = word.end() - 1
        opened = self.pos
        if not self.take("("):
            return None
        expr = self.expression()
        if not self.take(")"):
            raise self.error("unbalanced-paren", "this `(` is never closed", opened, opened + 1, "add the closing `)`")
        return Call(start, self.pos, "eval", (expr,), name_end) if filtering else expr

    def options(
        self, known: Mapping[str, OptionKind | tuple[str, ...]] | None = None
    ) -> tuple[Option | MacroCall, ...]:
        """Return all options (and macro calls between them) that come next.

        Raises:
            SplSyntaxError: a `name=value` follows whose name is not known.
        """
        found: list[Option | MacroCall] = []
        while True:
            option = self.option(known)
            if option is not None:
                found.append(option)
            elif self.peek() == "`":
                call = self.field()
                if isinstance(call, MacroCall):
                    found.append(call)
            else:
                self.no_option(known)
                return tuple(found)

    def no_option(self, known: Mapping[str, OptionKind | tuple[str, ...]] | None = None) -> None:
        """Make sure that no `name=value` follows.

        Raises:
            SplSyntaxError: one does; it is not an option of the command.
        """
        match = _OPTION_NAME.match(self.text, self.pos, self.end)
        if match is None:
            return
        table = self.spec.options if known is None else known
        name = match.group(1)
        near = closest(name, table)
        hint = (
            f"did you mean `{near[0]}`?"
            if near
            else (f"its options are {', '.join(f'`{key}`' for key in table)}" if table else None)
        )
        if name.lower() in table:
            raise self.error(
                "bad-option", f"the option `{name}` of `{self.name}` does not belong here", match.start(1), match.end(1)
            )
        raise self.error("bad-option", f"`{self.name}` has no option `{name}`", match.start(1), match.end(1), hint)

    def mixed(self, stop: Collection[str] = NO_WORDS) -> tuple[tuple[Option | MacroCall, ...], tuple[Field, ...]]:
        """Return options and names that may stand in any order, up to a stop word or the end.

        Raises:
            SplSyntaxError: a `name=value` follows whose name is not known.
        """
        options: list[Option | MacroCall] = []
        names: list[Field] = []
        while True:
            option = self.option()
            if option is not None:
                options.append(option)
                continue
            found = self.fields(stop)
            if not found:
                self.no_option()
                return tuple(options), tuple(names)
            names.extend(found)

    def _check_option(self, name: str, value: Name, kind: OptionKind | tuple[str, ...]) -> None:
        text = value.text
        if "$" in text or "<<" in text:
            return
        if isinstance(kind, tuple):
            if text.lower() not in kind:
                words = ", ".join(f"`{word}`" for word in kind)
                self.report(
                    "bad-option", f"`{text}` is no value of `{name}`", value.start, value.end, f"it may be {words}"
                )
        elif kind is OptionKind.BOOL:
            if text.lower() not in TRUE | FALSE:
                self.report("bad-option", f"`{name}` must be `true` or `false`, not `{text}`", value.start, value.end)
        elif kind is OptionKind.INT:
            if _INTEGER.fullmatch(text) is None:
                self.report("bad-option", f"`{name}` must be a whole number, not `{text}`", value.start, value.end)
        elif kind is OptionKind.SPAN:
            unit = _SPAN.fullmatch(text)
            if unit is not None and unit.group(1).lower() not in _SPAN_UNITS:
                message = f"`{unit.group(1)}` is no unit of time in `{name}={text}`"
                self.report("bad-option", message, value.start, value.end, "such as `30s`, `5m`, `1h` or `1d`")
        elif kind is OptionKind.NUMBER and _NUMBER.fullmatch(text) is None:
            self.report("bad-option", f"`{name}` must be a number, not `{text}`", value.start, value.end)

    # --- the other languages -----------------------------------------------------------------------------------------

    def expression(self) -> Expr:
        """Return the eval expression that stands here.

        Raises:
            SplSyntaxError: none stands here, or it is broken.
        """
        return read_expression(self)

    def terms(self, stop: Collection[str] = NO_WORDS) -> Term | None:
        """Return the search terms up to a stop word (lower-case) or the end, or None when there are none.

        Raises:
            SplSyntaxError: they are broken.
        """
        return TermReader(self, frozenset(stop)).read()

    def subsearch(self) -> Subsearch | None:
        """Return the `[ ... ]` that comes next."""
        if self.peek() != "[":
            return None
        return self.subsearch_at(self.pos)

    def subsearch_of(self, what: str = "a subsearch in brackets") -> Subsearch:
        """Return the `[ ... ]` that comes next.

        Raises:
            SplSyntaxError: none stands here.
        """
        found = self.subsearch()
        if found is None:
            raise self.expected(what)
        return found

    def subsearch_at(self, start: int) -> Subsearch:
        """Parse the subsearch whose `[` is at an offset and move behind it."""
        found = self._parser.subsearch(start, self._depth)
        self.pos = found.end
        return found

    def subpipeline_of(self, *, tolerant: bool = False) -> Subsearch:
        """Return the `[ ... ]` that comes next and goes on with the rows of this command, so that it begins with a command.

        With `tolerant` its errors are not reported (it is a template whose marks are not SPL).

        Raises:
            SplSyntaxError: none stands here.
        """
        if self.peek() != "[":
            raise self.expected("a pipeline in brackets")
        noted = len(self._parser.errors)
        found = self._parser.subsearch(self.pos, self._depth, continued=True)
        if tolerant:
            del self._parser.errors[noted:]
        self.pos = found.end
        return found

    def macro_at(self, start: int, end: int) -> MacroCall:
        """Return the macro call between these offsets (backticks included)."""
        inside = self.text[start + 1 : end - 1]
        return MacroCall(start, end, *read_call(inside), inside)

    # --- aggregations ------------------------------------------------------------------------------------------------

    def aggregations(self, stop: Collection[str] = NO_WORDS) -> tuple[Aggregation | MacroCall, ...]:
        """Return the aggregations up to a stop word (lower-case) or anything that is none.

        Raises:
            SplSyntaxError: one is broken.
        """
        found: list[Aggregation | MacroCall] = []
        text, end = self.text, self.end
        while True:
            match = _AGGREGATION.match(text, self.pos, end)
            if match is None:
                while self.take(","):
                    pass
                if self.peek() != "`":
                    return tuple(found)
                call = self.field()
                if isinstance(call, MacroCall):
                    found.append(call)
                continue
            start, name_end = match.span(1)
            name = text[start:name_end]
            if name.lower() in stop:
                while self.take(","):
                    pass
                return tuple(found)
            closed = match.end(3)
            if closed < 0:
                if match.end() == name_end:
                    self.pos = name_end
                    if self.peek() == "(":
                        found.append(self._aggregation(start, name, name_end))
                        continue
                self.pos = match.end()
                alias = self._named(*match.span(4)) if match.start(4) >= 0 else self.alias()
                found.append(Aggregation(start, self.pos, name, name_end, name, (), alias))
                continue
            self.pos = match.end()
            argument_start, argument_end = match.span(2)
            args = (self._named(argument_start, argument_end),) if argument_start >= 0 else ()
            alias = self._named(*match.span(4)) if match.start(4) >= 0 else self.alias()
            found.append(Aggregation(start, self.pos, name, name_end, text[start:closed], args, alias))

    def aggregations_of(self, stop: Collection[str] = NO_WORDS) -> tuple[Aggregation | MacroCall, ...]:
        """Return the aggregations up to a stop word.

        Raises:
            SplSyntaxError: there is none, or one is broken.
        """
        found = self.aggregations(stop)
        if not found:
            raise self.expected("an aggregation such as `count` or `sum(field)`")
        return found

    def _aggregation(self, start: int, name: str, name_end: int) -> Aggregation:
        """Read an aggregation with an expression, another aggregation or several arguments in its parentheses."""
        args: tuple[Name | MacroCall | Expr | Aggregation, ...]
        if name.lower() == "eval":
            args, closed = self._eval_argument(start)
        else:
            args, closed = self._aggregation_arguments(start)
        return Aggregation(start, closed, name, name_end, self.text[start:closed], args, self.alias())

    def _eval_argument(self, start: int) -> tuple[tuple[Expr, ...], int]:
        """Read `(expression over aggregates)` of `timechart eval(...)`."""
        opened = self.position()
        self.pos += 1
        self.enter(start)
        expr = self.expression()
        if not self.take(")"):
            raise self.error("unbalanced-paren", "this `(` is never closed", opened, opened + 1, "add the closing `)`")
        self.leave()
        return (expr,), self.pos

    def _aggregation_arguments(self, start: int) -> tuple[tuple[Name | MacroCall | Expr | Aggregation, ...], int]:
        opened = self.position()
        self.pos += 1
        self.enter(start)
        args: list[Name | MacroCall | Expr | Aggregation] = []
        while not self.take(")"):
            match = _AGG_ARGUMENT.match(self.text, self.pos, self.end)
            if match is None:
                if self.at_end():
                    raise self.error(
                        "unbalanced-paren", "this `(` is never closed", opened, opened + 1, "add the closing `)`"
                    )
                raise self.expected("a field name or `eval(...)`")
            kind = match.lastindex
            begin, end = match.span(kind or 0)
            self.pos = end
            if kind == 2:
                inner, inner_end = match.group(1), match.end(1)
                if inner.lower() == "prefix":
                    found = _PREFIX.match(self.text, match.start(1), self.end)
                    if found is None:
                        raise self.error(
                            "unbalanced-paren", "this `(` is never closed", begin, end, "add the closing `)`"
                        )
                    self.pos = found.end()
                    args.append(Name(found.start(), found.end(), found.group()))
                elif inner.lower() == "eval":
                    args.append(self.expression())
                    if not self.take(")"):
                        if self.at_end():
                            raise self.error(
                                "unbalanced-paren", "this `(` is never closed", begin, end, "add the closing `)`"
                            )
                        raise self.expected("an operator or `)`")
                else:
                    self.pos = inner_end
                    args.append(self._aggregation(match.start(1), inner, inner_end))
            elif kind == 3:
                args.append(Name(begin, end, self.text[begin:end]))
            elif kind == 6:
                args.append(self.macro_at(begin, end))
            else:
                args.append(self._quoted(begin, end))
            if not self.take(",") and self.peek() != ")":
                if self.at_end():
                    raise self.error(
                        "unbalanced-paren", "this `(` is never closed", opened, opened + 1, "add the closing `)`"
                    )
                raise self.expected("`,` or `)`", "an expression is written `eval(...)` inside an aggregation")
        self.leave()
        return tuple(args), self.pos
