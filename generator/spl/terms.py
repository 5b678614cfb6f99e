"""The search language: `search`, `tstats ... where`, `inputlookup ... where`, ... to a tree of terms.

Precedence: parentheses, NOT, OR, AND; terms side by side are joined by AND. A comparison (`field op value`) is one
match of a compiled expression, since a search is mostly made of them. Lower-case `and`, `or`, `not` are words to look
for, as in Splunk. An unquoted value ends at a blank, a parenthesis, a bracket or a backtick.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.spl.ast import (
    And,
    Comparison,
    Directive,
    Field,
    Group,
    InTerm,
    Keyword,
    MacroTerm,
    Name,
    Not,
    Or,
    SubsearchTerm,
    Term,
    TokenTerm,
    Value,
)
from generator.spl.text import STRING, unescape

if TYPE_CHECKING:
    from generator.spl.reader import ArgReader

_WORD = r'(?:[^\s"()\[\]|=<>!,`\\]++|\\["|\\]?+|!(?!=))++'
_VALUE = r'(?:[^\s"()\[\]|,`\\]++|\\["|\\]?+|,(?=[^\s"()\[\]|,`]))++'
_LISTED = r'(?:[^\s"()\[\]|,`\\]++|\\["|\\]?+)++'
_OP = r"(?:[=!<>]=|[=<>])"

_TERM = re.compile(
    rf"""\s*+(?:
    (\()                                                        # 1 open
  | (\))                                                        # 2 close
  | (NOT|AND|OR)(?![^\s()"\[`])                                 # 3 Boolean word
  | ({_WORD}|{STRING})\s*+({_OP})\s*+(?:({STRING})|({_VALUE}))  # 4 field 5 op 6 quoted or 7 bare value
  | ({_WORD}|{STRING})\s*+({_OP})                               # 8 field 9 op, then a subsearch, a macro or nothing
  | (?:({_WORD})\s++|({STRING})\s*+)(NOT\s++)?[Ii][Nn]\s*+(?=[(\[`])()  # 10/11 field 12 NOT 13 list
  | (CASE|TERM|PREFIX)\(                                        # 14 directive
  | ({STRING})                                                  # 15 phrase
  | (`[^`]++`)                                                  # 16 macro call
  | (\[)                                                        # 17 subsearch
  | (,)                                                         # 18 comma
  | ({_OP})                                                     # 19 operator without a field
  | ({_VALUE})                                                  # 20 word
    )""",
    re.VERBOSE | re.DOTALL,
)
_IN_VALUE = re.compile(rf"[\s,]*+(?:({STRING})|({_LISTED})|(`[^`]++`)|(\[)|(\)))", re.DOTALL)
_DIRECTIVE_TEXT = re.compile(rf"\s*+(?:({STRING})|((?:[^()\s]++|\([^()]*+\)|\s++(?!\)))*+))\s*+\)", re.DOTALL)
_FOLLOWING_OP = re.compile(rf"\s*+({_OP})")
_SPLIT_FIELD = re.compile(r"([A-Za-z_][\w.]*+)::(.++)", re.DOTALL)
_TOKEN = re.compile(r"\$[^$\s]++\$")

_CLOSE, _BOOLEAN, _COMMA, _WORD_GROUP = 2, 3, 18, 20
_END = 0


class TermReader:
    """Reads terms from where `reader` stands until its end, a stop word or a closing parenthesis that is not its own."""

    __slots__ = ("_depth", "_end", "_match", "_reader", "_stop", "_text", "kind")

    def __init__(self, reader: ArgReader, stop: frozenset[str]) -> None:
        self._reader = reader
        self._text = reader.text
        self._end = reader.end
        self._stop = stop
        self._depth = 0
        self._match: re.Match[str]
        self.kind = _END
        self._advance(reader.pos)

    def read(self) -> Term | None:
        """Return the term, or None when there is none; leaves the reader behind it."""
        if self.kind == _END:
            return None
        term = self._and()
        if self.kind == _CLOSE:
            start = self._match.start(_CLOSE)
            raise self._reader.error(
                "unbalanced-paren", "this `)` closes nothing", start, start + 1, "remove it, or open a group with `(`"
            )
        return term

    def read_group(self) -> Term | None:
        """Return the `( ... )` that comes next, or None; leaves the reader behind it."""
        if self.kind != 1:
            return None
        return self._group(self._match.start(1), self._match.end())

    def _advance(self, pos: int) -> None:
        match = _TERM.match(self._text, pos, self._end)
        self._reader.pos = pos
        if match is None:
            self.kind = _END
            return
        kind = match.lastindex or _END
        if kind == _WORD_GROUP and self._stop and match.group(_WORD_GROUP).lower() in self._stop:
            kind = _END
        elif kind == _COMMA:
            self._advance(match.end())
            return
        self.kind = kind
        self._match = match

    def _and(self) -> Term:
        first = self._or()
        kind = self.kind
        if kind in {_END, _CLOSE}:
            return first
        terms = [first]
        explicit = False
        while kind not in {_END, _CLOSE}:
            if kind == _BOOLEAN and self._match.group(3) == "AND":
                explicit = True
                self._advance(self._match.end())
            terms.append(self._or())
            kind = self.kind
        return And(first.start, terms[-1].end, tuple(terms), explicit)

    def _or(self) -> Term:
        first = self._not()
        if self.kind != _BOOLEAN or self._match.group(3) != "OR":
            return first
        terms = [first]
        while self.kind == _BOOLEAN and self._match.group(3) == "OR":
            self._advance(self._match.end())
            terms.append(self._not())
        return Or(first.start, terms[-1].end, tuple(terms))

    def _not(self) -> Term:
        starts = []
        while self.kind == _BOOLEAN and self._match.group(3) == "NOT":
            starts.append(self._match.start(3))
            self._advance(self._match.end())
        term = self._primary()
        while starts:
            term = Not(starts.pop(), term.end, term)
        return term

    def _primary(self) -> Term:
        kind = self.kind
        if kind in {_END, _CLOSE}:
            raise self._missing()
        match = self._match
        if kind in (6, 7):
            start, end = match.span(kind)
            field_start, field_end = match.span(4)
            text = self._text
            value = (
                Name(start, end, unescape(text[start + 1 : end - 1]), '"')
                if kind == 6
                else Name(start, end, unescape(text[start:end]))
            )
            name = text[field_start:field_end]
            field = (
                Name(field_start, field_end, unescape(name[1:-1]), '"')
                if name[0] == '"'
                else Name(field_start, field_end, unescape(name))
            )
            self._advance(end)
            return Comparison(field_start, end, field, match.group(5), value)
        if kind == 1:
            return self._group(match.start(1), match.end())
        if kind == 20:
            return self._word(*match.span(20))
        if kind == 13:
            return self._in_list()
        if kind == 16:
            return self._macro(*match.span(16))
        if kind == 15:
            start, end = match.span(15)
            self._advance(end)
            return Keyword(start, end, Name(start, end, unescape(self._text[start + 1 : end - 1]), '"'))
        if kind == 9:
            field = self._name(*match.span(8))
            return self._open_comparison(field, match.group(9), match.end(9))
        if kind == 17:
            subsearch = self._reader.subsearch_at(match.start(17))
            self._advance(subsearch.end)
            return SubsearchTerm(subsearch.start, subsearch.end, subsearch)
        if kind == 14:
            return self._directive(match.group(14), match.start(14), match.end())
        if kind == _BOOLEAN:
            raise self._missing()
        start, end = match.span(19)
        raise self._reader.error("expected", f"expected a field name before `{match.group(19)}`", start, end)

    def _missing(self) -> Exception:
        reader = self._reader
        if self.kind == _BOOLEAN:
            start, end = self._match.span(3)
            return reader.error("expected", f"expected a search term before `{self._match.group(3)}`", start, end)
        if self.kind == _CLOSE:
            start = self._match.start(_CLOSE)
            return reader.error("expected", "expected a search term before `)`", start, start + 1)
        return reader.expected("a search term")

    def _name(self, start: int, end: int) -> Name:
        text = self._text[start:end]
        return Name(start, end, unescape(text[1:-1]), '"') if text[0] == '"' else Name(start, end, unescape(text))

    def _group(self, start: int, after: int) -> Term:
        reader = self._reader
        reader.enter(start)
        stop, self._stop = self._stop, frozenset()
        self._advance(after)
        term = self._and() if self.kind not in {_END, _CLOSE} else None
        if self.kind != _CLOSE:
            raise reader.error("unbalanced-paren", "this `(` is never closed", start, start + 1, "add the closing `)`")
        end = self._match.end()
        self._stop = stop
        reader.leave()
        self._advance(end)
        return Group(start, end, term)

    def _word(self, start: int, end: int) -> Term:
        raw = self._text[start:end]
        if "::" in raw and (split := _SPLIT_FIELD.fullmatch(raw)) is not None:
            self._advance(end)
            value = Name(start + split.start(2), end, unescape(split.group(2)))
            return Comparison(start, end, Name(start, start + split.end(1), split.group(1)), "::", value)
        self._advance(end)
        if raw[0] == "$" and _TOKEN.fullmatch(raw) is not None:
            return TokenTerm(start, end, raw[1:-1])
        return Keyword(start, end, Name(start, end, unescape(raw)))

    def _macro(self, start: int, end: int) -> Term:
        call = self._reader.macro_at(start, end)
        operator = _FOLLOWING_OP.match(self._text, end, self._end)
        if operator is not None:
            return self._open_comparison(call, operator.group(1), operator.end())
        self._advance(end)
        return MacroTerm(start, end, call)

    def _open_comparison(self, field: Field, op: str, after: int) -> Term:
        """Read the value of a comparison that is not a plain word or string."""
        reader = self._reader
        reader.pos = after
        value: Value | None = reader.value()
        if value is None:
            if reader.peek() == "(":
                raise reader.error(
                    "expected",
                    f"expected a value after `{op}`",
                    reader.pos,
                    reader.pos + 1,
                    "several values are written `field IN (a, b)`",
                )
            value = Name(after, after, "")
            if not reader.ends_here(after):
                raise reader.error("expected", f"expected a value after `{op}`", after - len(op), after)
            reader.report("expected", f"expected a value after `{op}`", after - len(op), after)
        self._advance(max(value.end, after))
        return Comparison(field.start, max(value.end, after), field, op, value)

    def _in_list(self) -> Term:
        match, reader, text = self._match, self._reader, self._text
        field = self._name(*match.span(10 if match.group(10) is not None else 11))
        pos = match.end()
        values: list[Value] = []
        if text[pos] == "(":
            opened = pos
            pos += 1
            while True:
                found = _IN_VALUE.match(text, pos, self._end)
                if found is None:
                    reader.pos = pos
                    at = reader.position()
                    if at < self._end and text[at] == "(":
                        raise reader.error(
                            "expected",
                            "expected a value or `)`",
                            at,
                            at + 1,
                            "put a value that holds parentheses in double quotes",
                        )
                    raise reader.error(
                        "unbalanced-paren",
                        "this `(` is never closed",
                        opened,
                        opened + 1,
                        "add the `)` that ends the list of `IN`",
                    )
                pos = found.end()
                kind = found.lastindex
                start, end = found.span(kind or 0)
                if kind == 1:
                    values.append(Name(start, end, unescape(text[start + 1 : end - 1]), '"'))
                elif kind == 2:
                    values.append(Name(start, end, unescape(text[start:end])))
                elif kind == 3:
                    values.append(reader.macro_at(start, end))
                elif kind == 4:
                    subsearch = reader.subsearch_at(start)
                    values.append(subsearch)
                    pos = subsearch.end
                else:
                    break
            if not values:
                raise reader.error("expected", "expected at least one value between `IN (` and `)`", opened, pos)
        else:
            reader.pos = pos
            value = reader.value()
            if value is None:
                raise reader.expected("`(` after `IN`")
            values.append(value)
            pos = value.end
        self._advance(pos)
        term: Term = InTerm(field.start, pos, field, tuple(values))
        return Not(field.start, pos, term) if match.group(12) else term

    def _directive(self, name: str, start: int, after: int) -> Term:
        found = _DIRECTIVE_TEXT.match(self._text, after, self._end)
        if found is None:
            raise self._reader.error(
                "unbalanced-paren", f"the `(` of `{name}` is never closed", after - 1, after, "add the closing `)`"
            )
        quoted = found.group(1) is not None
        inner_start, inner_end = found.span(1 if quoted else 2)
        raw = self._text[inner_start:inner_end]
        if not raw:
            raise self._reader.error(
                "expected", f"expected a text between the parentheses of `{name}`", start, found.end()
            )
        value = Name(inner_start, inner_end, unescape(raw[1:-1] if quoted else raw), '"' if quoted else "")
        self._advance(found.end())
        return Directive(start, found.end(), name, value)
