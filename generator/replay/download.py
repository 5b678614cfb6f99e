"""Files are fetched into the cache: over https, several at once, resumed where an earlier fetch broke off, checked, then kept.

Plain http is allowed to this machine only (tests, a mirror on the laptop). A redirect must lead to https again. A server that
gives less or more than it said, or bytes of another checksum, leaves nothing behind that a later run would take for the file.
A pointer of Git LFS is followed to its content. Range requests follow RFC 9110 section 14: `If-Range` with a strong entity tag,
so that parts of two versions are never put together.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Lock
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from generator.base.diagnostics import DatasetError
from generator.base.frozen import dataclass
from generator.replay.cache import checksum, write_record
from generator.replay.datasets import media_url, read_pointer
from generator.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from generator.replay.cache import DataCache

MAX_BYTES = 2 * 1024**3
"""Bytes of one file, unless told otherwise."""
ATTEMPTS = 4
WORKERS = 4

_BLOCK = 256 * 1024
_TIMEOUT = 30.0
_WAIT = 0.5
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})

Progress = Callable[[int, int], None]
"""Called with the bytes fetched so far and the bytes that are known to come."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch; `sha256` is what it must have, empty where nobody says."""

    url: str
    sha256: str = ""


def fetch_all(
    wanted: Iterable[Wanted],
    cache: DataCache,
    *,
    clock: Callable[[], float],
    limit: int = MAX_BYTES,
    progress: Progress | None = None,
    workers: int = WORKERS,
) -> dict[str, DatasetError]:
    """Fetch files into the cache, several at once; return what went wrong, by address.

    `clock` gives seconds since 1970 for the records. `progress` is called from the caller's thread.
    """
    tally = _Tally()
    todo = list({one.url: one for one in wanted}.values())
    failed: dict[str, DatasetError] = {}
    with ThreadPoolExecutor(min(workers, max(1, len(todo)))) as pool:
        running = {pool.submit(fetch, one, cache, clock=clock, limit=limit, tally=tally): one for one in todo}
        try:
            for future in _finished(running, tally, progress):
                try:
                    future.result()
                except DatasetError as error:
                    failed[running[future].url] = error
        except BaseException:
            tally.stop = True
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return failed


def _finished(running: Any, tally: _Tally, progress: Progress | None) -> Iterator[Any]:  # noqa: ANN401 - futures by wanted
    waiting = set(running)
    while waiting:
        with contextlib.suppress(TimeoutError):
            for future in as_completed(waiting, timeout=0.1):
                waiting.discard(future)
                yield future
        if progress is not None:
            progress(tally.done, tally.total)


class _Tally:
    """What all fetches of a run have read so far, and what they will; `unreachable` hosts are not tried again."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.done = 0
        self.total = 0
        self.stop = False
        self.unreachable: set[str] = set()

    def add(self, done: int = 0, total: int = 0) -> None:
        """Count bytes."""
        with self._lock:
            self.done += done
            self.total += total


def fetch(
    wanted: Wanted, cache: DataCache, *, clock: Callable[[], float], limit: int = MAX_BYTES, tally: _Tally | None = None
) -> Path:
    """Fetch one file into the cache and return where it is.

    Raises:
        DatasetError: it could not be had, is too large, or is not what it should be.
    """
    _check_address(wanted.url)
    folder = cache.place(wanted.url)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder / "lock"):
            return _fetched(wanted, cache, clock, limit, tally or _Tally())
    except OSError as error:
        raise DatasetError(f"cannot write to the cache {folder}: {error.strerror or error}") from error


def _fetched(wanted: Wanted, cache: DataCache, clock: Callable[[], float], limit: int, tally: _Tally) -> Path:
    """Fetch a file that this process has locked, unless another one just did."""
    already = cache.get(wanted.url, wanted.sha256)
    if already is not None and read_pointer(already) is None:
        return already
    job = _Fetch(wanted, cache, limit, tally)
    file = job.run()
    pointer = read_pointer(file)
    if pointer is None:
        return cache.keep(wanted.url, file, job.check(file, wanted.sha256), clock())
    if pointer.size > limit:
        file.unlink(missing_ok=True)
        raise DatasetError(f"{wanted.url} stands for {pointer.size:,} bytes, more than the limit of {limit:,}")
    other = media_url(wanted.url)
    if other == wanted.url:
        file.unlink(missing_ok=True)
        raise DatasetError(
            f"{wanted.url} is a Git LFS pointer; give the address of its content (for GitHub: media.githubusercontent.com)"
        )
    content = fetch(Wanted(other, pointer.sha256), cache, clock=clock, limit=limit, tally=tally)
    cache.keep(wanted.url, file, checksum(file), clock())
    return content


class _Fetch:
    """One file on its way: the part that is here, the requests that bring the rest."""

    def __init__(self, wanted: Wanted, cache: DataCache, limit: int, tally: _Tally) -> None:
        self._url = wanted.url
        self._limit = limit
        self._tally = tally
        self._folder = cache.place(wanted.url)
        self._part = self._folder / "part"
        self._tag = self._folder / "part.json"

    def run(self) -> Path:
        """Bring the file; return the finished part.

        Raises:
            DatasetError: it could not be had.
        """
        host = urlsplit(self._url).netloc
        answered = False
        for attempt in range(ATTEMPTS):
            if host in self._tally.unreachable:
                raise self._refused(f"{host} cannot be reached")
            try:
                if self._request():
                    return self._part
            except urllib.error.HTTPError as error:
                error.close()
                if error.code not in _AGAIN:
                    raise self._refused(f"the server answers {error.code} {error.reason}") from error
                trouble = f"the server answers {error.code} {error.reason}"
                answered = True
            except (http.client.HTTPException, TimeoutError, ConnectionError, urllib.error.URLError) as error:
                reason = getattr(error, "reason", None) or error
                trouble = str(reason) or type(error).__name__
                if isinstance(reason, ssl.SSLCertVerificationError):
                    raise self._refused(f"its certificate is not trusted: {reason.verify_message}") from error
            else:
                trouble = "the connection ended early"
                answered = True
            if attempt + 1 < ATTEMPTS:
                time.sleep(_WAIT * 2**attempt)
        if not answered and not self._part.exists():
            self._tally.unreachable.add(host)
        raise self._refused(trouble)

    def _refused(self, why: str) -> DatasetError:
        return DatasetError(f"cannot fetch {self._url}: {why}")

    def _request(self) -> bool:
        """Ask for what is missing; return whether the file is whole then."""
        have, tag = self._started()
        headers = {"User-Agent": f"contentpack/{__version__}", "Accept-Encoding": "identity"}
        if have:
            headers |= {"Range": f"bytes={have}-", "If-Range": tag}
        request = urllib.request.Request(self._url, headers=headers)  # noqa: S310 - the address was checked
        try:
            response = _opener().open(request, timeout=_TIMEOUT)
        except urllib.error.HTTPError as error:
            if error.code == 416 and have:
                error.close()
                self._discard()  # the file became shorter than the part: from the start
                return False
            raise
        with response:
            resumed = response.status == 206 and _range_start(response) == have
            if have and not resumed:
                self._discard()
                have = 0
            if response.status == 206 and not resumed:
                return False
            length = response.headers.get("Content-Length")
            rest = int(length) if length is not None and length.isdigit() else None
            if rest is not None and have + rest > self._limit:
                self._discard()
                raise self._refused(f"it has {have + rest:,} bytes, more than the limit of {self._limit:,}")
            if not have:
                new = response.headers.get("ETag", "")
                write_record(self._tag, {"tag": "" if new.startswith("W/") else new})
            self._tally.add(have, have + (rest or 0))
            read = self._copy(response, have)
            # Without a length, chunks say where the end is, and a missing one raises.
            return rest is None or read == rest

    def _copy(self, response: IO[bytes], have: int) -> int:
        """Append what comes to the part; return how many bytes that were."""
        read = 0
        with self._part.open("ab") as file:
            while block := response.read(_BLOCK):
                read += len(block)
                if have + read > self._limit:
                    file.close()
                    self._discard()
                    raise self._refused(f"it has more than the limit of {self._limit:,} bytes")
                file.write(block)
                self._tally.add(len(block))
                if self._tally.stop:
                    raise self._refused("interrupted")
            file.flush()
            os.fsync(file.fileno())
        return read

    def _started(self) -> tuple[int, str]:
        """Return how much of the file is here, and the entity tag of its version; a part without one cannot go on."""
        try:
            tag = str(json.loads(self._tag.read_bytes())["tag"])
            have = self._part.stat().st_size
        except (OSError, ValueError, KeyError, TypeError):
            tag, have = "", 0
        if not tag or not have:
            self._discard()
            return 0, ""
        return have, tag

    def _discard(self) -> None:
        self._part.unlink(missing_ok=True)
        self._tag.unlink(missing_ok=True)

    def check(self, file: Path, sha256: str) -> str:
        """Return a file's checksum.

        Raises:
            DatasetError: it is another one than asked for; the file is removed.
        """
        found = checksum(file)
        if sha256 and found != sha256:
            self._discard()
            raise DatasetError(f"{self._url} has the SHA-256 {found}, not {sha256}; nothing was kept")
        return found


def _range_start(response: Any) -> int:  # noqa: ANN401 - an HTTP response
    """Return where a partial response begins, -1 where it does not say."""
    unit, _, rest = str(response.headers.get("Content-Range", "")).partition(" ")
    first = rest.partition("-")[0]
    return int(first) if unit == "bytes" and first.isdigit() else -1


def _check_address(url: str) -> None:
    split = urlsplit(url)
    if split.scheme == "https" or (split.scheme == "http" and split.hostname in _LOOPBACK):
        return
    raise DatasetError(f"cannot fetch {url}: only https addresses are fetched")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to addresses that may be fetched."""

    def redirect_request(  # noqa: PLR0917 - urllib's signature
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Refuse a redirect that leads elsewhere."""
        _check_address(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_Redirects(), urllib.request.HTTPSHandler(context=ssl.create_default_context()))


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other processes off an address while it is fetched; the lock ends with the process, however that ends."""
    with path.open("ab") as file:
        try:
            import fcntl  # noqa: PLC0415 - not on Windows
        except ImportError:
            yield
            return
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
