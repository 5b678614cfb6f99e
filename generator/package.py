"""An `AppTree` becomes files: the app's folder, a reproducible `.tar.gz`, and a `build.json` that says what is in them.

The same tree gives the same bytes in any folder, under any umask, locale and account, at any time: members are sorted,
owned by root, 0644 (folders 0755), and dated by `SOURCE_DATE_EPOCH` or by the content. The archive is ustar, with pax
headers only for names that ustar cannot hold. The deflate stream inside is zlib's: another zlib (zlib-ng in some
builds of Python) may compress the same tar to other bytes, which is why `build.json` also has the tar's own checksum.

All is written beside its target and put in place at the end, each by one step of the file system: a failed build leaves the
previous one, and of one that is killed, archive, folder and record are each the old or the new one, whole. What a killed build
leaves behind (`.contentpack-build-*`) is removed by the next. Nothing is deleted that a build did not make: a folder of the
app's name is only replaced when `build.json` beside it, or what a killed build left, says that it was built here, and when it
holds no other files.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import ConfigError, RepositoryError
from generator.base.files import write_files
from generator.base.folders import alone_in, exchange
from generator.base.frozen import dataclass
from generator.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Self

    from generator.base.apptree import AppTree

BUILD_FILE = "build.json"
BUILD_FORMAT = 1
COMPRESSION_LEVEL = 6
# 1980-01-01: the oldest time that zip tools, which some people unpack with, can show.
OLDEST_MTIME = 315532800
_NEWEST_MTIME = 0o77777777777
_APP_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]*")
_WORK = ".contentpack-build-"
_WORKED_ON = frozenset({"archive", "record", "app", "old-archive", "old-record", "old-app", "beside"})
"""What the folder of a build at work can hold; others of that name are not its own."""
_FORGOTTEN = 3600
"""Seconds after which a build is taken for dead where that cannot be told from a lock."""
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


@dataclass(frozen=True, slots=True)
class Archive:
    """The bytes of a `.tar.gz`, their SHA-256, and that of the tar inside."""

    data: bytes
    sha256: str
    tar_sha256: str


@dataclass(frozen=True, slots=True)
class PackageResult:
    """Where a build was written: the archive, the unpacked folder, the record; `sha256` is the archive's."""

    archive: Path
    folder: Path
    record: Path
    sha256: str


def package(
    tree: AppTree,
    out: Path,
    *,
    inputs: Mapping[str, str] | None = None,
    versions: Mapping[str, str] | None = None,
    mtime: int = OLDEST_MTIME,
    beside: Mapping[str, bytes] | None = None,
) -> PackageResult:
    """Write `<out>/<id>-<version>.tar.gz`, `<out>/<id>/` and `<out>/build.json`.

    Args:
        tree: the app.
        out: the folder to write to; made when it is not there.
        inputs: path to SHA-256 of the files that the app was made from, for the record.
        versions: name to version of what took part (`attack`: `18.1`), for the record.
        mtime: seconds since 1970 that every member gets (`archive_mtime`).
        beside: further files, by path below `out`; each is written if its content differs.

    Raises:
        ConfigError: the app's id or version cannot be a file name, or the tree holds a path that leaves the app.
        RepositoryError: `out` cannot be written to (read-only, full disk), or a folder of the app's name lies there
            that no build made. The previous build is left as it was.
    """
    with Staging(tree, out, pack_archive(tree, mtime), inputs=inputs, versions=versions, beside=beside) as staging:
        return staging.put_in_place()


class Staging:
    """A build that is written beside its target, and still to be put in place.

    A context manager: entering it writes, and leaving it removes what was not put in place, the folders that were made for
    it included. Arguments and errors are those of `package`.
    """

    def __init__(
        self,
        tree: AppTree,
        out: Path,
        archive: Archive,
        *,
        inputs: Mapping[str, str] | None = None,
        versions: Mapping[str, str] | None = None,
        beside: Mapping[str, bytes] | None = None,
    ) -> None:
        name = f"{tree.app_id}-{tree.version}.tar.gz"
        self._tree = tree
        self._archive = archive
        self._record = _record(tree, name, archive, inputs=inputs or {}, versions=versions or {})
        self._beside = beside or {}
        self._out = out
        self._result = PackageResult(out / name, out / tree.app_id, out / BUILD_FILE, archive.sha256)
        self._left: list[Path] = []
        self._work = out
        self._cleanup = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as cleanup, _told(self._out):
            for folder in _make_folder(self._out):
                cleanup.callback(_remove_if_empty, folder)
            alone = cleanup.enter_context(alone_in(self._out))
            self._left = _left_behind(self._out, alone=alone)
            _refuse_foreign(self._result, self._left)
            self._work = cleanup.enter_context(_beside(self._out))
            _write(self._work / "archive", self._archive.data)
            _write(self._work / "record", self._record)
            _write_tree(self._work / "app", self._tree)
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._cleanup.close()

    def put_in_place(self) -> PackageResult:
        """Replace the previous build."""
        with _told(self._out):
            _swap(self._work, self._result)
            if self._beside:
                (self._work / "beside").mkdir()
                write_files(self._out, self._beside, scratch=self._work / "beside")
            for folder in self._left:
                shutil.rmtree(folder, ignore_errors=True)
        return self._result


@contextlib.contextmanager
def _told(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise RepositoryError(f"cannot write the app to {out}: {reason}; the previous build is unchanged") from error


def _make_folder(out: Path) -> list[Path]:
    """Make a folder with those above it; return the ones that were not there, the highest first."""
    made = [folder for folder in (*reversed(out.parents), out) if not folder.exists()]
    out.mkdir(parents=True, exist_ok=True)
    return made


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):  # something was put there
        folder.rmdir()


def pack_archive(tree: AppTree, mtime: int) -> Archive:
    """Return the app's archive; needs no disk.

    Raises:
        ConfigError: as `package`.
    """
    _check(tree)
    tar = tar_bytes(tree, mtime)
    data = gzip_bytes(tar, mtime)
    return Archive(data, hashlib.sha256(data).hexdigest(), hashlib.sha256(tar).hexdigest())


def archive_mtime(newest_content: int | None, environment: Mapping[str, str]) -> int:
    """Return the time that archive members get: `SOURCE_DATE_EPOCH`, else that of the newest content, else a fixed one.

    Raises:
        ConfigError: `SOURCE_DATE_EPOCH` is not a number of seconds that a tar file can hold.
    """
    given = environment.get("SOURCE_DATE_EPOCH", "").strip()
    if given:
        if not given.isascii() or not given.isdigit() or int(given) > _NEWEST_MTIME:
            raise ConfigError(f"SOURCE_DATE_EPOCH is `{given}`; it must be a number of seconds since 1970")
        return int(given)
    return max(OLDEST_MTIME, min(newest_content or 0, _NEWEST_MTIME))


def tar_bytes(tree: AppTree, mtime: int) -> bytes:
    """Return the app as an uncompressed tar: one folder named like the app, sorted, owned by root."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8") as tar:
        for path in _folders(tree):
            member = tarfile.TarInfo(path)
            member.type = tarfile.DIRTYPE
            member.mode = 0o755
            tar.addfile(_owned(member, mtime))
        for path, data in tree:
            member = tarfile.TarInfo(f"{tree.app_id}/{path}")
            member.size = len(data)
            member.mode = 0o644
            tar.addfile(_owned(member, mtime), io.BytesIO(data))
    return out.getvalue()


def _owned(member: tarfile.TarInfo, mtime: int) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mtime = mtime
    return member


def _folders(tree: AppTree) -> list[str]:
    found = {tree.app_id}
    for path in tree.files:
        parts = path.split("/")[:-1]
        found.update("/".join((tree.app_id, *parts[: end + 1])) for end in range(len(parts)))
    return sorted(found)


def gzip_bytes(data: bytes, mtime: int) -> bytes:
    """Return data gzipped with a fixed header: no file name, the given time, an unknown system.

    Made by hand because `gzip.compress` writes other header bytes from one Python version to the next.
    """
    packer = zlib.compressobj(COMPRESSION_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(data) + packer.flush()
    head = b"\x1f\x8b\x08\x00" + (mtime & 0xFFFFFFFF).to_bytes(4, "little") + b"\x00\xff"
    tail = zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return head + body + tail


def _record(
    tree: AppTree, name: str, archive: Archive, *, inputs: Mapping[str, str], versions: Mapping[str, str]
) -> bytes:
    record: dict[str, Any] = {
        "format": BUILD_FORMAT,
        "app": {"id": tree.app_id, "version": tree.version},
        "archive": {"name": name, "sha256": archive.sha256, "tar_sha256": archive.tar_sha256},
        "versions": {"contentpack": __version__, **versions},
        "files": {path: hashlib.sha256(data).hexdigest() for path, data in tree},
        "inputs": dict(inputs),
    }
    return (json.dumps(record, indent=2, sort_keys=True) + "\n").encode("ascii")


def _check(tree: AppTree) -> None:
    if not _APP_ID.fullmatch(tree.app_id) or tree.app_id.endswith((".", ".tar", ".tgz", ".tar.gz", ".spl")):
        raise ConfigError(f"`{tree.app_id}` cannot be an app id; use letters, digits, `_`, `-` and `.`")
    if tree.app_id.lower() in _RESERVED or tree.app_id == BUILD_FILE:
        raise ConfigError(f"`{tree.app_id}` cannot be an app id; the name is reserved")
    if not _VERSION.fullmatch(tree.version):
        raise ConfigError(f"`{tree.version}` cannot be an app version; use one like `1.2.3`")
    folded: dict[str, str] = {}
    folders = {path[: at.start()] for path in tree.files for at in re.finditer("/", path)}
    for path in tree.files:
        parts = path.split("/")
        if any(part in {"", ".", ".."} or part.startswith(".") for part in parts) or re.search(r"[\x00-\x1f\\]", path):
            raise ConfigError(f"the app cannot hold a file named {path!r}")
        other = folded.setdefault(path.lower(), path)
        if other != path:
            raise ConfigError(f"the files `{other}` and `{path}` of the app differ in case only")
        if path in folders:
            raise ConfigError(f"`{path}` is a file and a folder of the app at once")


def _left_behind(out: Path, *, alone: bool) -> list[Path]:
    """Return the folders of builds that were killed. `alone`: whether no other build is at work here, which is known."""
    found = []
    for path in sorted(out.glob(f"{_WORK}*")):
        if (
            path.is_symlink()
            or not path.is_dir()
            or not _WORKED_ON.issuperset(inside.name for inside in path.iterdir())
        ):
            continue
        if alone or path.stat().st_mtime < out.stat().st_mtime - _FORGOTTEN:
            found.append(path)
    return found


def _refuse_foreign(result: PackageResult, left: Sequence[Path]) -> None:
    """Refuse to replace what no build made: a folder of the user's, a link, a file that was put into the app's folder."""
    for path in (result.archive, result.record):
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise RepositoryError(
                f"{path} is not a file that a build made; move it away, or choose another output folder"
            )
    folder = result.folder
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise RepositoryError(
            f"{folder} is not a folder that a build made; move it away, or choose another output folder"
        )
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    # A build that was killed between its steps has put its folder in place, and not yet its record.
    records = (result.record, *(work / "record" for work in left))
    told = [files for record in records if (files := _built_files(record, folder.name)) is not None]
    if not told:
        raise RepositoryError(
            f"{folder} is not the folder that {result.record} tells of; move it away, or choose another output folder"
        )
    built = frozenset().union(*told)
    for base, _, names in os.walk(folder):
        for name in names:
            found = Path(base, name).relative_to(folder).as_posix()
            if found not in built:
                raise RepositoryError(f"{folder} holds `{found}`, which no build made; move it away")


def _built_files(record: Path, app_id: str) -> frozenset[str] | None:
    """Return the files of the last build of an app; None when the record is missing, broken or of another app."""
    try:
        data = json.loads(record.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    app = data.get("app") if isinstance(data, dict) else None
    if not isinstance(app, dict) or app.get("id") != app_id or not isinstance(data.get("files"), dict):
        return None
    return frozenset(data["files"])


@contextlib.contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """Give a new folder on the same disk as the output, gone afterwards whatever happens (also on an interrupt)."""
    work = Path(tempfile.mkdtemp(prefix=_WORK, dir=out))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o644), "wb") as stream:
        stream.write(data)
    path.chmod(0o644)


def _write_tree(folder: Path, tree: AppTree) -> None:
    folder.mkdir()
    folder.chmod(0o755)
    top = len(tree.app_id) + 1
    for path in _folders(tree)[1:]:
        (folder / path[top:]).mkdir()
        (folder / path[top:]).chmod(0o755)
    for path, data in tree:
        _write(folder / path, data)


def _swap(work: Path, result: PackageResult) -> None:
    """Put the three in place, the record last; when one of them cannot be, the old ones are put back."""
    with contextlib.ExitStack() as undo:
        _swap_file(work, "archive", result.archive, undo)
        _swap_folder(work, result.folder, undo)
        _swap_file(work, "record", result.record, undo)
        undo.pop_all()


def _swap_file(work: Path, name: str, target: Path, undo: contextlib.ExitStack) -> None:
    new, kept = work / name, work / f"old-{name}"
    if target.exists():
        shutil.copy2(target, kept)
    undo.callback(_put_back_file, new, kept, target)
    new.replace(target)


def _put_back_file(new: Path, kept: Path, target: Path) -> None:
    if new.exists():
        return  # it was not put in place
    if kept.exists():
        kept.replace(target)
    else:
        target.rename(new)


def _swap_folder(work: Path, target: Path, undo: contextlib.ExitStack) -> None:
    new, kept = work / "app", work / "old-app"
    undo.callback(_put_back_folder, new, kept, target, new.stat().st_ino)
    if target.exists():
        if exchange(new, target):
            return
        target.rename(kept)
    new.rename(target)


def _put_back_folder(new: Path, kept: Path, target: Path, number: int) -> None:
    """`number` is the inode of the new folder: it says how far the work has come, also when it was interrupted."""
    if target.exists() and target.stat().st_ino == number:
        if new.exists():
            exchange(new, target)
            return
        target.rename(new)
    if kept.exists():
        kept.rename(target)
