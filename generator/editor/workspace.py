"""A pack that is being edited: what is on disk, with the unsaved texts of open files over it.

A change of a file checks that file alone, in an environment that is kept: names, macros, lookups and models of the whole
pack. What a changed macro or lookup means for other open files is checked again there. Rules about the pack as a whole
(`unused macro`, `duplicate id`) run over the saved files, when something is saved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator.analysis.environment import make_environment
from generator.analysis.search import SearchAnalyzer
from generator.base.diagnostics import Diagnostic
from generator.content.config import CONFIG_FILES, config_of, load_config
from generator.content.load import LoadedDocument, assemble, expected_dialect, list_files, load_document, read_document
from generator.content.model import Kind
from generator.rules import check
from generator.rules.registry import load_rules
from generator.rules.run import attack_of, data_reader, validate

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from generator.analysis.environment import Environment
    from generator.content.config import Config
    from generator.content.load import Listing
    from generator.content.model import ContentObject, Dialect, Document, Pack, Problem
    from generator.knowledge.attack import Attack
    from generator.rules.check import RuleBook

#: Kinds whose content other files' findings depend on: their change makes the environment anew.
_SHARED = frozenset((Kind.MACRO, Kind.LOOKUP, Kind.DATA_SOURCE, Kind.DEPLOYMENT))


@dataclass(slots=True)
class Workspace:
    """One pack in an editor. `clock` gives the day for findings about the future. Not for several threads at once."""

    root: Path
    clock: Callable[[], datetime.date]
    _open: dict[str, str] = field(default_factory=dict)
    _loaded: dict[str, LoadedDocument] = field(default_factory=dict)
    _listing: Listing | None = None
    _expected: Dialect | None = None
    _pack: Pack | None = None
    _env: Environment | None = None
    _attack: Attack | None = None
    _attack_problems: tuple[Problem, ...] = ()
    _book: RuleBook | None = None
    _analyzer: SearchAnalyzer | None = None
    _of_pack: dict[str, tuple[str, tuple[Diagnostic, ...]]] = field(default_factory=dict)

    # -- the pack ----------------------------------------------------------------------------------------------------

    @property
    def pack(self) -> Pack:
        """The pack with the unsaved texts in it."""
        if self._pack is None:
            self.reload()
        if self._pack is None:
            raise TypeError("a reload gives a pack")
        return self._pack

    @property
    def env(self) -> Environment:
        """What searches may ask about the pack."""
        if self._env is None:
            pack = self.pack
            if self._attack is None:
                self._attack, self._attack_problems = attack_of(self.root, pack.config, pack.files)
            reader = data_reader(self.root, pack)
            self._env = make_environment(pack, today=self.clock(), read_head=reader, attack=self._attack)
            self._analyzer = None
        return self._env

    @property
    def analyzer(self) -> SearchAnalyzer:
        """Parses searches in the pack's environment."""
        env = self.env
        if self._analyzer is None:
            self._analyzer = SearchAnalyzer(env)
        return self._analyzer

    @property
    def book(self) -> RuleBook:
        """The rules that run, with the configuration's severities."""
        if self._book is None:
            self._book = check.make_rule_book(self.pack, (), ())
        return self._book

    def reload(self) -> None:
        """Read the pack from disk anew, open texts above.

        Raises:
            RepositoryError: the folder cannot be listed.
        """
        self._listing = list_files(self.root)
        self._expected = expected_dialect(self.root, self._listing.documents)
        paths = dict.fromkeys((*self._listing.documents, *(path for path in self._open if path not in CONFIG_FILES)))
        self._loaded = {path: self._read(path) for path in paths}
        self._assemble()
        self._env = self._book = self._attack = None

    def _read(self, path: str) -> LoadedDocument:
        text = self._open.get(path)
        if text is None:
            return read_document(self.root, path, self._expected)
        return load_document(path, text.encode("utf-8", "surrogatepass"), self._expected)

    def _assemble(self) -> None:
        if self._listing is None:
            raise TypeError("a pack is listed before it is assembled")
        config, problems = self._config()
        self._pack = assemble(self.root, self._loaded.values(), self._listing, config=config, problems=problems)

    def _config(self) -> tuple[Config, tuple[Problem, ...]]:
        for name in CONFIG_FILES:
            if name in self._open:
                return config_of(name, self._open[name].encode("utf-8", "surrogatepass"))
            if (self.root / name).is_file():
                break
        return load_config(self.root)

    # -- open files --------------------------------------------------------------------------------------------------

    def text(self, path: str) -> str | None:
        """Return the text of an open file."""
        return self._open.get(path)

    def open_paths(self) -> tuple[str, ...]:
        """Return the paths of open files."""
        return tuple(self._open)

    def document(self, path: str) -> Document | None:
        """Return a file's document as far as it can be read."""
        _ = self.pack
        loaded = self._loaded.get(path)
        return loaded.document if loaded is not None else None

    def item(self, path: str) -> ContentObject | None:
        """Return the object that a file defines."""
        _ = self.pack
        loaded = self._loaded.get(path)
        return loaded.record if loaded is not None else None

    def set_text(self, path: str, text: str) -> tuple[str, ...]:
        """Take the text of an open file; return the open files whose findings may have changed, this one first."""
        if self._open.get(path) == text and path in self._loaded:
            return (path,)
        self._open[path] = text
        if path in CONFIG_FILES:
            self._assemble_if_read()
            self._env = self._book = self._attack = None
            return self.open_paths()
        if self._pack is None or path not in self._loaded:
            # A file that the listing lacks may be another one's new name: the disk is looked at again.
            self.reload()
            return (path, *(other for other in self._open if other != path))
        before = self._loaded.get(path)
        self._loaded[path] = after = self._read(path)
        shared = self._is_shared(before, after)
        self._assemble()
        if not shared:
            return (path,)
        self._env = None
        return (path, *(other for other in self._open if other != path))

    def _assemble_if_read(self) -> None:
        if self._pack is not None:
            self._assemble()

    def _is_shared(self, before: LoadedDocument | None, after: LoadedDocument) -> bool:
        """Say whether other files see a difference: another name or kind, or content that searches are checked with."""
        one, two = (item.record if item is not None else None for item in (before, after))
        if one is None or two is None:
            return (one is None) != (two is None)
        return one.kind is not two.kind or one.name != two.name or two.kind in _SHARED

    def close(self, path: str) -> None:
        """Forget the unsaved text of a file: what is on disk counts again."""
        if self._open.pop(path, None) is not None:
            self._pack = self._env = self._book = None

    # -- findings ----------------------------------------------------------------------------------------------------

    def trouble(self) -> tuple[str, ...]:
        """Return what a person has to know of the whole pack: an ATT&CK table that cannot be used, so that another is."""
        _ = self.env
        return tuple(
            f"{problem.path}: {problem.message}; the built-in table is used" for problem in self._attack_problems
        )

    def diagnostics(self, path: str) -> tuple[Diagnostic, ...]:
        """Return the findings of a file, sorted: its own, and those about the pack that a save found there."""
        book = self.book
        _ = self.env  # reads the ATT&CK table, which may be wrong
        found: list[Diagnostic] = []
        for problem in (*self.pack.problems, *self._attack_problems):
            if problem.path == path:
                found += check.of_problem(book, problem)
        item = self._item_of_pack(path)
        if item is not None:
            found += check.check_one(self.env, self.analyzer, book, item)
        document = self.document(path)
        documents = [document] if document is not None else []
        found = [d for d in check.unsuppressed(book, self.pack, documents, found) if d.span.path == path]
        known = self._of_pack.get(path)
        if known is not None and known[0] == self._open.get(path, known[0]):
            found += known[1]
        return tuple(sorted(check.distinct(found), key=Diagnostic.sort_key))

    def _item_of_pack(self, path: str) -> ContentObject | None:
        """Return the object as the pack has it, where an open dialect is settled."""
        item = self.item(path)
        if item is None:
            return None
        return next((own for own in self.pack.objects() if own.path == path), item)

    def check_saved(self) -> Mapping[str, tuple[Diagnostic, ...]]:
        """Check the saved files of the whole pack, kept results included; return the findings by path.

        Raises:
            GeneratorError: the folder cannot be read, or a rule selection names no rule.
        """
        result = validate(self.root, today=self.clock(), cache=True, jobs=1)
        whole = {rule.code for rule in load_rules() if rule.check_pack is not None}
        found: dict[str, list[Diagnostic]] = {}
        for diagnostic in result.diagnostics:
            found.setdefault(diagnostic.span.path, []).append(diagnostic)
        self._of_pack = {
            path: (result.texts.get(path, ""), tuple(d for d in listed if d.code in whole))
            for path, listed in found.items()
        }
        return {path: tuple(listed) for path, listed in found.items()}
