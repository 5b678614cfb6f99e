r"""Search terms become masks over the rows of a table.

A comparison is tested on the distinct values of its field, once per dictionary (the answer is kept there), and spread by
codes. `=` compares whole values as texts without case, with `*` for any text; `<` and its kin compare as numbers where
both sides are, else by byte order. `!=` asks for a value that differs; NOT is the complement of rows, so that there is no
third truth value. Wildcards over many distinct values are found in one text of all of them, joined by NUL.

Bare words and phrases stand for whole tokens in `_raw` (Search Manual, "Event segmentation"): on both sides of the match
a breaker or an end. `CASE(...)` is the same with case, `TERM(...)` wants major breakers around it.

Sources: Search Reference, "search"; Search Manual, "Boolean expressions", "Use CASE() and TERM() to match phrases",
"Specify time modifiers in your search".
"""

from __future__ import annotations

import datetime
import ipaddress
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.engine.values import Value, elements, number_of, text_of
from generator.spl.ast import (
    And,
    Comparison,
    Directive,
    Group,
    InTerm,
    Keyword,
    MacroCall,
    MacroTerm,
    Name,
    Not,
    Or,
    Subsearch,
    SubsearchTerm,
    Term,
    TokenTerm,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from generator.engine.column import Dictionary, Mask
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.ast import Value as ValueNode

    Predicate = Callable[[str], bool]

JOIN_FROM = 64
"""Dictionaries with fewer values are asked one by one; larger ones are searched as one text."""

TIME_MODIFIERS = frozenset(
    {"earliest", "latest", "_index_earliest", "_index_latest", "starttime", "endtime", "timeformat"}
)
"""Fields of terms that choose the time range."""

_MAJOR = "[]<>(){}|!;,'\"*\n\r \t&?+"
_MINOR = "/:=@.-$#%\\_"
_BREAKERS = frozenset(_MAJOR + _MINOR)
_MAJORS = frozenset(_MAJOR)
_BETWEEN_MAJORS = re.compile(f"[{re.escape(_MAJOR)}]+")
_CIDR = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)/\d{1,3}")
_STARRED = "\\\\\\*"
_UNC = "\\\\*"
r"""`"\\\\\*\\C$"`, as converters of rules write the share `\\*\C$`: no escape (the asterisk stays a wildcard), so its backslash may be missing."""
_ABSOLUTE = ("%m/%d/%Y:%H:%M:%S", "%m/%d/%Y:%H:%M", "%m/%d/%Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d")
_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
}


def matching(term: Term, table: Table, env: Env, command: str) -> Mask:
    """Return which rows of a table fit a term.

    Raises:
        SearchError: a macro that is not known, a time that cannot be read.
        UnsupportedSpl: a term that this engine cannot answer.
    """
    return _Matcher(table, env, command).mask(term)


class _Matcher:
    """One walk over a tree of terms for one table."""

    def __init__(self, table: Table, env: Env, command: str) -> None:
        self.table = table
        self.env = env
        self.command = command

    def mask(self, term: Term) -> Mask:
        if isinstance(term, Comparison):
            return self._comparison(term)
        if isinstance(term, And):
            result = self.mask(term.terms[0])
            for part in term.terms[1:]:
                if not result.any():
                    self._check(part)
                    continue
                result = result & self.mask(part)
            return result
        if isinstance(term, Or):
            result = self.mask(term.terms[0])
            for part in term.terms[1:]:
                result = result | self.mask(part)
            return result
        if isinstance(term, Not):
            return ~self.mask(term.term)
        if isinstance(term, Group):
            # An empty group asks nothing, so that `NOT ( )`, which an empty subsearch becomes, matches nothing.
            return np.ones(self.table.length, np.bool_) if term.term is None else self.mask(term.term)
        if isinstance(term, InTerm):
            return self._in(term)
        if isinstance(term, Keyword):
            return self._keyword(term.value.text)
        if isinstance(term, Directive):
            return self._directive(term)
        if isinstance(term, SubsearchTerm):
            text = self.env.subsearch_text(term.subsearch.pipeline)
            return self.mask(self.env.parse_terms(text, self.command, term))
        raise self._stopped(term)

    def _stopped(self, term: Term) -> Exception:
        if isinstance(term, MacroTerm):
            return self._no_macro(term.call)
        if isinstance(term, TokenTerm):
            return self.env.error(self.command, f"The token ${term.name}$ has no value here", term)
        return self.env.unsupported(f"the term `{type(term).__name__}`", term)

    def _no_macro(self, call: MacroCall) -> Exception:
        return self.env.error(self.command, f"The search specifies a macro '{call.name}' that cannot be found", call)

    def _check(self, term: Term) -> None:
        """Refuse what cannot run even where no row is left to ask, so that an empty result is never a guess."""
        if isinstance(term, And | Or):
            for part in term.terms:
                self._check(part)
        elif isinstance(term, Not):
            self._check(term.term)
        elif isinstance(term, Group):
            if term.term is not None:
                self._check(term.term)
        elif isinstance(term, Comparison):
            if isinstance(term.field, MacroCall):
                raise self._no_macro(term.field)
            if isinstance(term.value, MacroCall):
                raise self._no_macro(term.value)
        elif isinstance(term, MacroTerm | TokenTerm):
            raise self._stopped(term)

    # --- leaves ------------------------------------------------------------------------------------------------------

    def _comparison(self, term: Comparison) -> Mask:
        if isinstance(term.field, MacroCall):
            raise self._no_macro(term.field)
        name = term.field.text
        texts = self._texts(term.value)
        if name in TIME_MODIFIERS:
            return self._time(name, texts[0], term)
        if term.op in _ORDER:
            return self._leaf(name, term.op, texts[0])
        if len(texts) == 1:
            return self._leaf(name, "=" if term.op in {"==", "::"} else term.op, texts[0])
        found = np.zeros(self.table.length, np.bool_)
        for text in texts:
            found |= self._leaf(name, "=", text)
        return self.table.column(name).present & ~found if term.op == "!=" else found

    def _in(self, term: InTerm) -> Mask:
        if isinstance(term.field, MacroCall):
            raise self._no_macro(term.field)
        name = term.field.text
        found = np.zeros(self.table.length, np.bool_)
        if self.table.find(name) is None and not any(isinstance(value, Subsearch) for value in term.values):
            return found
        for value in term.values:
            for text in self._texts(value):
                found |= self._leaf(name, "=", text)
        return found

    def _texts(self, value: ValueNode) -> list[str]:
        """Return the literal values that a value stands for: one, or those that a subsearch returns."""
        if isinstance(value, Name):
            return [value.text]
        if isinstance(value, MacroCall):
            raise self._no_macro(value)
        term: Term | None = self.env.parse_terms(self.env.subsearch_text(value.pipeline), self.command, value)
        found: list[str] = []
        stack = [term]
        while stack:
            term = stack.pop()
            if isinstance(term, Keyword):
                found.append(term.value.text)
            elif isinstance(term, Or):
                stack.extend(reversed(term.terms))
            elif isinstance(term, Group) and term.term is not None:
                stack.append(term.term)
            elif isinstance(term, Comparison) and isinstance(term.value, Name):
                found.append(term.value.text)
            else:
                raise self.env.unsupported("a subsearch that gives more than values in the place of a value", value)
        return found

    def _leaf(self, name: str, op: str, literal: str) -> Mask:
        column = self.table.find(name)
        if column is None:
            return np.zeros(self.table.length, np.bool_)
        if literal == "*" and op in {"=", "!="}:
            return column.present if op == "=" else np.zeros(self.table.length, np.bool_)
        if len(column) < len(column.dictionary) // 8 and ("leaf", op, literal) not in column.dictionary.cache:
            column = column.compact()
        found = leaf(column.dictionary, op, literal)
        if found is None:
            return np.zeros(self.table.length, np.bool_)
        result: Mask = found[column.codes]
        return result

    # --- words in the raw text ---------------------------------------------------------------------------------------

    def _keyword(self, text: str) -> Mask:
        if text and not text.strip("*"):
            return np.ones(self.table.length, np.bool_)
        return self._token(text, "word")

    def _token(self, text: str, kind: str) -> Mask:
        column = self.table.find("_raw")
        if column is None or not text:
            return np.zeros(self.table.length, np.bool_)
        if len(column) < len(column.dictionary) // 8 and ("token", kind, text) not in column.dictionary.cache:
            column = column.compact()
        result: Mask = token_leaf(column.dictionary, kind, text)[column.codes]
        return result

    def _directive(self, term: Directive) -> Mask:
        text = term.value.text
        if term.name == "PREFIX":
            raise self.env.unsupported("PREFIX() outside of tstats' aggregations", term)
        if term.name == "CASE" and (split := re.fullmatch(r"([\w.:{}@-]+)=(.+)", text, re.DOTALL)) is not None:
            return self._exact(split[1], split[2].strip('"'))
        return self._token(text, "case" if term.name == "CASE" else "term")

    def _exact(self, name: str, literal: str) -> Mask:
        pattern = wildcard(literal, ignore_case=False)
        return self.table.column(name).test(lambda value: any(pattern(text_of(one)) for one in elements(value)))

    # --- time --------------------------------------------------------------------------------------------------------

    def _time(self, name: str, text: str, term: Term) -> Mask:
        if name == "timeformat":
            raise self.env.unsupported("the term `timeformat`", term)
        field = "_indextime" if name.startswith("_index") else "_time"
        bound = self.env.time(text, self.command, term)
        times = self.table.column(field).numbers
        late = name in {"latest", "_index_latest", "endtime"}
        result: Mask = times < bound if late else times >= bound
        return result


def read_time(text: str) -> float | None:
    """Return an absolute time of the search language (`10/27/2026:13:30:00`) in seconds since 1970 (UTC), or None."""
    for form in _ABSOLUTE:
        try:
            at = datetime.datetime.strptime(text, form).replace(tzinfo=datetime.UTC)
        except ValueError:
            continue
        return at.timestamp()
    return None


# --- leaves over distinct values -------------------------------------------------------------------------------------


def leaf(dictionary: Dictionary, op: str, literal: str) -> Mask | None:
    """Return for which values of a dictionary a comparison holds, or None for none of them; kept in the dictionary."""
    key = ("leaf", op, literal)
    cache = dictionary.cache
    if key not in cache:
        found = _compute(dictionary, op, literal)
        cache[key] = found if found.any() else None
    result: Mask | None = cache[key]
    return result


def _compute(dictionary: Dictionary, op: str, literal: str) -> Mask:
    if op in _ORDER:
        return _ordered(dictionary, op, literal)
    if op == "!=":
        return _different(dictionary, literal)
    if _CIDR.fullmatch(literal) is not None and (subnet := in_subnet(literal)) is not None:
        return _asked(dictionary.values, subnet)
    searched = _searched(dictionary)
    found = np.zeros(len(dictionary), np.bool_)
    if _STARRED in literal and (other := leaf(dictionary, op, literal.replace(_STARRED, _UNC))) is not None:
        found |= other
    codes = searched.equal(literal.lower()) if "*" not in literal else searched.like(literal.lower())
    found[list(codes)] = True
    return found


def _different(dictionary: Dictionary, literal: str) -> Mask:
    """Some value must differ: for a single value the complement among those that are there."""
    found = leaf(dictionary, "=", literal)
    result = np.ones(len(dictionary), np.bool_) if found is None else ~found
    result[0] = False
    if dictionary.has_multivalue:
        same = literal_test(literal)
        for code, value in enumerate(dictionary.values):
            if type(value) is tuple:
                result[code] = not all(same(text_of(one)) for one in value)
    return result


def _ordered(dictionary: Dictionary, op: str, literal: str) -> Mask:
    holds = _ORDER[op]
    number = number_of(literal)

    def fits(text: str) -> bool:
        if number is not None and (own := number_of(text)) is not None:
            return bool(holds(own, number))
        return bool(holds(text, literal))

    if number is not None and not dictionary.has_multivalue:
        numbers = dictionary.numbers
        with np.errstate(invalid="ignore"):
            found: Mask = holds(numbers, number)
        for code in np.flatnonzero(np.isnan(numbers)).tolist():
            found[code] = code != 0 and fits(dictionary.texts[code])
        return found
    return _asked(dictionary.values, fits)


def _asked(values: Iterable[Value], predicate: Predicate) -> Mask:
    return np.array([any(predicate(text_of(one)) for one in elements(value)) for value in values], dtype=np.bool_)


def literal_test(literal: str) -> Predicate:
    """Return whether a text equals the literal of a search comparison: without case, `*` for any text, subnets."""
    if _CIDR.fullmatch(literal) is not None and (subnet := in_subnet(literal)) is not None:
        return subnet
    if _STARRED in literal:
        kept, dropped = wildcard(literal), wildcard(literal.replace(_STARRED, _UNC))
        return lambda text: kept(text) or dropped(text)
    return wildcard(literal)


def wildcard(literal: str, *, ignore_case: bool = True) -> Predicate:
    """Return whether a whole text is like a literal in which `*` stands for any text."""
    if ignore_case:
        folded = wildcard(literal.lower(), ignore_case=False)
        return lambda text: folded(text.lower())
    first, *middle, last = parts = literal.split("*") if "*" in literal else [literal, ""]
    if "*" not in literal:
        return literal.__eq__
    least = sum(map(len, parts))

    def fits(text: str) -> bool:
        if len(text) < least or not text.startswith(first) or not text.endswith(last):
            return False
        at = len(first)
        end = len(text) - len(last)
        for part in middle:
            at = text.find(part, at, end)
            if at < 0:
                return False
            at += len(part)
        return True

    return fits


def in_subnet(literal: str) -> Predicate | None:
    """Return whether an address lies in a subnet (host bits are ignored), or None where the literal is no subnet."""
    try:
        network = ipaddress.ip_network(literal, strict=False)
    except ValueError:
        return None
    mask, base, version = int(network.netmask), int(network.network_address), network.version

    def inside(text: str) -> bool:
        if text == literal:
            return True
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        return address.version == version and int(address) & mask == base

    return inside


class _Searched:
    """The texts of a dictionary in lower case, ready to be searched; of a multivalue each value is an entry."""

    def __init__(self, dictionary: Dictionary) -> None:
        entries: list[str] = []
        codes: list[int] = []
        for code, value in enumerate(dictionary.values):
            for one in elements(value):
                entries.append((one if type(one) is str else text_of(one)).lower())
                codes.append(code)
        self._entries = entries
        self._codes = codes
        self._exact: dict[str, list[int]] | None = None
        self._joined: str | None = None
        self._starts: Any = None
        self._plain = len(entries) >= JOIN_FROM and not any("\0" in entry for entry in entries)

    def entries(self) -> Iterable[tuple[str, int]]:
        """Return each text with its code."""
        return zip(self._entries, self._codes, strict=True)

    def equal(self, literal: str) -> Iterable[int]:
        """Return the codes whose text is the literal."""
        if self._exact is None:
            exact: dict[str, list[int]] = {}
            for entry, code in zip(self._entries, self._codes, strict=True):
                exact.setdefault(entry, []).append(code)
            self._exact = exact
        return self._exact.get(literal, ())

    def like(self, literal: str) -> Iterable[int]:
        """Return the codes whose text is like the literal with wildcards."""
        fits = wildcard(literal, ignore_case=False)
        if not self._plain or "\0" in literal:
            return [code for entry, code in zip(self._entries, self._codes, strict=True) if fits(entry)]
        parts = literal.split("*")
        needle = max(parts, key=len)
        if not needle:
            return self._codes
        if needle == parts[0]:
            sought = "\0" + needle
        elif needle == parts[-1]:
            sought = needle + "\0"
        else:
            sought = needle
        only = sum(map(bool, parts)) == 1
        return [self._codes[place] for place in self._places(sought) if only or fits(self._entries[place])]

    def _places(self, needle: str) -> list[int]:
        """Return the entries in which a text occurs, NUL standing before and behind each."""
        if self._joined is None:
            self._joined = "\0" + "\0".join(self._entries) + "\0"
            lengths = np.fromiter(map(len, self._entries), np.int64, len(self._entries))
            self._starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths + 1)))
        joined = self._joined
        starts = self._starts
        found: list[int] = []
        at = joined.find(needle)
        while at >= 0:
            found.append(at)
            at = joined.find(needle, at + 1)
        offset = 0 if needle[0] == "\0" else -1  # a needle that begins with NUL is found one before its entry
        places = np.searchsorted(starts, np.array(found, np.int64) + offset, side="right") - 1
        return np.unique(places).tolist()  # type: ignore[no-any-return]  # a list of int


def _searched(dictionary: Dictionary) -> _Searched:
    found = dictionary.cache.get("searched")
    if found is None:
        found = dictionary.cache["searched"] = _Searched(dictionary)
    return found


# --- tokens ----------------------------------------------------------------------------------------------------------


def segments(raw: str) -> list[str]:
    """Return the pieces of a raw text between major breakers."""
    return _BETWEEN_MAJORS.split(raw)


def token_leaf(dictionary: Dictionary, kind: str, text: str) -> Mask:
    """Return for which raw texts a word or phrase stands there as token; `kind` is `word`, `case` or `term`."""
    key = ("token", kind, text)
    found: Mask | None = dictionary.cache.get(key)
    if found is None:
        found = np.zeros(len(dictionary), np.bool_)
        if text.strip("*"):
            if kind == "case":
                test = _token_test(text, _BREAKERS)
                found = _asked(dictionary.values, test)
            else:
                test = _token_test(text.lower(), _MAJORS if kind == "term" else _BREAKERS)
                found[[code for entry, code in _searched(dictionary).entries() if test(entry)]] = True
        dictionary.cache[key] = found
    return found


def _token_test(sought: str, breakers: frozenset[str]) -> Predicate:
    """Return whether a text holds a word or phrase with breakers around it; `*` stands for any text."""
    core = sought.strip("*")
    left = not sought.startswith("*") and core[0] not in breakers
    right = not sought.endswith("*") and core[-1] not in breakers
    parts = core.split("*")

    def fits(raw: str) -> bool:
        at = raw.find(parts[0])
        while at >= 0:
            if (not left or at == 0 or raw[at - 1] in breakers) and _behind(raw, parts, at, right, breakers):
                return True
            at = raw.find(parts[0], at + 1)
        return False

    return fits


def _behind(raw: str, parts: list[str], at: int, right: bool, breakers: frozenset[str]) -> bool:  # noqa: FBT001 - called once
    """Whether the further parts follow in order, the last with a breaker behind it where `right`."""
    at += len(parts[0])
    for part in parts[1:-1]:
        at = raw.find(part, at)
        if at < 0:
            return False
        at += len(part)
    if len(parts) == 1:
        return not right or at == len(raw) or raw[at] in breakers
    last = parts[-1]
    at = raw.find(last, at)
    while at >= 0:
        end = at + len(last)
        if not right or end == len(raw) or raw[end] in breakers:
            return True
        at = raw.find(last, at + 1)
    return False
