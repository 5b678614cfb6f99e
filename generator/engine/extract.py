r"""Events of one sourcetype, source and host become columns of fields, each made when it is first asked for.

Splunk's order of search-time work: EXTRACT, REPORT, automatic key=value (KV_MODE), FIELDALIAS, EVAL, LOOKUP, event types,
tags. A field is asked for stage by stage: what its last lookup sees is its value behind the EVALs, and so on, so nothing
is computed for a search that does not need it. Rules that cut a known set of names run once when one of the names is
needed; rules whose names stand in the events (KV_MODE, `FORMAT = $1::$2`) run once for all of them.

Of several rules that give one field the first wins, but for MV_ADD, which adds. All EVALs read the fields as they were
before any EVAL ran; one that gives null leaves the field absent. A rule that cannot work (a bad regular expression, a
lookup that is missing) is left out, and said once in `Extraction.warnings`.

Sources: Knowledge Manager Manual, "The sequence of search-time operations"; props.conf.spec; transforms.conf.spec.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.base.diagnostics import GeneratorError
from generator.base.frozen import dataclass
from generator.engine.column import Column, absent, choose, concat, constant, encode, spread
from generator.engine.cutting import (
    cut_auto,
    cut_auto_escaped,
    cut_json,
    cut_xml,
    delimited_list,
    delimited_pairs,
    encode_pairs,
    split_pairs,
)
from generator.engine.errors import PatternTimeoutError
from generator.engine.expr import distinct_inputs, evaluate
from generator.engine.patterns import PatternError
from generator.engine.scan import compile_scanner
from generator.engine.table import over
from generator.engine.values import elements, multivalue, shown, text_of
from generator.knowledge.props import search_rules
from generator.knowledge.transforms import clean_key
from generator.spl.ast import And, Comparison, Group, InTerm, Name, Not, Or

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from generator.engine.column import Mask, Rows
    from generator.engine.env import Env
    from generator.engine.expr import Compiled
    from generator.engine.scan import Scanner
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.knowledge.lookups import Lookup
    from generator.knowledge.props import Alias, AutoLookup, InlineExtract
    from generator.knowledge.settings import Settings
    from generator.knowledge.transforms import Transform
    from generator.spl.ast import Term

_FORMAT = re.compile(r'\s*("[^"]*"|[^\s:"]+(?:"[^"]*"[^\s:"]*)?)::("[^"]*"|\S*)')
_GROUP = re.compile(r"\$(\d+)")
_FIELDS_OF_EVENTS = frozenset({"eventtype", "tag"})
_FIXED = ("sourcetype", "source", "index")


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that cuts fields: `names` are those that it can give, None = they stand in the events."""

    names: frozenset[str] | None
    field: str
    mv_add: bool
    cut: Callable[[Sequence[Value]], dict[str, Column]]


@dataclass(frozen=True, slots=True)
class BoundLookup:
    """A `LOOKUP` rule with its table and, by event field, the column that it gives."""

    rule: AutoLookup
    table: Lookup
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PartRules:
    """The rules of events of one sourcetype, source and host, ready to run; `steps_of` is name to the static steps."""

    steps: tuple[Step, ...]
    aliases: Mapping[str, tuple[Alias, ...]]
    evals: Mapping[str, str]
    lookups: tuple[BoundLookup, ...]
    eventtypes: tuple[tuple[str, Term], ...]


KV_MODES = frozenset({"none", "auto", "auto_escaped", "json", "xml"})
"""The values of KV_MODE that are followed (props.conf.spec also has `multi`)."""


class Extraction:
    """Makes the rules of parts of events, and keeps them for all event sets of an engine.

    `env` gives what expressions and search terms are compiled with.
    """

    def __init__(self, settings: Settings, env: Callable[[], Env]) -> None:
        self.settings = settings
        self.warnings: list[str] = []
        self._make_env = env
        self._env: Env | None = None
        self._rules: dict[tuple[str, str, tuple[int, ...], str, str], PartRules] = {}
        self._terms: list[tuple[str, Term, bool]] | None = None
        self._compiled: dict[str, Compiled | None] = {}

    @property
    def env(self) -> Env:
        """The environment of EVALs and of the searches of event types."""
        if self._env is None:
            self._env = self._make_env()
        return self._env

    def warn(self, text: str) -> None:
        """Note once that a rule does not work."""
        if text not in self.warnings:
            self.warnings.append(text)

    def rules(self, sourcetype: str, source: str, host: str, kv_mode: str = "", form: str = "") -> PartRules:
        """Return the rules for events; `kv_mode` replaces the one of the settings, `form` the sourcetype whose stanza counts."""
        key = (sourcetype, source, self.settings.props.host_stanzas(host), kv_mode, form)
        found = self._rules.get(key)
        if found is None:
            self._rules[key] = found = self._bind(sourcetype, source, host, kv_mode, form)
        return found

    def compiled(self, text: str) -> Compiled | None:
        """Compile an expression of an EVAL; None (and a warning) where it is wrong."""
        if text not in self._compiled:
            self._compiled[text] = None
            env = self.env
            try:
                expr = env.parse_expression(env.expand(text), "eval", _NOWHERE)
                self._compiled[text] = env.compile(expr, "eval")
            except GeneratorError as error:
                self.warn(f"the calculated field `{text[:80]}` does not work: {error}")
        return self._compiled[text]

    def _bind(self, sourcetype: str, source: str, host: str, kv_mode: str, form: str) -> PartRules:
        rules = search_rules(self.settings.props.settings(form or sourcetype, source, host))
        steps: list[Step] = []
        for extract in rules.extracts:
            step = self._inline(extract)
            if step is not None:
                steps.append(step)
        for name in rules.reports:
            transform = self.settings.transforms.transform(name)
            if transform is None:
                self.warn(f"the transform `{name}` of sourcetype `{sourcetype}` is not defined")
                continue
            step = self._report(transform)
            if step is not None:
                steps.append(step)
        mode = kv_mode or rules.kv_mode
        if mode not in KV_MODES:
            self.warn(f"KV_MODE = {mode} of sourcetype `{sourcetype}` is not supported; its fields are missing")
        steps.extend(_automatic(mode, auto_json=rules.auto_kv_json))
        aliases: dict[str, list[Alias]] = {}
        for alias in rules.aliases:
            aliases.setdefault(alias.target, []).append(alias)
        return PartRules(
            tuple(steps),
            {target: tuple(found) for target, found in aliases.items()},
            dict(rules.evals),
            tuple(self._lookups(rules.lookups)),
            tuple(self._eventtypes({"sourcetype": sourcetype, "source": source})),
        )

    # --- cutting -----------------------------------------------------------------------------------------------------

    def _inline(self, extract: InlineExtract) -> Step | None:
        try:
            scanner = compile_scanner(extract.regex)
        except PatternError as error:
            self.warn(f"EXTRACT-{extract.name}: {error}")
            return None
        names = tuple(scanner.groupindex.items())
        fields = frozenset(_field_name(name) for name, _ in names)

        def cut(texts: Sequence[Value]) -> dict[str, Column]:
            return self._named_groups(scanner, [(_field_name(name), at) for name, at in names], texts, repeats=False)

        return Step(fields, extract.field, False, cut)  # noqa: FBT003 - its fields in order

    def _report(self, transform: Transform) -> Step | None:
        if transform.delims:
            return _delimited(transform)
        if not transform.regex:
            self.warn(f"the transform `{transform.name}` has neither REGEX nor DELIMS")
            return None
        try:
            scanner = compile_scanner(transform.regex)
        except PatternError as error:
            self.warn(f"the transform `{transform.name}`: {error}")
            return None
        key = {"MetaData:Source": "source", "MetaData:Host": "host", "MetaData:Sourcetype": "sourcetype"}.get(
            transform.source_key, transform.source_key
        )
        parts = format_of(transform.format)
        by_name = [(name, at) for name, at in scanner.groupindex.items() if not name.startswith(("_KEY_", "_VAL_"))]
        keyed = [
            (at, scanner.groupindex[f"_VAL_{name[5:]}"])
            for name, at in scanner.groupindex.items()
            if name.startswith("_KEY_") and f"_VAL_{name[5:]}" in scanner.groupindex
        ]
        if keyed:
            parts = [(f"${at}", f"${value}") for at, value in keyed]
        rename = clean_key if transform.clean_keys else None
        if any("$" in name for name, _ in parts):
            cut_one = _dynamic(scanner, parts)

            def cut_names(texts: Sequence[Value]) -> dict[str, Column]:
                return encode_pairs(
                    texts,
                    self._guarded(cut_one),
                    repeats=transform.mv_add,
                    keep_empty=transform.keep_empty,
                    rename=rename,
                )

            return Step(None, key, transform.mv_add, cut_names)
        if parts:
            wanted = [(clean_key(name) if transform.clean_keys else name, template) for name, template in parts]

            def cut_format(texts: Sequence[Value]) -> dict[str, Column]:
                return self._templates(scanner, wanted, texts, repeats=transform.mv_add)

            return Step(frozenset(name for name, _ in wanted), key, transform.mv_add, cut_format)

        def cut_groups(texts: Sequence[Value]) -> dict[str, Column]:
            return self._named_groups(scanner, by_name, texts, repeats=transform.mv_add)

        return Step(frozenset(name for name, _ in by_name), key, transform.mv_add, cut_groups)

    def _named_groups(
        self,
        scanner: Scanner,
        names: list[tuple[str, int]],
        texts: Sequence[Value],
        *,
        repeats: bool,
    ) -> dict[str, Column]:
        found: dict[str, list[Value]] = {name: [None] * len(texts) for name, _ in names}
        if not repeats and len(names) == 1:
            found[names[0][0]] = [self._one_group(scanner, names[0][1], value) for value in texts]
            return {name: _coded(cells) for name, cells in found.items()}
        for number, value in enumerate(texts):
            for text in (value,) if type(value) is str else map(text_of, elements(value)):
                try:
                    matches = list(scanner.finditer(text)) if repeats else [scanner.search(text)]
                except PatternTimeoutError as error:
                    self.warn(str(error))
                    continue
                for match in matches:
                    if match is None:
                        continue
                    for name, at in names:
                        got = match[at]
                        if got is not None and got != "":
                            cells = found[name]
                            if cells[number] is None:
                                cells[number] = got
                            elif repeats:
                                cells[number] = (*elements(cells[number]), got)
        return {name: _coded(cells) for name, cells in found.items()}

    def _one_group(self, scanner: Scanner, at: int, value: Value) -> Value:
        for text in (value,) if type(value) is str else map(text_of, elements(value)):
            try:
                match = scanner.search(text)
            except PatternTimeoutError as error:
                self.warn(str(error))
                continue
            if match is not None and match[at]:
                return str(match[at])
        return None

    def _templates(
        self,
        scanner: Scanner,
        parts: list[tuple[str, str]],
        texts: Sequence[Value],
        *,
        repeats: bool,
    ) -> dict[str, Column]:
        found: dict[str, list[Value]] = {name: [None] * len(texts) for name, _ in parts}
        made = [(name, filled_in(template)) for name, template in parts]
        for number, value in enumerate(texts):
            for text in (value,) if type(value) is str else map(text_of, elements(value)):
                try:
                    matches = list(scanner.finditer(text)) if repeats else [scanner.search(text)]
                except PatternTimeoutError as error:
                    self.warn(str(error))
                    continue
                for match in matches:
                    if match is None:
                        continue
                    for name, template in made:
                        got = template(match)
                        if got:
                            cells = found[name]
                            if cells[number] is None:
                                cells[number] = got
                            elif repeats:
                                cells[number] = (*elements(cells[number]), got)
        return {name: _coded(cells) for name, cells in found.items()}

    def _guarded(self, cut: Callable[[str], Any]) -> Callable[[str], Any]:
        def guarded(text: str) -> Any:  # noqa: ANN401 - as `cut`
            try:
                return cut(text)
            except PatternTimeoutError as error:
                self.warn(str(error))
                return (), ()

        return guarded

    # --- lookups and event types -------------------------------------------------------------------------------------

    def _lookups(self, rules: Iterable[AutoLookup]) -> Iterable[BoundLookup]:
        for rule in rules:
            table = self.settings.lookups.get(rule.table)
            if table is None:
                self.warn(f"the lookup `{rule.table}` is not defined")
                continue
            try:
                columns = table.fields
            except GeneratorError as error:
                self.warn(f"the lookup `{rule.table}` does not work: {error}")
                continue
            inputs = {column for column, _ in rule.inputs}
            outputs = rule.outputs or tuple((column, column) for column in columns if column not in inputs)
            yield BoundLookup(rule, table, {field: column for column, field in outputs})

    def _eventtypes(self, fixed: Mapping[str, str]) -> Iterable[tuple[str, Term]]:
        if self._terms is None:
            self._terms = []
            env = self.env
            for eventtype in self.settings.eventtypes:
                try:
                    term = env.parse_terms(env.expand(eventtype.search), "search", _NOWHERE)
                except GeneratorError as error:
                    self.warn(f"the event type `{eventtype.name}` does not work: {error}")
                    continue
                self._terms.append((eventtype.name, term, True))
        folded = {name: value.lower() for name, value in fixed.items()}
        for name, term, _ in self._terms:
            if possible(term, folded):
                yield name, term


class Part:
    """Events of one sourcetype, source and host stanza: a `ColumnSource`.

    `indexed` are the columns from ingest (`_raw`, `_time`, host, header fields, ...).
    """

    def __init__(self, extraction: Extraction, rules: PartRules, indexed: Mapping[str, Column], length: int) -> None:
        self.length = length
        self._extraction = extraction
        self._rules = rules
        self._indexed = dict(indexed)
        self._steps: dict[int, dict[str, Column]] = {}
        self._known: dict[tuple[int, str], Column | None] = {}
        self._eventtypes: dict[str, Mask] | None = None
        self._busy = False
        self._names: list[str] | None = None

    def changed(self, change: Callable[[str, Column], Column]) -> Part:
        """Return the same events with other columns from ingest; what is extracted is extracted anew."""
        columns = {name: change(name, column) for name, column in self._indexed.items()}
        return Part(self._extraction, self._rules, columns, self.length)

    # --- the stages --------------------------------------------------------------------------------------------------

    def column(self, name: str) -> Column | None:
        """Return a field as searches see it."""
        if name == "eventtype":
            return self._cached(-1, name, self._eventtype_column)
        if name == "tag" or name.startswith("tag::"):
            return self._cached(-1, name, lambda: self._tag_column(name))
        return self.looked_up(name, len(self._rules.lookups))

    def extracted(self, name: str, before: int | None = None) -> Column | None:
        """Return a field behind EXTRACT, REPORT and KV_MODE, or as it is before the step of a number."""
        steps = self._rules.steps
        last = len(steps) if before is None else before
        return self._cached(-10 - last, name, lambda: self._extract(name, last))

    def aliased(self, name: str) -> Column | None:
        """Return a field behind FIELDALIAS."""
        aliases = self._rules.aliases.get(name)
        return self.extracted(name) if aliases is None else self._cached(-2, name, lambda: self._alias(name, aliases))

    def evaluated(self, name: str) -> Column | None:
        """Return a field behind EVAL."""
        text = self._rules.evals.get(name)
        return self.aliased(name) if text is None else self._cached(-3, name, lambda: self._eval(text))

    def looked_up(self, name: str, count: int) -> Column | None:
        """Return a field behind the first `count` automatic lookups."""
        lookups = self._rules.lookups
        for number in range(count - 1, -1, -1):
            if name in lookups[number].outputs:
                return self._cached(number, name, lambda: self._look_up(name, number))  # noqa: B023 - called at once
        return self.evaluated(name)

    def indexed(self) -> Iterable[str]:
        """Return the names of the fields that ingest gave."""
        return self._indexed

    def names(self) -> Iterable[str]:
        """Return every field that some event has: extracts everything."""
        if self._names is None:
            rules = self._rules
            candidates = dict.fromkeys((*self._indexed, "linecount"))
            for number, step in enumerate(rules.steps):
                if step.names is None:
                    candidates.update(dict.fromkeys(self._step(number)))
                else:
                    candidates.update(dict.fromkeys(sorted(step.names)))
            candidates.update(dict.fromkeys(rules.aliases))
            candidates.update(dict.fromkeys(rules.evals))
            for lookup in rules.lookups:
                candidates.update(dict.fromkeys(lookup.outputs))
            candidates.update(dict.fromkeys(("eventtype", "tag", *self._tagged())))
            self._names = [
                name
                for name in candidates
                if (name[:1] != "_" or name in self._indexed)
                and (column := self.column(name)) is not None
                and column.codes.any()
            ]
        return self._names

    def _cached(self, stage: int, name: str, make: Callable[[], Column | None]) -> Column | None:
        key = (stage, name)
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]

    # --- making ------------------------------------------------------------------------------------------------------

    def _step(self, number: int) -> dict[str, Column]:
        found = self._steps.get(number)
        if found is None:
            self._steps[number] = found = {}  # a rule that asks for its own result gets nothing
            step = self._rules.steps[number]
            source = self._indexed.get(step.field) or self.extracted(step.field, number)
            if source is not None:
                whole = len(source.dictionary) == self.length + 1 and bool(source.codes.all())
                compact = source if whole else source.compact()
                for name, column in step.cut(compact.values).items():
                    found[name] = Column(column.dictionary, column.codes[compact.codes])
        return found

    def _extract(self, name: str, last: int) -> Column | None:
        result = self._indexed.get(name)
        if result is None and name == "linecount":
            result = self._indexed["_raw"].map(lambda raw: str(shown(raw).count("\n") + 1))
        steps = self._rules.steps
        for number in range(last):
            step = steps[number]
            if step.names is not None and name not in step.names:
                continue
            if result is not None and not step.mv_add and result.codes.all():
                if any(later.mv_add for later in steps[number:last]):
                    continue
                break
            found = self._step(number).get(name)
            if found is None:
                continue
            if result is None:
                result = found
            elif step.mv_add:
                result = _joined(result, found)
            else:
                result = choose(result.present, result, found)
        return result

    def _alias(self, name: str, aliases: tuple[Alias, ...]) -> Column | None:
        result = self.extracted(name)
        for alias in aliases:
            source = self.extracted(alias.source)
            if source is None:
                continue
            if result is None:
                result = source
            elif alias.new:
                result = choose(result.present, result, source)
            else:
                result = choose(source.present, source, result)
        return result

    def _eval(self, text: str) -> Column | None:
        compiled = self._extraction.compiled(text)
        if compiled is None:
            return None
        return evaluate(compiled, over(_Stage(self.length, self.aliased)))

    def _look_up(self, name: str, number: int) -> Column | None:
        lookup = self._rules.lookups[number]
        before = self.looked_up(name, number)
        if lookup.rule.new and before is not None and before.codes.all():
            return before
        found = self._matches(number).get(lookup.outputs[name])
        if found is None or before is None:
            return before if found is None else found
        return choose(before.present, before, found) if lookup.rule.new else choose(found.present, found, before)

    def _matches(self, number: int) -> dict[str, Column]:
        """Return the lookup's columns for each row."""
        key = -1000 - number
        found = self._steps.get(key)
        if found is None:
            self._steps[key] = found = {}
            lookup = self._rules.lookups[number]
            inputs = [self.looked_up(field, number) for _, field in lookup.rule.inputs]
            if any(column is None for column in inputs):
                return found
            given = [column.compact() for column in inputs if column is not None]
            timed = bool(lookup.table.definition.time_field)
            if timed:
                given.append(self._indexed["_time"].compact())
            if len(given) == 1:
                ids: Any = given[0].codes
                rows = [(value,) for value in given[0].values]
            else:
                ids, firsts = distinct_inputs(given)
                rows = list(zip(*(column.take(firsts).to_list() for column in given), strict=True))
            columns = [column for column, _ in lookup.rule.inputs]
            wanted = set(lookup.outputs.values())
            results: dict[str, list[Value]] = {column: [None] * len(rows) for column in wanted}
            for place, row in enumerate(rows):
                at = row[-1] if timed and isinstance(row[-1], int | float) else None
                for match in self._rows_of(lookup.table, columns, row[: len(columns)], at):
                    for column in wanted:
                        if column in match:
                            cells = results[column]
                            cells[place] = multivalue((*elements(cells[place]), match[column]))
            found.update({column: spread(cells, ids) for column, cells in results.items()})
        return found

    def _rows_of(
        self, table: Lookup, columns: list[str], row: Sequence[Value], at: float | None
    ) -> Iterable[Mapping[str, str]]:
        if any(value is None for value in row):
            return ()
        many = next((place for place, value in enumerate(row) if isinstance(value, tuple)), None)
        try:
            if many is None:
                return table.find(dict(zip(columns, map(_text, row), strict=True)), time=at)
            found: list[Mapping[str, str]] = []
            for one in elements(row[many]):
                found.extend(self._rows_of(table, columns, (*row[:many], one, *row[many + 1 :]), at))
        except GeneratorError as error:
            self._extraction.warn(f"the lookup `{table.definition.name}` does not work: {error}")
            return ()
        return found[: table.definition.max_matches]

    # --- event types and tags ----------------------------------------------------------------------------------------

    def _masks(self) -> dict[str, Mask]:
        """Return the event types that some event has, the highest priority first, and which events have them."""
        if self._eventtypes is None:
            if self._busy:
                return {}
            self._busy = True
            table = over(self)
            found: dict[str, Mask] = {}
            later = []
            for name, term in self._rules.eventtypes:
                if asks(term, _FIELDS_OF_EVENTS):
                    later.append((name, term))
                else:
                    self._fit(found, name, term, table)
            if later:
                self._eventtypes = found
                first = over(_Stage(self.length, self.column))
                self._forget_eventtypes()
                more: dict[str, Mask] = {}
                for name, term in later:
                    self._fit(more, name, term, first)
                self._forget_eventtypes()
                both = {**more, **found}
                found = {name: both[name] for name, _ in self._rules.eventtypes if name in both}
            self._eventtypes = found
            self._busy = False
            self._forget_eventtypes()
        return self._eventtypes

    def _fit(self, found: dict[str, Mask], name: str, term: Term, table: Table) -> None:
        try:
            fits = self._extraction.env.mask(term, table, "search")
        except GeneratorError as error:
            self._extraction.warn(f"the event type `{name}` does not work: {error}")
            return
        if fits.any():
            found[name] = fits

    def _forget_eventtypes(self) -> None:
        for key in [key for key in self._known if key[0] == -1]:
            del self._known[key]

    def _eventtype_column(self) -> Column | None:
        return _gathered(self._masks().items(), self.length)

    def _tagged(self) -> list[str]:
        return [f"tag::{field}" for field in self._extraction.settings.tags]

    def _tag_column(self, name: str) -> Column | None:
        tags = self._extraction.settings.tags
        only = name[5:] if name != "tag" else None
        masks: dict[str, Mask] = {}

        def note(found: Iterable[str], fits: Mask) -> None:
            for tag in found:
                masks[tag] = masks[tag] | fits if tag in masks else fits

        for field, by_value in tags.items():
            if only is not None and field != only:
                continue
            if field == "eventtype":
                for eventtype, fits in self._masks().items():
                    note(by_value.get(eventtype, ()), fits)
                continue
            column = self.column(field)
            if column is None:
                continue
            folded = {value.lower(): found for value, found in by_value.items()}
            compact = column.compact()
            hits: dict[str, list[int]] = {}
            for code, value in enumerate(compact.values):
                for one in elements(value):
                    for tag in folded.get(text_of(one).lower(), ()):
                        hits.setdefault(tag, []).append(code)
            for tag, codes in hits.items():
                note((tag,), np.isin(compact.codes, codes))
        return _gathered(sorted(masks.items()), self.length)


class _Stage:
    """Fields as they are at one stage, as a `ColumnSource`."""

    def __init__(self, length: int, column: Callable[[str], Column | None]) -> None:
        self.length = length
        self.column = column

    def names(self) -> Iterable[str]:
        """Return nothing: expressions and terms ask for single fields."""
        return ()


class EventSet:
    """Events of one load, as a `ColumnSource`: parts, and for each event its place behind all parts' events in a row."""

    __slots__ = ("_columns", "_order", "length", "parts")

    def __init__(self, parts: Sequence[Part], order: Rows | None = None) -> None:
        self.parts = tuple(parts)
        self.length = sum(part.length for part in parts)
        self._order = order
        self._columns: dict[str, Column | None] = {}

    def changed(self, change: Callable[[str, Column], Column]) -> EventSet:
        """Return the same events with other columns from ingest: `change` gets each one's name and what it is."""
        return EventSet([part.changed(change) for part in self.parts], self._order)

    def indexed(self) -> Iterable[str]:
        """Return the names of the fields that ingest gave."""
        return dict.fromkeys(name for part in self.parts for name in part.indexed())

    def names(self) -> Iterable[str]:
        """Return every field that some event has."""
        return list(dict.fromkeys(name for part in self.parts for name in part.names()))

    def column(self, name: str) -> Column | None:
        """Return a field's column."""
        if len(self.parts) == 1 and self._order is None:
            return self.parts[0].column(name)
        if name not in self._columns:
            found = [part.column(name) for part in self.parts]
            if all(column is None for column in found):
                self._columns[name] = None
            else:
                column = concat(
                    [absent(part.length) if one is None else one for part, one in zip(self.parts, found, strict=True)]
                )
                self._columns[name] = column if self._order is None else column.take(self._order)
        return self._columns[name]


# --- pieces ----------------------------------------------------------------------------------------------------------


class _Nowhere:
    """The place of text that comes from a conf file."""

    start = -1
    end = -1


_NOWHERE: Any = _Nowhere()


def format_of(text: str) -> list[tuple[str, str]]:
    """Read FORMAT of a search-time transform: `name::$1 other::$2`, names and values may be quoted."""
    return [(_unquoted(name), _unquoted(value)) for name, value in _FORMAT.findall(text)]


def _unquoted(text: str) -> str:
    return text.replace('"', "")


def _field_name(group: str) -> str:
    return group


def filled_in(text: str) -> Callable[[Any], str]:
    """Return what makes a text with `$1`, `$2`, ... of a match; empty where a group took no part."""
    alone = _GROUP.fullmatch(text)
    if alone is not None:
        number = int(alone[1])
        return lambda match: (match[number] or "") if number <= match.re.groups else ""

    def filled(match: Any) -> str:  # noqa: ANN401 - of `re` or `regex`
        last = match.re.groups
        missing = False

        def group(found: re.Match[str]) -> str:
            nonlocal missing
            number = int(found[1])
            got = match[number] if number <= last else None
            missing = missing or got is None
            return got or ""

        made = _GROUP.sub(group, text)
        return "" if missing else made

    return filled


def _dynamic(scanner: Scanner, parts: list[tuple[str, str]]) -> Callable[[str], Any]:
    """Return what cuts all pairs whose names stand in the text."""
    if len(parts) == 1 and scanner.groups == 2 and parts[0] == ("$1", "$2"):
        return lambda text: split_pairs(scanner.findall(text))
    made = [(filled_in(name), filled_in(value)) for name, value in parts]

    def cut(text: str) -> Any:  # noqa: ANN401 - names and values
        found = []
        for match in scanner.finditer(text):
            for name, value in made:
                key = name(match)
                if key:
                    found.append((key, value(match)))
        return split_pairs(found)

    return cut


def _delimited(transform: Transform) -> Step:
    if len(transform.delims) > 1:
        cut_pairs = delimited_pairs(*transform.delims)
        rename = clean_key if transform.clean_keys else None
        return Step(
            None,
            transform.source_key,
            transform.mv_add,
            lambda texts: encode_pairs(
                texts, cut_pairs, repeats=transform.mv_add, keep_empty=transform.keep_empty, rename=rename
            ),
        )
    cut_list = delimited_list(transform.delims[0])
    fields = transform.fields

    def cut(text: str) -> Any:  # noqa: ANN401 - names and values
        values = cut_list(text)
        return fields[: len(values)], values[: len(fields)]

    return Step(
        frozenset(fields),
        transform.source_key,
        transform.mv_add,
        lambda texts: encode_pairs(texts, cut, repeats=False, keep_empty=transform.keep_empty),
    )


def _automatic(kv_mode: str, *, auto_json: bool) -> Iterable[Step]:
    if kv_mode == "none" or kv_mode not in KV_MODES:
        return
    pairs = cut_auto_escaped if kv_mode == "auto_escaped" else cut_auto
    if kv_mode == "json":
        cut: Callable[[str], Any] = cut_json
    elif kv_mode == "xml":
        cut = cut_xml
    elif auto_json:

        def cut(text: str) -> Any:  # noqa: ANN401 - names and values
            if text[:1] == "{" or text.lstrip()[:1] == "{":
                found = cut_json(text)
                if found[0]:
                    return found
            return pairs(text)
    else:
        cut = pairs
    yield Step(None, "_raw", False, lambda texts: encode_pairs(texts, cut, repeats=True, keep_empty=True))  # noqa: FBT003 - its fields in order


def _coded(cells: list[Value]) -> Column:
    return encode(cells)


def _joined(one: Column, other: Column) -> Column:
    """Return the values of both cells."""
    if not (one.present & other.present).any():
        return choose(one.present, one, other)
    ids, firsts = distinct_inputs([one, other])
    pairs = zip(one.take(firsts).to_list(), other.take(firsts).to_list(), strict=True)
    return spread([multivalue((*elements(left), *elements(right))) for left, right in pairs], ids)


def _gathered(masks: Iterable[tuple[str, Mask]], length: int) -> Column | None:
    """Return the column of the names whose masks hold."""
    named = list(masks)
    if not named:
        return None
    if len(named) == 1:
        return choose(named[0][1], constant(named[0][0], length), absent(length))
    bits = np.stack([fits for _, fits in named], axis=1)
    used, codes = np.unique(bits, axis=0, return_inverse=True)
    cells = [multivalue(name for (name, _), on in zip(named, row, strict=True) if on) for row in used.tolist()]
    return spread(cells, codes.reshape(-1))


def _text(value: Value) -> str:
    return shown(value)


def possible(term: Term | None, fixed: Mapping[str, str]) -> bool:
    """Whether events whose fields have these values (in lower case) may fit a term."""
    return _judge(term, fixed) is not False


def _judge(term: Term | None, fixed: Mapping[str, str]) -> bool | None:
    if isinstance(term, Comparison) and isinstance(term.field, Name) and isinstance(term.value, Name):
        value = fixed.get(term.field.text)
        if value is None or term.op not in {"=", "==", "!=", "::"}:
            return None
        found = _fits(value, term.value.text)
        return not found if term.op == "!=" else found
    if isinstance(term, InTerm) and isinstance(term.field, Name) and term.field.text in fixed:
        if all(isinstance(value, Name) for value in term.values):
            return any(_fits(fixed[term.field.text], value.text) for value in term.values if isinstance(value, Name))
        return None
    if isinstance(term, And):
        judged = [_judge(part, fixed) for part in term.terms]
        return False if False in judged else None if None in judged else True
    if isinstance(term, Or):
        judged = [_judge(part, fixed) for part in term.terms]
        return True if True in judged else None if None in judged else False
    if isinstance(term, Not):
        inner = _judge(term.term, fixed)
        return None if inner is None else not inner
    if isinstance(term, Group):
        return None if term.term is None else _judge(term.term, fixed)
    return None


def _fits(value: str, pattern: str) -> bool:
    pattern = pattern.lower()
    if "*" not in pattern:
        return value == pattern
    return fnmatchcase(value, pattern.replace("[", "[[]").replace("?", "[?]"))


def asks(term: Term | None, fields: frozenset[str]) -> bool:
    """Whether a term is about one of these fields (`tag::x` counts as `tag`)."""
    if isinstance(term, Comparison | InTerm):
        return isinstance(term.field, Name) and term.field.text.partition("::")[0] in fields
    if isinstance(term, And | Or):
        return any(asks(part, fields) for part in term.terms)
    if isinstance(term, Not | Group):
        return asks(term.term, fields)
    return False
