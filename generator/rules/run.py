"""A pack's folder becomes all findings about it: load, analyse, check each object, check the pack, select, suppress, sort.

Work on single objects is spread over processes (`generator.base.parallel`); each worker returns findings and facts, never
trees. With a cache, what did not change is not done again (`generator.rules.cache`). Analysis and rules
(`generator.rules.check`) are imported while workers already read files.
"""

from __future__ import annotations

import gc
import posixpath
from dataclasses import field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import ConfigError, Diagnostic, RepositoryError, Severity
from generator.base.frozen import dataclass
from generator.base.parallel import fork_map
from generator.content import history
from generator.content.config import CONFIG_FILES, config_of, load_config
from generator.content.dialects import FOLDERS
from generator.content.load import (
    LoadedDocument,
    assemble,
    expected_dialect,
    list_files,
    load_document,
    pack_dialect,
    read_raw,
)
from generator.content.model import Problem
from generator.content.reader import MAX_BYTES
from generator.rules.cache import Memory, Signature, digest, signature

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from generator.analysis.dependencies import ChangeSet
    from generator.analysis.model import AnalyzedPack
    from generator.base.apptree import AppTree
    from generator.base.parallel import Pending
    from generator.content.config import Config
    from generator.content.model import DataFile, Document, Pack
    from generator.knowledge.attack import Attack
    from generator.knowledge.conf import ConfFile

_MAX_DATA_FILE = 64 * 1024 * 1024
_KEPT_DATA = 8 * 1024 * 1024
_USUAL_COMMANDS = (
    *("append", "appendpipe", "bin", "bucket", "convert", "dedup", "eval", "eventstats", "fields", "fillnull", "head"),
    *("from", "inputlookup", "iplocation", "join", "lookup", "makemv", "mvexpand", "outputlookup", "regex", "rename"),
    *("replace", "rex", "search", "sort", "spath", "stats", "streamstats", "table", "timechart", "transaction"),
    *("tstats", "where", "xmlkv"),
)
"""Commands that a pack of some size has; imported before the work is spread, so that not every process does it again."""


@dataclass(frozen=True, slots=True)
class Validation:
    """All findings of a run, sorted, with what was analysed.

    `texts` holds the files that were read, by path; `attack` is the ATT&CK table that the pack is checked against.
    `change` is what changed since a revision and what that touches, `base` the commit it is compared with; both are None
    where nothing is compared. `note` says why all is reported although a revision was given. `loaded` are the content
    files as they were read, by path. `elsewhere` are the findings that a change has nothing to do with.
    """

    analyzed: AnalyzedPack
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]
    attack: Attack
    change: ChangeSet | None = None
    base: str | None = None
    note: str = ""
    loaded: Mapping[str, LoadedDocument] = field(default_factory=dict)
    elsewhere: tuple[Diagnostic, ...] = ()


def validate(
    root: Path,
    *,
    paths: Sequence[str] = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    changed_since: str | history.Shared | None = None,
    today: datetime.date | None = None,
    progress: Callable[[int], None] | None = None,
    jobs: int | None = None,
    cache: bool = False,
    meanwhile: Callable[[], object] | None = None,
    afterwards: Callable[[Pack, Attack], Pending[Any]] | None = None,
) -> Validation:
    """Check a pack.

    Args:
        root: the pack's folder.
        paths: files or folders of the pack (relative, with `/`) to which the findings are limited; empty for all.
        select: codes, groups or names of the rules that are wanted; empty for all.
        ignore: those that are not.
        changed_since: a git revision; findings are limited to files that changed since and what depends on them, and
            versions are compared. Where git has no commit that both share (a shallow clone), all is reported. A
            `Shared` says what git was asked already.
        today: the date that "in the future" is measured against; None leaves such checks out.
        progress: called with how many objects are done.
        jobs: processes; None for one a core.
        cache: keep results between runs in the user's cache folder.
        meanwhile: called while other processes read files, for what the caller has to import.
        afterwards: called with the pack and its ATT&CK table; gives work that needs no findings. It is begun when the
            objects are checked, since what is then left to do here keeps one core busy.

    Raises:
        RepositoryError: the folder cannot be listed, or git cannot answer.
        ConfigError: a rule selection names no rule.
    """
    request = _Request(
        tuple(paths), tuple(select), tuple(ignore), changed_since, today, progress, jobs, cache, meanwhile, afterwards
    )
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
    changed_since: str | history.Shared | None
    today: datetime.date | None
    progress: Callable[[int], None] | None
    jobs: int | None
    cache: bool
    meanwhile: Callable[[], object] | None = None
    afterwards: Callable[[Pack, Attack], Pending[Any]] | None = None


def _validate(root: Path, request: _Request) -> Validation:
    listing = list_files(root)
    config, config_problems = load_config(root)
    memory = Memory.open(root) if request.cache else None

    def imported() -> None:
        _import_rules()
        if request.meanwhile is not None:
            request.meanwhile()

    loaded, digests = _load(root, listing.documents, memory, request.jobs, imported)

    from generator.analysis.environment import make_environment
    from generator.analysis.model import AnalyzedPack
    from generator.rules import check
    from generator.rules.base import PackContext

    attack, attack_problems = attack_of(root, config, listing.files)
    pack = assemble(root, loaded, listing, config=config, problems=(*config_problems, *attack_problems))
    book = check.make_rule_book(pack, request.select, request.ignore)
    files = _DataFiles(root, pack)
    env = make_environment(pack, today=request.today, read_head=files.head, attack=attack)
    past = _past(root, request.changed_since)
    checked = check.check_objects(
        check.Subject(env, pack, digests, (*request.select, "-", *request.ignore)),
        book,
        memory,
        jobs=request.jobs,
        progress=request.progress,
        afterwards=request.afterwards(pack, attack) if request.afterwards is not None else None,
    )
    if memory is not None:
        memory.save()
    facts = {result.path: result.facts for result in checked if result.facts.searches}
    found = [d for problem in pack.problems for d in check.of_problem(book, problem)]
    found.extend(d for result in checked for d in result.diagnostics)
    found.extend(check.check_pack(book, PackContext(env, pack, facts, files.read, past.document)))
    documents = [item.document for item in loaded if item.document is not None]
    wanted = [d for d in check.unsuppressed(book, pack, documents, found) if book.is_asked_for(d)]
    if request.paths:
        wanted = [d for d in wanted if _is_under(d.span.path, request.paths)]
    analyzed = AnalyzedPack(pack, facts)
    change = past.change_set(analyzed)
    found = sorted(check.distinct(wanted), key=Diagnostic.sort_key)
    diagnostics: tuple[Diagnostic, ...] = tuple(found)
    elsewhere: tuple[Diagnostic, ...] = ()
    if change is not None and not change.everything:
        paths = change.paths
        diagnostics = tuple(d for d in found if d.span.path in paths)
        elsewhere = tuple(d for d in found if d.span.path not in paths)
    return Validation(
        analyzed=analyzed,
        diagnostics=diagnostics,
        texts=_texts(pack, documents, found, files),
        attack=attack,
        change=change,
        base=past.base,
        note=past.note,
        loaded={each.path: each for each in loaded},
        elsewhere=elsewhere,
    )


def _import_rules() -> None:
    """Import what checking a large pack needs. That takes a fifth of a second, in which workers already read files."""
    import_module("generator.rules.check")
    from generator.commands import load_commands
    from generator.rules.registry import load_rules

    load_rules()
    commands = load_commands()
    for name in _USUAL_COMMANDS:
        commands.get(name)


def attack_of(root: Path, config: Config, files: Mapping[str, DataFile]) -> tuple[Attack, tuple[Problem, ...]]:
    """Return the ATT&CK table that the configuration names; where it cannot be used, the built-in one and the problem."""
    from generator.knowledge.attack import builtin_attack, read_attack

    if not config.attack:
        return builtin_attack(), ()
    # Only a file that the listing has: it lies in the pack, and no link leads to it.
    path = posixpath.normpath(config.attack)
    if path in files:
        try:
            return read_attack(root / path), ()
        except (ConfigError, RepositoryError) as error:
            message = f"`attack` cannot be used: {str(error).replace(str(root / path), path)}"
    else:
        message = f"`attack` names `{config.attack}`, and the pack has no such file"
    document = config.document
    if document is None:
        raise TypeError("a setting comes from a file")
    problem = Problem(
        kind="invalid-setting",
        message=message,
        hint="make the table with `contentpack attack update FILE --out attack.json`",
        path=document.path,
        pointer=("attack",),
        document=document,
    )
    return builtin_attack(), (problem,)


def _is_under(path: str, wanted: Iterable[str]) -> bool:
    return any(path == name or path.startswith(f"{name}/") for name in wanted)


def check_app(
    analyzed: AnalyzedPack, app: AppTree, confs: Mapping[str, ConfFile] | None = None
) -> tuple[Diagnostic, ...]:
    """Return the findings about a rendered app, sorted. `confs` are files of it that are already parsed, by path."""
    from generator.rules import check
    from generator.rules.base import AppContext

    book = check.make_rule_book(analyzed.pack, (), ())
    found = check.check_app(book, AppContext(analyzed.pack, app, dict(confs or {})))
    return tuple(sorted(check.distinct(found), key=Diagnostic.sort_key))


# -- files -----------------------------------------------------------------------------------------------------------


def _load(
    root: Path, paths: Sequence[str], memory: Memory | None, jobs: int | None, meanwhile: Callable[[], object]
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

    missing = [path for path in paths if path not in known]
    expected = pack_dialect(known.values()) or expected_dialect(root, missing)

    def load(path: str) -> tuple[bytes, LoadedDocument]:
        raw = read_raw(root, path)
        if isinstance(raw, Problem):
            return b"", LoadedDocument(path, None, (raw,))
        found = digest(raw)
        entry = memory.store.documents.get(path) if memory is not None else None
        if entry is not None and entry[1] == found:
            return found, entry[2]
        return found, load_document(path, raw, expected)

    for path, (found, document) in zip(missing, fork_map(load, missing, jobs=jobs, meanwhile=meanwhile), strict=True):
        digests[path], known[path] = found, document
        if memory is not None and found:
            entry = memory.store.new_documents[path] = (signatures[path], found, document)
            memory.store.documents[path] = entry
    return [known[path] for path in paths], digests


@dataclass(slots=True)
class _DataFiles:
    """Reads the data files that the pack lists; nothing else, and no link (the listing has none).

    A dozen rules look at each lookup's table, so small files are kept, as long as they are not too many.
    """

    root: Path
    pack: Pack
    _kept: dict[str, bytes | None] = field(default_factory=dict)
    _room: int = _KEPT_DATA

    def head(self, path: str, size: int) -> bytes | None:
        return self._read(path, size)

    def read(self, path: str) -> bytes | None:
        if path in self._kept:
            return self._kept[path]
        content = self._read(path, _MAX_DATA_FILE)
        size = len(content or b"")
        if size <= self._room:
            self._room -= size
            self._kept[path] = content
        return content

    def _read(self, path: str, size: int) -> bytes | None:
        if path not in self.pack.files:
            return None
        try:
            with (self.root / path).open("rb") as file:
                return file.read(size)
        except OSError:
            return None  # the rules that need the file say that it cannot be read


def data_reader(root: Path, pack: Pack) -> Callable[[str, int], bytes | None]:
    """Return what gives the first bytes of a data file of the pack, and None of any other."""
    return _DataFiles(root, pack).head


@dataclass(frozen=True, slots=True)
class _Past:
    """What the pack was at the base: its changed files as documents, by their path then."""

    base: str | None = None
    changes: tuple[history.Change, ...] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)
    note: str = ""

    @property
    def document(self) -> Callable[[str], Document | None] | None:
        """Gives a file of today as it was then, also under its old name; None when nothing is compared."""
        if self.base is None:
            return None
        names = {change.path: change.old_path for change in self.changes}
        return lambda path: self.documents.get(names.get(path, ""))

    def change_set(self, analyzed: AnalyzedPack) -> ChangeSet | None:
        if self.base is None:
            return None
        from generator.analysis.dependencies import change_set
        from generator.content.records import record

        return change_set(analyzed, self.changes, self.documents.get, record)


def _past(root: Path, revision: str | history.Shared | None) -> _Past:
    """Read what changed since a revision, or since the commit that was found for it.

    Raises:
        RepositoryError: git cannot answer, or does not know the revision although it has the whole history.
    """
    if revision is None:
        return _Past()
    shared = history.shared_commit(root, revision) if isinstance(revision, str) else revision
    base = shared.commit
    if base is None:
        return _Past(note=f"cannot tell what changed since {revision}: {shared.reason}; everything is reported")
    changes = history.changes(root, base)
    old = {change.old_path for change in changes if _is_read(change.old_path)}
    documents = {}
    for blob, raw in history.contents(root, history.plain_files_at(root, base, old), MAX_BYTES):
        document = _document_of(blob.path, raw) if raw is not None else None
        if document is not None:
            documents[blob.path] = document
    return _Past(base, changes, documents)


def _is_read(path: str) -> bool:
    return path in CONFIG_FILES or (path.endswith((".yml", ".yaml")) and path.partition("/")[0] in FOLDERS)


def _document_of(path: str, raw: bytes) -> Document | None:
    if path in CONFIG_FILES:
        return config_of(path, raw)[0].document
    return load_document(path, raw).document


def _texts(
    pack: Pack, documents: Iterable[Document], diagnostics: Iterable[Diagnostic], files: _DataFiles
) -> Mapping[str, str]:
    texts = {document.path: document.text for document in documents}
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
