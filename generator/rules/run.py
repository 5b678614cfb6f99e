"""A pack's folder becomes all findings about it: load, analyse, check each object, check the pack, select, suppress, sort.

Work on single objects is spread over processes (`generator.base.parallel`); each worker returns findings and facts, never
trees. With a cache, what did not change is not done again (`generator.rules.cache`).
"""

from __future__ import annotations

import gc
import os
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from generator.analysis.environment import Environment, make_environment
from generator.analysis.model import AnalyzedPack, ObjectFacts, Place
from generator.analysis.objects import analyze_object, facts_of
from generator.analysis.search import SearchAnalyzer, place, site_place
from generator.base.diagnostics import Diagnostic, Note, Severity
from generator.base.parallel import fork_map
from generator.content import history
from generator.content.config import Config, load_config
from generator.content.load import LoadedDocument, assemble, list_files, load_document, read_raw
from generator.content.model import Problem
from generator.content.positions import locate, problem_span
from generator.rules.base import AppContext, Found, ObjectContext, PackContext, SearchContext
from generator.rules.cache import Signature, Store, cache_folder, code_fingerprint, digest, open_store, save, signature
from generator.rules.registry import load_rules, make_selection, rules_by_code
from generator.rules.suppress import apply, suppressions, unreasoned

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from generator.analysis.model import ParsedSearch
    from generator.base.apptree import AppTree
    from generator.base.source import Span
    from generator.content.model import ContentObject, Document, Pack, Pointer
    from generator.rules.base import Rule
    from generator.rules.registry import Selection
    from generator.rules.suppress import Suppression
    from generator.spl.errors import SplError

_SYNTAX = "expected"
_CYCLE = "macro-cycle"
_MAX_DATA_FILE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Validation:
    """All findings of a run, sorted, with what was analysed; `texts` holds the files that were read, by path."""

    analyzed: AnalyzedPack
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CheckedObject:
    """What checking one object gives: findings before suppression, and the facts of its searches."""

    path: str
    diagnostics: tuple[Diagnostic, ...]
    facts: ObjectFacts


@dataclass(frozen=True, slots=True)
class _RuleBook:
    """The rules that run, by what triggers them.

    `selection` is the configuration's. `asked` is the command line's: it is applied behind the suppressions, so that a
    comment about a rule that was not asked for is no unused one.
    """

    rules: tuple[Rule, ...]
    by_problem: Mapping[str, Rule]
    by_spl_error: Mapping[str, Rule]
    selection: Selection
    asked: Selection | None = None
    _objects: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    _searches: dict[str, tuple[Rule, ...]] = field(default_factory=dict)

    def is_asked_for(self, diagnostic: Diagnostic) -> bool:
        if self.asked is None:
            return True
        return self.asked.severity(rules_by_code()[diagnostic.code], diagnostic.span.path) is not None

    def for_object(self, kind: str) -> tuple[Rule, ...]:
        found = self._objects.get(kind)
        if found is None:
            found = tuple(r for r in self.rules if r.check_object is not None and (not r.kinds or kind in r.kinds))
            self._objects[kind] = found
        return found

    def for_search(self, kind: str) -> tuple[Rule, ...]:
        found = self._searches.get(kind)
        if found is None:
            found = tuple(r for r in self.rules if r.check_search is not None and (not r.kinds or kind in r.kinds))
            self._searches[kind] = found
        return found


def validate(
    root: Path,
    *,
    paths: Sequence[str] = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    changed_since: str | None = None,
    today: datetime.date | None = None,
    progress: Callable[[int], None] | None = None,
    jobs: int | None = None,
    cache: bool = False,
) -> Validation:
    """Check a pack.

    Args:
        root: the pack's folder.
        paths: files or folders of the pack (relative, with `/`) to which the findings are limited; empty for all.
        select: codes, groups or names of the rules that are wanted; empty for all.
        ignore: those that are not.
        changed_since: a git revision; findings are limited to files that changed since, and versions are compared.
        today: the date that "in the future" is measured against; None leaves such checks out.
        progress: called with how many objects are done.
        jobs: processes; None for one a core.
        cache: keep results between runs in the user's cache folder.

    Raises:
        RepositoryError: the folder cannot be listed, or git cannot answer.
        ConfigError: a rule selection names no rule.
    """
    request = _Request(tuple(paths), tuple(select), tuple(ignore), changed_since, today, progress, jobs, cache)
    collecting = gc.isenabled()
    gc.disable()  # nothing made here is cyclic and short-lived; collecting would only walk the growing pack again and again
    try:
        return _validate(root, request)
    finally:
        if collecting:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Request:
    """What `validate` was asked, with its names."""

    paths: tuple[str, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    changed_since: str | None
    today: datetime.date | None
    progress: Callable[[int], None] | None
    jobs: int | None
    cache: bool


def _validate(root: Path, request: _Request) -> Validation:
    listing = list_files(root)
    config, config_problems = load_config(root)
    memory = Memory.open(root) if request.cache else None
    loaded, digests = _load(root, listing.documents, memory, request.jobs)
    pack = assemble(root, loaded, listing, config=config, problems=config_problems)
    book = _rule_book(pack, request.select, request.ignore)
    files = _DataFiles(root, pack)
    env = make_environment(pack, today=request.today, read_head=files.head)
    changed, previous = _history(root, request.changed_since)
    checked = _check_objects(_Subject(env, pack, digests), book, memory, request)
    if memory is not None:
        memory.save()
    facts = {result.path: result.facts for result in checked if result.facts.searches}
    context = PackContext(env, pack, facts, files.read, previous)
    found: list[Diagnostic] = [d for problem in pack.problems for d in _of_problem(book, problem)]
    found.extend(d for result in checked for d in result.diagnostics)
    found.extend(_check_pack(book, context))
    wanted = [d for d in _suppressed(book, pack, loaded, found) if book.is_asked_for(d)]
    if request.paths:
        wanted = [d for d in wanted if _is_under(d.span.path, request.paths)]
    if changed is not None:
        wanted = [d for d in wanted if d.span.path in changed]
    diagnostics = tuple(sorted(_distinct(wanted), key=Diagnostic.sort_key))
    return Validation(AnalyzedPack(pack, facts), diagnostics, _texts(pack, loaded, diagnostics, files))


def _is_under(path: str, wanted: Iterable[str]) -> bool:
    return any(path == name or path.startswith(f"{name}/") for name in wanted)


def check_app(analyzed: AnalyzedPack, app: AppTree) -> tuple[Diagnostic, ...]:
    """Return the findings about a rendered app, sorted."""
    book = _rule_book(analyzed.pack, (), ())
    context = AppContext(analyzed.pack, app)
    found = []
    for rule in book.rules:
        if rule.check_app is not None:
            found += [d for f in rule.check_app(context) if (d := _from_found(book, rule, f, None, None)) is not None]
    return tuple(sorted(_distinct(found), key=Diagnostic.sort_key))


def _rule_book(pack: Pack, select: Sequence[str], ignore: Sequence[str]) -> _RuleBook:
    selection = make_selection(pack.config)
    asked = make_selection(Config(), select, ignore) if select or ignore else None
    rules = load_rules()
    by_problem = {kind: rule for rule in rules for kind in rule.problems}
    by_spl_error = {kind: rule for rule in rules for kind in rule.spl_errors}
    if asked is not None and asked.severity(by_problem["unused-suppression"], "") is None:
        rules = tuple(rule for rule in rules if asked.severity(rule, "") is not None)
    return _RuleBook(rules, by_problem, by_spl_error, selection, asked)


# -- loading and checking, from memory where nothing changed -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Memory:
    """The cache of one pack: what earlier runs left, and where this run's results go."""

    root: Path
    folder: Path
    fingerprint: bytes
    store: Store
    started_ns: int

    @classmethod
    def open(cls, root: Path) -> Memory:
        """Read the cache of a pack."""
        folder, fingerprint = cache_folder(os.environ), code_fingerprint()
        return cls(root, folder, fingerprint, open_store(folder, root, fingerprint), time.time_ns())

    def save(self) -> None:
        """Write what is new."""
        save(self.store, self.folder, self.root, self.fingerprint)


def _load(
    root: Path, paths: Sequence[str], memory: Memory | None, jobs: int | None
) -> tuple[list[LoadedDocument], dict[str, bytes]]:
    """Return the documents of a pack and a digest of each file."""
    known: dict[str, LoadedDocument] = {}
    digests: dict[str, bytes] = {}
    signatures: dict[str, Signature | None] = {}
    if memory is not None:
        for path in paths:
            signatures[path] = signature(root, path, memory.started_ns)
            entry = memory.store.documents.get(path)
            if entry is not None and entry[0] is not None and entry[0] == signatures[path]:
                digests[path], known[path] = entry[1], entry[2]

    def load(path: str) -> tuple[bytes, LoadedDocument]:
        raw = read_raw(root, path)
        if isinstance(raw, Problem):
            return b"", LoadedDocument(path, None, (raw,))
        found = digest(raw)
        entry = memory.store.documents.get(path) if memory is not None else None
        if entry is not None and entry[1] == found:
            return found, entry[2]
        return found, load_document(path, raw)

    missing = [path for path in paths if path not in known]
    for path, (found, document) in zip(missing, fork_map(load, missing, jobs=jobs), strict=True):
        digests[path], known[path] = found, document
        if memory is not None and found:
            entry = memory.store.new_documents[path] = (signatures[path], found, document)
            memory.store.documents[path] = entry
    return [known[path] for path in paths], digests


@dataclass(frozen=True, slots=True)
class _Subject:
    """The pack that is checked, what surrounds its objects, and a digest of each of its files."""

    env: Environment
    pack: Pack
    digests: Mapping[str, bytes]


def _check_objects(subject: _Subject, book: _RuleBook, memory: Memory | None, request: _Request) -> list[CheckedObject]:
    """Return the result of each object, in the order of the pack."""
    env, pack, jobs, progress = subject.env, subject.pack, request.jobs, request.progress
    items = pack.objects()
    analyzer = SearchAnalyzer(env)

    def check(item: ContentObject) -> CheckedObject:
        return _check_object(env, analyzer, book, item)

    if memory is None:
        return fork_map(check, items, jobs=jobs, progress=progress)
    keys = _Keys(env, subject.digests, _base(subject, memory.fingerprint, (*request.select, "-", *request.ignore)))
    results: dict[str, CheckedObject] = {}
    for item in items:
        entry = memory.store.objects.get(item.path)
        if entry is not None and entry[0] == keys.of(item.path, entry[1].facts):
            results[item.path] = entry[1]
    missing = [item for item in items if item.path not in results]
    for item, result in zip(missing, fork_map(check, missing, jobs=jobs, progress=progress), strict=True):
        results[item.path] = result
        entry = memory.store.new_objects[item.path] = (keys.of(item.path, result.facts), result)
        memory.store.objects[item.path] = entry
    return [results[item.path] for item in items]


@dataclass(slots=True)
class _Keys:
    """What an object's result depends on, as a digest: its file, the macros and lookups that it met, and `base`."""

    env: Environment
    digests: Mapping[str, bytes]
    base: bytes
    _macros: dict[str, bytes] = field(default_factory=dict)
    _lookups: dict[str, bytes] = field(default_factory=dict)

    def of(self, path: str, facts: ObjectFacts) -> bytes:
        macros = {use.name for search in facts.searches.values() for use in search.macros}
        lookups = {use.name for search in facts.searches.values() for use in search.lookups}
        return digest(
            self.base,
            self.digests.get(path, b""),
            *(self._macro(name) for name in sorted(macros)),
            *(self._lookup(name) for name in sorted(lookups)),
        )

    def _macro(self, name: str) -> bytes:
        found = self._macros.get(name)
        if found is None:
            parts = [self.digests.get(macro.path, b"") for macro in self.env.macros.get(name, ())]
            kind = b"filter" if name in self.env.filter_macros else b"other"
            found = self._macros[name] = digest(name.encode(errors="replace"), kind, *parts)
        return found

    def _lookup(self, name: str) -> bytes:
        found = self._lookups.get(name)
        if found is None:
            lookup = self.env.lookups.get(name)
            columns = ",".join(sorted(self.env.lookup_columns.get(name, ())))
            own = self.digests.get(lookup.path, b"") if lookup is not None else b""
            found = self._lookups[name] = digest(name.encode(errors="replace"), own, columns.encode(errors="replace"))
        return found


def _base(subject: _Subject, fingerprint: bytes, words: tuple[str, ...]) -> bytes:
    """Digest what every object may ask about: the program, the configuration, the date, all names, data sources, schedules."""
    env, pack, digests = subject.env, subject.pack, subject.digests
    config = pack.config.document.text if pack.config.document is not None else ""
    names = [f"{kind}\0{name}\0{path}" for kind, listed in env.names.items() for name, path in listed.items()]
    shared = [digests.get(item.path, b"") for item in (*pack.data_sources, *pack.deployments)]
    text = "\n".join((config, str(env.today), str(pack.config.conf_style), *words, *sorted(names), *pack.files))
    return digest(fingerprint, text.encode(errors="surrogatepass"), *shared)


# -- one object ------------------------------------------------------------------------------------------------------


def _check_object(env: Environment, analyzer: SearchAnalyzer, book: _RuleBook, item: ContentObject) -> CheckedObject:
    searches = analyze_object(analyzer, item)
    found: list[Diagnostic] = []
    kind = item.kind.value
    for search in searches.values():
        if search.errors or search.macro_errors:
            found.extend(_of_spl_errors(book, item, search))
        context = SearchContext(env, item, search)
        for rule in book.for_search(kind):
            for finding in rule.check_search(context):  # type: ignore[misc]  # for_search leaves out rules without one
                diagnostic = _from_found(book, rule, finding, item, search)
                if diagnostic is not None:
                    found.append(diagnostic)
    whole = ObjectContext(env, item, searches)
    for rule in book.for_object(kind):
        for finding in rule.check_object(whole):  # type: ignore[misc]  # for_object leaves out rules without one
            diagnostic = _from_found(book, rule, finding, item, None)
            if diagnostic is not None:
                found.append(diagnostic)
    return CheckedObject(item.path, tuple(found), facts_of(searches))


def _of_spl_errors(book: _RuleBook, item: ContentObject, search: ParsedSearch) -> Iterator[Diagnostic]:
    circular = any(macro.error.kind == _CYCLE for macro in search.macro_errors)
    for error in search.errors:
        where = place(search, error.start, error.end)
        # Where macros call each other in a circle, what is left of them cannot be judged.
        if not circular or not where.calls:
            yield from _spl_diagnostic(book, item, error, where)
    for macro in search.macro_errors:
        error = macro.error
        yield from _spl_diagnostic(
            book, item, error, site_place(search, macro.source, macro.chain, error.start, error.end)
        )


def _spl_diagnostic(book: _RuleBook, item: ContentObject, error: SplError, where: Place) -> Iterator[Diagnostic]:
    rule = book.by_spl_error.get(error.kind) or book.by_spl_error[_SYNTAX]
    severity = book.selection.severity(rule, where.span.path)
    if severity is not None:
        yield Diagnostic(
            rule.code, rule.name, severity, error.message, where.span, error.hint, item.name or None, _call_notes(where)
        )


def _call_notes(where: Place) -> tuple[Note, ...]:
    return tuple(Note(f"in the expansion of the macro `{name}`, called here", span) for name, span in where.calls)


# -- findings to diagnostics -----------------------------------------------------------------------------------------


def _of_problem(book: _RuleBook, problem: Problem) -> Iterator[Diagnostic]:
    rule = book.by_problem[problem.kind]
    severity = book.selection.severity(rule, problem.path)
    if severity is None:
        return
    name = problem.document.data.get("name") if problem.document is not None else None
    yield Diagnostic(
        rule.code,
        rule.name,
        severity,
        problem.message,
        problem_span(problem),
        problem.hint,
        name if isinstance(name, str) else None,
    )


def _from_found(
    book: _RuleBook, rule: Rule, found: Found, item: ContentObject | None, search: ParsedSearch | None
) -> Diagnostic | None:
    """Add code, severity and span to a finding; None when it is not wanted where it stands."""
    where = _place_of(found, item, search)
    severity = book.selection.severity(rule, where.span.path)
    if severity is None:
        return None
    if found.severity is not None and severity is rule.severity:
        severity = found.severity
    return Diagnostic(
        rule.code,
        rule.name,
        severity,
        found.message,
        where.span,
        found.hint,
        item.name if item is not None else None,
        (*_call_notes(where), *found.notes),
        found.fix,
    )


def _place_of(found: Found, item: ContentObject | None, search: ParsedSearch | None) -> Place:
    if found.span is not None:
        return Place(found.span)
    document = found.document or (item.document if item is not None else None)
    if document is None:
        raise TypeError(f"a finding has no place: {found.message}")
    if found.pointer is not None:
        return Place(_locate(document, found.pointer, found))
    if search is not None:
        if found.start is None:
            return Place(locate(search.document, search.pointer))
        end = found.start if found.end is None else found.end
        if found.in_source:
            return Place(locate(search.document, search.pointer, found.start, end))
        return place(search, found.start, end)
    return Place(locate(document, ("name",), key=True))


def _locate(document: Document, pointer: Pointer, found: Found) -> Span:
    return locate(document, pointer, found.start, found.end, key=found.key)


# -- the pack --------------------------------------------------------------------------------------------------------


def _check_pack(book: _RuleBook, context: PackContext) -> Iterator[Diagnostic]:
    names = {item.path: item.name for item in context.pack.objects()}
    for rule in book.rules:
        if rule.check_pack is None:
            continue
        for finding in rule.check_pack(context):
            diagnostic = _from_found(book, rule, finding, None, None)
            if diagnostic is not None:
                name = names.get(diagnostic.span.path)
                yield replace(diagnostic, object=name) if name else diagnostic


def _suppressed(
    book: _RuleBook, pack: Pack, loaded: Iterable[LoadedDocument], found: Iterable[Diagnostic]
) -> list[Diagnostic]:
    by_path: dict[str, list[Diagnostic]] = defaultdict(list)
    for diagnostic in found:
        by_path[diagnostic.span.path].append(diagnostic)
    documents = [item.document for item in loaded if item.document is not None]
    if pack.config.document is not None:
        documents.append(pack.config.document)
    for document in documents:
        comments = suppressions(document)
        if not comments:
            continue
        kept, unused = apply(by_path[document.path], comments)
        for comment in unused:
            kept.extend(
                _about_comment(book, comment, "unused-suppression", "this comment suppresses nothing", "remove it")
            )
        for comment in unreasoned(comments):
            message = "a suppression says which rule it means and why"
            kept.extend(
                _about_comment(
                    book, comment, "unexplained-suppression", message, "`# contentpack: ignore[CODE] reason`"
                )
            )
        by_path[document.path] = kept
    return [diagnostic for listed in by_path.values() for diagnostic in listed]


def _about_comment(book: _RuleBook, comment: Suppression, kind: str, message: str, hint: str) -> Iterator[Diagnostic]:
    rule = book.by_problem[kind]
    severity = book.selection.severity(rule, comment.span.path)
    if severity is not None:
        yield Diagnostic(rule.code, rule.name, severity, message, comment.span, hint)


def _distinct(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Leave out repetitions: an error inside a macro is met at each of its calls, but stands in one place."""
    seen: set[tuple[str, Span, str]] = set()
    for diagnostic in found:
        key = (diagnostic.code, diagnostic.span, diagnostic.message)
        if key not in seen:
            seen.add(key)
            yield diagnostic


# -- files -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _DataFiles:
    """Reads the data files that the pack lists; nothing else, and no link (the listing has none)."""

    root: Path
    pack: Pack

    def head(self, path: str, size: int) -> bytes | None:
        return self._read(path, size)

    def read(self, path: str) -> bytes | None:
        return self._read(path, _MAX_DATA_FILE)

    def _read(self, path: str, size: int) -> bytes | None:
        if path not in self.pack.files:
            return None
        try:
            with (self.root / path).open("rb") as file:
                return file.read(size)
        except OSError:
            return None  # the rules that need the file say that it cannot be read


def _history(root: Path, revision: str | None) -> tuple[frozenset[str] | None, Callable[[str], Document | None] | None]:
    if revision is None:
        return None, None
    base = history.merge_base(root, revision)
    changed = history.changed_files(root, revision)

    def previous(path: str) -> Document | None:
        if path not in changed:
            return None
        raw = history.read_at(root, base, path)
        return load_document(path, raw).document if raw is not None else None

    return changed, previous


def _texts(
    pack: Pack, loaded: Iterable[LoadedDocument], diagnostics: Iterable[Diagnostic], files: _DataFiles
) -> Mapping[str, str]:
    texts = {item.path: item.document.text for item in loaded if item.document is not None}
    if pack.config.document is not None:
        texts[pack.config.document.path] = pack.config.document.text
    texts.update((problem.path, problem.text) for problem in pack.problems if problem.text)
    for diagnostic in diagnostics:
        path = diagnostic.span.path
        if path not in texts and (raw := files.read(path)) is not None:
            texts[path] = raw.decode("utf-8-sig", errors="replace")
    return texts


def worst(diagnostics: Iterable[Diagnostic]) -> Severity | None:
    """Return the highest severity among findings, or None without any."""
    return max((diagnostic.severity for diagnostic in diagnostics), default=None)
