"""A repository's files become a `Pack`: list them, read each on its own, assemble what they say.

    list_files(root) -> Listing        what there is; touches names and sizes only, follows no link
    load_document(path, raw)           one file, pure: fit for worker processes and for caching by content hash
    assemble(root, documents, ...)     the records of all documents, in path order within each kind; pure
    load_pack(root)                    the three in a row, in one process

Whatever the content is, a pack comes out; only a root that cannot be listed raises. The kinds of `Problem` (each is the
business of one rule) are:

| kind | says that |
|---|---|
| `file-unreadable` | the file cannot be opened, or is a symbolic link, which is never followed |
| `file-size` | it is larger than 10 MB, or holds more than 100,000 values |
| `file-encoding` | it is not UTF-8 (the byte is named); the rest of the file is checked all the same |
| `file-bom` | it begins with a byte order mark |
| `file-empty` | it is empty or has only comments |
| `file-suffix` | a content file ends in `.yaml`, `.YML`, ...; it is read all the same |
| `file-update-marker` | a placeholder of a template is still in it |
| `stray-file` | it lies in a content folder and belongs to no content |
| `unknown-content` | neither its keys nor its folder tell what it defines |
| `yaml-syntax` | it is not YAML |
| `yaml-tab` | a tab indents a line |
| `yaml-duplicate-key` | a mapping has the same key twice |
| `yaml-not-mapping` | its top level is a list or a single value |
| `yaml-multiple-documents` | it holds several YAML documents |
| `yaml-depth` | it nests deeper than 100 levels |
| `yaml-alias` | an alias is undefined, recursive, or makes the file grow out of proportion |
| `yaml-key`, `yaml-merge` | a key is no text, or `<<` merges what is no mapping |
| `yaml-tag` | a tag other than those of plain values is used |
| `yaml-value` | a plain value looks like a date or a number and is none (`2024-13-45`) |
| `missing-field`, `unknown-field`, `wrong-type`, `unknown-value`, `malformed-value`, `out-of-range`, `wrong-length` | the JSON Schema of the kind and dialect is broken (`generator.content.schema`) |
| `unknown-setting`, `missing-setting`, `invalid-setting`, `invalid-app-id`, `invalid-app-version` | the same for the configuration |

Dates in the future or in the wrong order need a clock and are left to the rules.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from generator.base.diagnostics import RepositoryError
from generator.base.frozen import dataclass
from generator.content import reader, records, schema
from generator.content.config import Config, load_config
from generator.content.dialects import FOLDERS, MAPPING_PREFIX, identify
from generator.content.model import (
    VIOLATION_KINDS,
    ConfStyle,
    DataFile,
    Dialect,
    Document,
    Kind,
    Pack,
    Problem,
)
from generator.content.positions import problem_span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from generator.content.model import ContentObject, DeprecationEntry

SKIPPED_FOLDERS: Final = frozenset(("dist", "venv", "external_repos", "node_modules", "__pycache__", "build"))
"""Top-level folders that are no part of a pack; folders whose name begins with a dot are skipped at any depth."""

_MAX_FOLDERS: Final = 50

_SAMPLE: Final = 5
"""How many detections are looked at for the dialect that files without one of their own are first read in."""

_DATA_SUFFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "lookups": (".csv", ".mlmodel"),
    "dashboards": (".json",),
    "playbooks": (".json", ".py", ".png"),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """What a repository holds: paths of content files (sorted), data files by path, and problems with names."""

    documents: tuple[str, ...]
    files: Mapping[str, DataFile]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """One file as read: its document, or None when it gave none, and the problems met.

    `record` is what it defines (None also for a deprecation mapping). `certain` is false when the dialect could not be
    told from the file alone.
    """

    path: str
    document: Document | None
    problems: tuple[Problem, ...] = ()
    certain: bool = True
    record: ContentObject | None = None


@dataclass(slots=True)
class _Found:
    documents: list[str] = field(default_factory=list)
    files: dict[str, DataFile] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def load_pack(root: Path) -> Pack:
    """Load a repository.

    Raises:
        RepositoryError: `root` is no folder, or cannot be listed.
    """
    listing = list_files(root)
    config, problems = load_config(root)
    expected = expected_dialect(root, listing.documents)
    loaded = [read_document(root, path, expected) for path in listing.documents]
    return assemble(root, loaded, listing, config=config, problems=problems)


# -- listing ---------------------------------------------------------------------------------------------------------


def list_files(root: Path) -> Listing:
    """List a repository: content files below the content folders, every other file as data.

    Raises:
        RepositoryError: `root` is no folder, or cannot be listed.
    """
    found = _Found()
    try:
        entries = sorted(os.scandir(root), key=lambda entry: entry.name)
    except OSError as error:
        raise RepositoryError(f"cannot read the pack {root}: {error.strerror or error}") from error
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in SKIPPED_FOLDERS:
                _list_folder(entry, entry.name, FOLDERS.get(entry.name), found)
        else:
            _list_file(entry, entry.name, FOLDERS.get(entry.name), found)
    return Listing(
        tuple(sorted(found.documents)),
        dict(sorted(found.files.items())),
        tuple(found.problems),
    )


def _list_folder(folder: os.DirEntry[str], path: str, kind: Kind | None, found: _Found) -> None:
    if folder.name.startswith("."):
        return
    if path.count("/") >= _MAX_FOLDERS:
        found.problems.append(_unreadable(path, f"folders nest more than {_MAX_FOLDERS} deep", "move the files up"))
        return
    try:
        entries = sorted(os.scandir(folder.path), key=lambda entry: entry.name)
    except OSError as error:
        found.problems.append(_unreadable(path, f"the folder cannot be read: {error.strerror or error}"))
        return
    for entry in entries:
        below = f"{path}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            if entry.name != "__pycache__":
                _list_folder(entry, below, kind, found)
        else:
            _list_file(entry, below, kind, found)


def _list_file(entry: os.DirEntry[str], path: str, kind: Kind | None, found: _Found) -> None:
    if not _printable(path):
        found.problems.append(_unreadable(_shown(path), "the file's name is not UTF-8", "rename it"))
        return
    if entry.is_symlink():
        if kind is not None:
            found.problems.append(
                _unreadable(path, "this is a symbolic link, which is not followed", "put the file itself there")
            )
        return
    if entry.name.startswith("."):
        return
    if not entry.is_file(follow_symlinks=False):
        if kind is not None:
            found.problems.append(_unreadable(path, "this is no ordinary file", "put an ordinary file there"))
        return
    stem, dot, suffix = entry.name.rpartition(".")
    suffix = (dot + suffix).lower()
    if kind is not None and suffix in (".yml", ".yaml") and stem:
        found.documents.append(path)
        mapping = kind is Kind.REMOVED and stem.lower().startswith(MAPPING_PREFIX) and suffix == ".yml"
        if not entry.name.endswith(".yml") and not mapping:
            found.problems.append(
                Problem(
                    kind="file-suffix",
                    message=f"the file's name ends in `{entry.name[len(stem) :]}`; content files end in `.yml`",
                    hint=f"rename it to `{stem}.yml`",
                    path=path,
                )
            )
        return
    if kind is not None and suffix not in _DATA_SUFFIXES.get(path.partition("/")[0], ()):
        found.problems.append(
            Problem(
                kind="stray-file",
                message="the file belongs to no content",
                hint="move it out of the content folders, or delete it",
                path=path,
            )
        )
    try:
        size = entry.stat(follow_symlinks=False).st_size
    except OSError as error:
        found.problems.append(_unreadable(path, f"the file cannot be read: {error.strerror or error}"))
        return
    found.files[path] = DataFile(path=path, size=size)


def _printable(path: str) -> bool:
    """Whether a path can be written anywhere: names that are not UTF-8 come from the system with lone surrogates."""
    return path.isascii() or not any("\ud800" <= character <= "\udfff" for character in path)


def _shown(path: str) -> str:
    return path.encode("utf-8", errors="replace").decode("utf-8")


def _unreadable(path: str, message: str, hint: str = "check its owner and mode") -> Problem:
    return Problem(kind="file-unreadable", message=message, hint=hint, path=path)


def refuse_no_pack(root: Path, *, found: bool) -> None:
    """Stop where no pack is: to find nothing wrong there would hide a wrong `--repo`.

    Raises:
        RepositoryError: nothing was found.
    """
    if not found:
        raise RepositoryError(
            f"{root.absolute()} holds no content pack: no contentpack.yml, contentctl.yml or build.yml, and no content "
            "files in detections/, macros/, ...; name the pack with --repo"
        )


# -- one file --------------------------------------------------------------------------------------------------------


def read_document(root: Path, path: str, expected: Dialect | None = None) -> LoadedDocument:
    """Read one content file from disk; trouble with the file is a problem, never an exception."""
    raw = read_raw(root, path)
    return LoadedDocument(path, None, (raw,)) if isinstance(raw, Problem) else load_document(path, raw, expected)


def read_raw(root: Path, path: str) -> bytes | Problem:
    """Return a file's bytes, or the problem that it cannot be read or is too large. A large file is not read whole."""
    return reader.read_limited(root, path)


def expected_dialect(root: Path, paths: Sequence[str]) -> Dialect | None:
    """Guess the dialect of a pack from a few of its detections, so that most files are read in the right one at once."""
    detections = [path for path in paths if FOLDERS.get(path.partition("/")[0]) is Kind.DETECTION]
    chosen = detections[:: max(1, len(detections) // _SAMPLE)][:_SAMPLE]
    return pack_dialect([read_document(root, path) for path in chosen])


def load_document(path: str, raw: bytes, expected: Dialect | None = None) -> LoadedDocument:
    """Turn the bytes of one content file into a document. Pure; never raises for what the bytes are.

    `expected` is the dialect of a file that could be of several; `assemble` reads it again where the guess was wrong.
    """
    read = reader.read(path, raw)
    if read.data is None:
        return LoadedDocument(path, None, read.problems)
    identity = identify(path, read.data)
    if identity is None:
        problem = Problem(
            kind="unknown-content",
            message="neither the keys nor the folder tell what this file defines",
            hint="put it into the folder of its kind (`detections/`, `macros/`, ...), or out of the content folders",
            path=path,
            text=read.text,
        )
        return LoadedDocument(path, None, (*read.problems, problem))
    dialect = identity.dialect
    if expected is not None and not identity.certain and not _stays(identity.kind, expected, read.data):
        dialect = expected
    document = Document(path, read.text, read.data, identity.kind, dialect)
    broken = _other(schema.problems(document), read.problems)
    problems = (*(replace(problem, document=document) for problem in read.problems), *broken)
    return LoadedDocument(path, document, problems, identity.certain, records.record(document))


def _other(broken: Sequence[Problem], read: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return what breaks the schema, but for values that reading has found to be no date or number."""
    known = {problem_span(problem) for problem in read if problem.kind == "yaml-value"}
    if not known:
        return tuple(broken)
    return tuple(
        problem for problem in broken if problem.kind != "malformed-value" or problem_span(problem) not in known
    )


# -- the pack --------------------------------------------------------------------------------------------------------


def assemble(
    root: Path,
    documents: Iterable[LoadedDocument],
    listing: Listing,
    *,
    config: Config | None = None,
    problems: Iterable[Problem] = (),
) -> Pack:
    """Join what the files say. `problems` are those of the configuration. Pure."""
    loaded = sorted(documents, key=lambda item: item.path)
    dialect = pack_dialect(loaded)
    if dialect is not None:
        loaded = [item if item.certain else _settled(item, dialect) for item in loaded]
    found: dict[Kind, list[Any]] = {kind: [] for kind in Kind}
    entries: list[DeprecationEntry] = []
    for item in loaded:
        if item.document is None:
            continue
        if item.document.kind is Kind.DEPRECATION_MAPPING:
            entries.extend(records.deprecation_entries(item.document))
            continue
        if item.record is not None:
            found[item.document.kind].append(item.record)
    return Pack(
        root=str(Path(root).absolute()),
        config=_with_style(config if config is not None else Config(), dialect),
        detections=tuple(found[Kind.DETECTION]),
        macros=tuple(found[Kind.MACRO]),
        lookups=tuple(found[Kind.LOOKUP]),
        stories=tuple(found[Kind.STORY]),
        baselines=tuple(found[Kind.BASELINE]),
        investigations=tuple(found[Kind.INVESTIGATION]),
        data_sources=tuple(found[Kind.DATA_SOURCE]),
        dashboards=tuple(found[Kind.DASHBOARD]),
        deployments=tuple(found[Kind.DEPLOYMENT]),
        playbooks=tuple(found[Kind.PLAYBOOK]),
        removed=tuple(found[Kind.REMOVED]),
        deprecation_entries=tuple(entries),
        files=listing.files,
        problems=tuple(_all_problems(problems, listing, loaded)),
    )


def _all_problems(first: Iterable[Problem], listing: Listing, loaded: Iterable[LoadedDocument]) -> Iterator[Problem]:
    yield from first
    yield from listing.problems
    for item in loaded:
        yield from item.problems


def pack_dialect(loaded: Iterable[LoadedDocument]) -> Dialect | None:
    """Return the dialect of most detections (of most files where no detection shows one), None without any."""
    detections: Counter[Dialect] = Counter()
    others: Counter[Dialect] = Counter()
    for item in loaded:
        if item.document is not None and item.certain:
            (detections if item.document.kind is Kind.DETECTION else others)[item.document.dialect] += 1
    counted = detections or others
    return max(counted, key=lambda dialect: (counted[dialect], dialect.value)) if counted else None


def _settled(item: LoadedDocument, dialect: Dialect) -> LoadedDocument:
    """Give a file whose dialect was open that of the pack, with the problems of that dialect's schema."""
    document = item.document
    if document is None or document.dialect is dialect:
        return item
    if _stays(document.kind, dialect, document.data):
        return item
    settled = replace(document, dialect=dialect)
    kept = [replace(problem, document=settled) for problem in item.problems if problem.kind not in VIOLATION_KINDS]
    problems = (*kept, *schema.problems(settled))
    return replace(item, document=settled, problems=problems, record=records.record(settled))


def _stays(kind: Kind, dialect: Dialect, data: Mapping[str, Any]) -> bool:
    """Whether a file is not of the pack's dialect: in a native pack, one with keys that the native dialect never had."""
    if dialect is not Dialect.NATIVE:
        return False
    return (kind is Kind.DEPLOYMENT and "scheduling" in data) or "date" in data or isinstance(data.get("tags"), dict)


def _with_style(config: Config, dialect: Dialect | None) -> Config:
    """Let a `contentctl.yml`, which names no conf style, follow the detections."""
    document = config.document
    if document is not None and not document.path.endswith("contentctl.yml"):
        return config
    style = {Dialect.V3: ConfStyle.V4, Dialect.V4: ConfStyle.V4, Dialect.V5: ConfStyle.V5}.get(
        dialect or Dialect.NATIVE, ConfStyle.V6
    )
    return config if config.conf_style is style else replace(config, conf_style=style)
