r"""Files, folders, archives, bytes and streams become events, as Splunk would index them.

A file is read in blocks of some megabytes and cut into events by the rules of its sourcetype (`generator.engine.breaking`),
each event gets its time (`generator.engine.timestamps`), and transforms may set its sourcetype, source, host and index, give it
indexed fields (`generator.engine.ingesteval` computes them), or drop it. What comes out is an `EventSet`; search-time fields are made later, when they are asked for.

Without a sourcetype the text says which: XML and classic Windows events, JSON, Linux audit records; anything else keeps
the name of its file, as Splunk's "-too_small" would. Without a source it is the path, for Windows events
`XmlWinEventLog:<channel>` or `WinEventLog:<log>` as the Windows add-on makes it. An event without a time gets that of the event before it, the first
one the file's time, or `now`. Sources: props.conf.spec, transforms.conf.spec; Getting Data In.

Left out on purpose: CLONE_SOURCETYPE, rules of forwarders.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zipfile
import zlib
from itertools import groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from generator.base.diagnostics import DatasetError
from generator.base.frozen import dataclass
from generator.engine.breaking import MAX_EVENT, json_events, lines_of, merged
from generator.engine.column import Column, Dictionary, constant, encode, unencoded
from generator.engine.errors import PatternTimeoutError
from generator.engine.extract import EventSet, Part, filled_in, format_of
from generator.engine.ingesteval import Assignment, Indexed, assignments
from generator.engine.patterns import PatternError, expand_template
from generator.engine.scan import compile_scanner
from generator.engine.timestamps import TimeReader
from generator.knowledge.props import index_rules
from generator.knowledge.transforms import clean_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from generator.engine.column import Rows
    from generator.engine.extract import Extraction
    from generator.engine.values import Value
    from generator.knowledge.props import IndexRules
    from generator.knowledge.transforms import Transform

    Progress = Callable[[int, int], None]

BLOCK = 8 * 1024 * 1024
"""Bytes that are read at once."""
MAX_BYTES = 8 * 1024**3
"""Unpacked bytes of one load."""
MAX_MEMBERS = 20_000
"""Files of one folder or archive."""

_HEADED = {"csv": ",", "psv": "|", "tsv": "\t", "w3c": " ", "hec": "", "field_header": ","}
_DELIMITERS = {
    "space": " ",
    "tab": "\t",
    "fs": "\x1c",
    "gs": "\x1d",
    "rs": "\x1e",
    "us": "\x1f",
    "\\t": "\t",
    "whitespace": " ",
}
_METADATA = {"MetaData:Sourcetype": 0, "MetaData:Source": 1, "MetaData:Host": 2, "_MetaData:Index": 3}
_PREFIXES = ("sourcetype::", "source::", "host::", "index::")
_CHANNEL = re.compile(r"<Channel>([^<]+)</Channel>|\nLogName=([^\r\n]+)")
_SED = re.compile(r"s(.)((?:\\.|(?!\1).)*)\1((?:\\.|(?!\1).)*)\1([gi\d]*)", re.DOTALL)
_WINDOWS = ("xmlwineventlog", "wineventlog")
_CLASSIC = re.compile(
    r"\s*\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d(?:\.\d+)? [AP]M\r?\n(?:LogName|Message|EventCode|Event)"
)
_TOO_SMALL = re.compile(r"\W+")


def ingest(
    data: Path | bytes | IO[bytes],
    *,
    sourcetype: str | None,
    source: str | None,
    host: str | None,
    index: str | None,
    now: float,
    extraction: Extraction,
    progress: Progress | None = None,
) -> EventSet:
    """Make events of a file, of all files of a folder or an archive, of bytes, or of a stream.

    `progress` is called with bytes read and the bytes that there are (0 = not known).

    Raises:
        DatasetError: it cannot be read, or is too large.
    """
    loader = _Loader(extraction, now, progress, (sourcetype, source, host, index))
    loader.load(data)
    return event_set(loader.pieces(), extraction)


@dataclass(frozen=True, slots=True)
class Piece:
    """Indexed events with the same metadata, before anything is cut from them.

    `sourcetype`, `source` and `host` choose the rules of extraction, and so do `form` (the sourcetype whose stanza counts, ""
    = its own) and `kv_mode` ("" = that of the settings). `columns` are what the index holds; `rows` numbers the events.
    """

    sourcetype: str
    source: str
    host: str
    form: str
    kv_mode: str
    columns: Mapping[str, Column]
    rows: Rows


def ingest_pieces(
    data: Path | bytes | IO[bytes],
    *,
    sourcetype: str | None,
    source: str | None,
    host: str | None,
    index: str | None,
    now: float,
    extraction: Extraction,
) -> list[Piece]:
    """Make events as `ingest` does, and return them as they are indexed. Raises as `ingest`."""
    loader = _Loader(extraction, now, None, (sourcetype, source, host, index))
    loader.load(data)
    return loader.pieces()


@dataclass(frozen=True, slots=True)
class ReadyEvent:
    """An event that needs no line breaking (`services/collector/event`): its text, metadata and indexed fields.

    `time` is in seconds since 1970; None takes it from the text.
    """

    raw: str
    sourcetype: str
    source: str
    host: str
    index: str
    time: float | None
    fields: Mapping[str, Value]


def ingest_ready(events: Iterable[ReadyEvent], *, now: float, extraction: Extraction) -> list[Piece]:
    """Index events that are already apart: only SEDCMD, TRANSFORMS and TRUNCATE of their sourcetypes work on them."""
    loader = _Loader(extraction, now, None, (None, None, None, None))
    for meta, run in groupby(events, lambda event: (event.sourcetype, event.source, event.host, event.index)):
        loader.ready(meta, list(run))
    return loader.pieces()


def event_set(pieces: Iterable[Piece], extraction: Extraction) -> EventSet:
    """Return indexed events with the rules of extraction on them."""
    kept = [piece for piece in pieces if len(piece.rows)]
    parts = [
        Part(
            extraction,
            extraction.rules(piece.sourcetype, piece.source, piece.host, piece.kv_mode, piece.form),
            piece.columns,
            len(piece.rows),
        )
        for piece in kept
    ]
    if len(kept) < 2:
        return EventSet(parts)
    return EventSet(parts, np.argsort(np.concatenate([piece.rows for piece in kept]), kind="stable"))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file() and not file.is_symlink() and not file.name.startswith(".")
    ]
    if len(found) > MAX_MEMBERS:
        raise DatasetError(f"{path} holds more than {MAX_MEMBERS} files")
    return found


class _Loader:
    """Collects the events of one load: raw texts, times, and where runs of events with the same metadata end."""

    def __init__(
        self,
        extraction: Extraction,
        now: float,
        progress: Progress | None,
        given: tuple[str | None, str | None, str | None, str | None],
    ) -> None:
        self._extraction = extraction
        self._now = now
        self._progress = progress
        self._given = given
        self._read = 0
        self._groups: dict[tuple[Any, ...], _Group] = {}
        self._count = 0

    # --- bytes -------------------------------------------------------------------------------------------------------

    def load(self, data: Path | bytes | IO[bytes]) -> None:
        """Load a file, all files of a folder or an archive, bytes, or a stream."""
        if isinstance(data, Path):
            for file in _files(data):
                self.file(file)
        elif isinstance(data, bytes | bytearray | memoryview):
            self.stream(io.BytesIO(data), "", len(data), None)
        else:
            self.stream(data, str(getattr(data, "name", "")), 0, None)

    def ready(self, meta: tuple[str, str, str, str], events: list[ReadyEvent]) -> None:
        """Take events of the same metadata that are already apart."""
        sourcetype, source, host, _ = meta
        form = windows_form(events[0].raw) if sourcetype.lower().startswith(_WINDOWS) else ""
        rules = index_rules(self._extraction.settings.props.settings(form or sourcetype, source, host))
        reader = _GivenTimes([event.time for event in events], TimeReader(rules, self._now))
        names = dict.fromkeys(name for event in events for name in event.fields)
        header: dict[str, list[Value]] = {name: [event.fields.get(name) for event in events] for name in names}
        self._events(
            (event.raw for event in events), _Source((*meta, form), rules, reader, self._now, free=False), header
        )

    def file(self, path: Path) -> None:
        """Load a file; an archive is unpacked."""
        try:
            size = path.stat().st_size
            with path.open("rb") as stream:
                self.stream(stream, str(path), size, path.stat().st_mtime)
        except OSError as error:
            raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error

    def stream(self, stream: IO[bytes], name: str, size: int, modified: float | None) -> None:
        """Load what a stream gives."""
        head = stream.read(4)
        if head[:4] == b"PK\x03\x04":
            self._zip(_whole(stream, head), name, modified)
            return
        opened = _from_start(stream, head)
        if head[:2] == b"\x1f\x8b":
            opened = gzip.open(opened)  # type: ignore[assignment]  # noqa: SIM115 - it owns nothing; its stream is the caller's
            name = name.removesuffix(".gz")
            size = 0
        try:
            self._text(_decoded(self._blocks(opened, size), head), name, modified)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise DatasetError(f"{name or 'the data'} is a damaged gzip file: {error}") from error

    def _zip(self, content: IO[bytes], name: str, modified: float | None) -> None:
        try:
            with zipfile.ZipFile(content) as archive:
                members = [member for member in archive.infolist() if not member.is_dir()]
                if len(members) > MAX_MEMBERS:
                    raise DatasetError(f"{name or 'the archive'} holds more than {MAX_MEMBERS} files")
                for member in members:
                    with archive.open(member) as stream:
                        self.stream(stream, f"{name}:{member.filename}", member.file_size, modified)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError) as error:
            raise DatasetError(f"{name or 'the data'} is no zip archive that can be read: {error}") from error

    def _blocks(self, stream: IO[bytes], size: int) -> Iterator[bytes]:
        while True:
            block = stream.read(BLOCK)
            if not block:
                return
            self._read += len(block)
            if self._read > MAX_BYTES:
                raise DatasetError(f"more than {MAX_BYTES // 1024**3} GiB in one load")
            if self._progress is not None:
                self._progress(self._read, size)
            yield block

    # --- text --------------------------------------------------------------------------------------------------------

    def _text(self, blocks: Iterator[str], name: str, modified: float | None) -> None:
        first = next(blocks, "")
        if not first:
            return
        text = _chained(first, blocks)
        sourcetype, source, host, index = self._given
        guessed = sourcetype is None
        if sourcetype is None:
            sourcetype = guess(first, name)
        meta = (sourcetype, name if source is None else source, host or "localhost", index or "main")
        form = windows_form(first) if sourcetype.lower().startswith(_WINDOWS) else ""
        rules = index_rules(self._extraction.settings.props.settings(form or sourcetype, *meta[1:3]))
        reader = TimeReader(rules, self._now)
        header: dict[str, list[Value]] = {}
        plain_json = guessed or not self._extraction.settings.props.knows(sourcetype)
        if rules.indexed_extractions in _HEADED and rules.indexed_extractions != "hec":
            texts: Iterable[str] = _headed(text, rules, header)
        elif (
            rules.indexed_extractions == "json"
            or rules.kv_mode == "json"
            or (plain_json and first.lstrip()[:1] in {"{", "["})
        ):
            texts = json_events(text)
        elif rules.should_linemerge:
            texts = merged(lines_of(text, rules.line_breaker), rules, lambda line: reader.read(line) is not None)
        else:
            texts = lines_of(text, rules.line_breaker)
        last = self._now if modified is None else min(modified, self._now)
        self._events(texts, _Source((*meta, form), rules, reader, last, free=source is None), header)

    def _events(self, texts: Iterable[str], source: _Source, header: dict[str, list[Value]]) -> None:
        meta, rules, last = source.meta, source.rules, source.last
        transforms = [found for name in rules.transforms if (found := _indexing(self._extraction, name)) is not None]
        seds = [sed for text in rules.sedcmds if (sed := _sed(self._extraction, text)) is not None]
        limit = min(rules.truncate or MAX_EVENT, MAX_EVENT)
        in_file = rules.indexed_extractions in _HEADED  # `header` fills while the texts are read
        headed = in_file or bool(header)
        read = source.reader.read
        free = source.free and meta[-1].lower().startswith(_WINDOWS)
        plain = not transforms and not free
        group = self._group(meta, rules, header)
        raws, times, rows = group.raws, group.times, group.rows
        number = self._count
        if plain and not seds and not headed:
            for text in texts:
                raw = text if len(text) <= limit else self._cut(text, limit, meta[0])
                time = read(raw)
                if time is None:
                    time = last
                last = time
                raws.append(raw)
                times.append(time)
            self._count = number + len(raws) - len(rows)
            rows.extend(range(number, self._count))
            return
        for place, text in enumerate(texts):
            raw = text if len(text) <= limit else self._cut(text, limit, meta[0])
            for sed in seds:
                raw = sed(raw)
            if in_file and rules.timestamp_fields:
                cells = (header[name][place] for name in rules.timestamp_fields if name in header)
                stamp = " ".join(str(cell) for cell in cells if cell)
                time = read(stamp) if stamp else None
            else:
                time = read(raw)
            if time is None:
                time = last
            last = time
            if not plain:
                event = Indexed(raw, time, list(meta), {})
                self._transform(event, meta, transforms, free=free)
                if not event.kept:
                    continue
                raw, time = event.raw, event.time
                group = self._group(tuple(event.meta), rules, header)
                raws, times, rows = group.raws, group.times, group.rows
                for name, value in event.fields.items():
                    group.fields.setdefault(name, {})[len(raws)] = value
            raws.append(raw)
            times.append(time)
            rows.append(number)
            number += 1
            if headed:
                group.header_rows.append(place)
        self._count = number

    def _cut(self, text: str, limit: int, sourcetype: str) -> str:
        self._extraction.warn(f"events of `{sourcetype}` longer than {limit} characters are cut (TRUNCATE)")
        return text[:limit]

    def _group(self, meta: tuple[str, ...], rules: IndexRules, header: dict[str, list[Value]]) -> _Group:
        headed = rules.indexed_extractions in _HEADED or bool(header)
        key = (*meta, id(header) if headed else 0, rules.indexed_extractions)
        group = self._groups.get(key)
        if group is None:
            self._groups[key] = group = _Group(meta, rules, header)
        return group

    def _transform(
        self, event: Indexed, meta: tuple[str, ...], transforms: list[_Indexing | _Evaluating], *, free: bool
    ) -> None:
        """Do what TRANSFORMS do: text, time, metadata and indexed fields change, or the event goes to the null queue."""
        changed = event.meta
        for transform in transforms:
            if isinstance(transform, _Evaluating):
                for assignment in transform.assignments:
                    assignment.apply(event)
                continue
            given = event.raw if transform.key == "_raw" else changed[_METADATA.get(transform.key, 1)]
            try:
                match = transform.pattern.search(given)
            except PatternTimeoutError as error:
                self._extraction.warn(str(error))
                continue
            if match is None:
                continue
            if transform.dest == "_meta":
                for name, make in transform.fields:
                    value = make(match)
                    if value:
                        event.add(name, value)
                continue
            made = transform.make(match)
            if transform.dest == "queue":
                event.kept = made.lower() != "nullqueue"
            elif transform.dest == "_raw":
                event.raw = made
            else:
                place = _METADATA[transform.dest]
                changed[place] = made.removeprefix(_PREFIXES[place])
        if free and changed[1] == meta[1]:
            channel = _CHANNEL.search(event.raw, 0, 4096)
            if channel is not None:
                kind = "XmlWinEventLog" if channel[1] else "WinEventLog"
                changed[1] = f"{kind}:{channel[1] or channel[2].rstrip()}"

    # --- events ------------------------------------------------------------------------------------------------------

    def pieces(self) -> list[Piece]:
        """Return what was loaded."""
        return [self._piece(group) for group in self._groups.values() if group.raws]

    def _piece(self, group: _Group) -> Piece:
        length = len(group.raws)
        sourcetype, source, host, index, form = group.meta
        shown = self._extraction.settings.props.renamed(sourcetype)
        columns: dict[str, Column] = {
            "_time": _times(group.times),
            "_raw": unencoded(group.raws),
            "_indextime": constant(int(self._now), length),
            "host": constant(host, length),
            "index": constant(index, length),
            "source": constant(source or None, length),
            "sourcetype": constant(shown or None, length),
            "splunk_server": constant("localhost", length),
        }
        for name, cells in group.header.items():
            filled = len(cells)
            columns.setdefault(name, encode([cells[row] if row < filled else None for row in group.header_rows]))
        for name, found in group.fields.items():
            columns.setdefault(name, encode([found.get(row) for row in range(length)]))
        if shown != sourcetype:
            columns["_sourcetype"] = constant(sourcetype, length)
        kv_mode = "json" if group.rules.indexed_extractions == "json" else ""
        return Piece(shown, source, host, form, kv_mode, columns, np.array(group.rows, np.intp))


class _GivenTimes:
    """Gives times that are known one after another; where one is not, it is read from the text."""

    __slots__ = ("_reader", "_times")

    def __init__(self, times: list[float | None], reader: TimeReader) -> None:
        self._times = iter(times)
        self._reader = reader

    def read(self, text: str) -> float | None:
        """Return the time of the next event, whose text is given."""
        known = next(self._times)
        return self._reader.read(text) if known is None else known


class _Source:
    """What is known of one file: metadata, rules, reader of times, the time before the first event; `free`: nobody gave a source."""

    __slots__ = ("free", "last", "meta", "reader", "rules")

    def __init__(
        self, meta: tuple[str, ...], rules: IndexRules, reader: TimeReader | _GivenTimes, last: float, *, free: bool
    ) -> None:
        self.meta = meta
        self.rules = rules
        self.reader = reader
        self.last = last
        self.free = free


class _Group:
    """Events with the same metadata; `rows` are their numbers among all events of the load, `fields` what transforms gave."""

    __slots__ = ("fields", "header", "header_rows", "meta", "raws", "rows", "rules", "times")

    def __init__(self, meta: tuple[str, ...], rules: IndexRules, header: dict[str, list[Value]]) -> None:
        self.meta = meta
        self.rules = rules
        self.header = header
        self.raws: list[str] = []
        self.times: list[float] = []
        self.rows: list[int] = []
        self.header_rows: list[int] = []
        self.fields: dict[str, dict[int, Value]] = {}


class _Rejoined(io.RawIOBase):
    """A stream that cannot go back, with the bytes in front that were already read of it."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        super().__init__()
        self._head = head
        self._stream = stream

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 - any writable buffer
        """Fill a buffer; return how many bytes came."""
        size = len(buffer)
        found = self._head[:size] or self._stream.read(size) or b""
        self._head = self._head[size:]
        buffer[: len(found)] = found
        return len(found)


def _from_start(stream: IO[bytes], head: bytes) -> IO[bytes]:
    """Return a stream at its beginning, of which `head` was already read."""
    if stream.seekable():
        stream.seek(0)
        return stream
    return io.BufferedReader(_Rejoined(head, stream), 1024 * 1024)


def _whole(stream: IO[bytes], head: bytes) -> IO[bytes]:
    """Return a stream that can be searched in, at its beginning."""
    if stream.seekable():
        stream.seek(0)
        return stream
    content = head + stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise DatasetError(f"the archive is larger than {MAX_BYTES // 1024**3} GiB")
    return io.BytesIO(content)


def _decoded(blocks: Iterable[bytes], head: bytes) -> Iterator[str]:
    """Decode blocks; bytes that are no text of the encoding (UTF-8 but for a byte order mark) become replacement characters."""
    encoding = (
        "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig" if head[:3] == b"\xef\xbb\xbf" else "utf-8"
    )
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for block in blocks:
        text = decoder.decode(block)
        if text:
            yield text
    text = decoder.decode(b"", final=True)
    if text:
        yield text


def _chained(first: str, rest: Iterable[str]) -> Iterator[str]:
    yield first
    yield from rest


def _times(times: list[float]) -> Column:
    values: list[Any] = [None, *times]
    return Column(Dictionary(values), np.arange(1, len(times) + 1, dtype=np.int32))


def windows_form(text: str) -> str:
    """Return the sourcetype whose rules fit a Windows event log: XML is found under classic names, and the other way round."""
    return "XmlWinEventLog" if text[:4096].lstrip("\ufeff \t\r\n").startswith("<") else "WinEventLog"


def guess(text: str, name: str) -> str:
    """Return the sourcetype that a text looks like, else one made of its file's name."""
    head = text[:4096].lstrip("\ufeff \t\r\n")
    if head.startswith(("<Event xmlns=", "<Event>")) or re.match(r"<\?xml[^>]*>\s*<Event", head):
        return "sysmon:linux" if "Linux-Sysmon" in head else "XmlWinEventLog"
    if "Linux-Sysmon" in head and "<Event>" in head:
        return "sysmon:linux"
    if head[:1] in {"{", "["} and head[1:2] not in {"", "#"}:
        return "_json"
    if re.match(r"(?:node=\S+ )?type=\w+ msg=audit\(", head):
        return "linux:audit"
    if _CLASSIC.match(head):
        return "WinEventLog"
    stem = Path(name.rpartition(":")[2]).name.partition(".")[0]
    return f"{_TOO_SMALL.sub('_', stem)}-too_small" if stem else "unknown"


# --- files with a header ---------------------------------------------------------------------------------------------


def _headed(blocks: Iterable[str], rules: IndexRules, header: dict[str, list[Value]]) -> Iterator[str]:
    """Yield the rows of CSV and its kin, and put their cells into `header`, one list a column."""
    delimiter = rules.field_delimiter.strip("'\"")
    delimiter = _DELIMITERS.get(delimiter.lower(), delimiter) or _HEADED[rules.indexed_extractions]
    names: list[str] = list(rules.field_names)
    lines = lines_of(blocks, rules.line_breaker)
    number = 0
    rows = 0
    for line in _whole_records(lines, delimiter):
        number += 1
        if rules.indexed_extractions == "w3c" or line.startswith("#"):
            if line.startswith("#Fields:"):
                names = line[8:].split()
                continue
            if line.startswith("#"):
                continue
        if not names:
            if number < rules.header_line or not line.strip():
                continue
            names = _cells(line, delimiter)
            continue
        cells = _cells(line, delimiter)
        if cells == names:
            continue
        for place, name in enumerate(names):
            field = clean_key(name.strip())
            column = header.setdefault(field, [])
            column.extend([None] * (rows - len(column)))
            column.append((cells[place] or None) if place < len(cells) else None)
        rows += 1
        yield line


def _whole_records(lines: Iterable[str], delimiter: str) -> Iterator[str]:
    """Put lines together again where a quoted cell goes over a line end."""
    waiting = ""
    for line in lines:
        text = f"{waiting}\n{line}" if waiting else line
        if delimiter == "," and text.count('"') % 2 and len(text) < 1024 * 1024:
            waiting = text
            continue
        waiting = ""
        yield text
    if waiting:
        yield waiting


def _cells(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except (csv.Error, TypeError):
        return line.split(delimiter)


# --- index-time transforms -------------------------------------------------------------------------------------------


class _Indexing:
    """One index-time transform: where it looks, its pattern, what it makes, and where that goes; `fields` for `_meta`."""

    __slots__ = ("dest", "fields", "key", "make", "pattern")

    def __init__(self, transform: Transform, pattern: Any) -> None:  # noqa: ANN401 - a `Scanner`
        text = transform.format.replace("\\", "\\\\").replace("$0", "")
        self.key = transform.source_key
        self.pattern = pattern
        self.make: Callable[[Any], str] = expand_template(re.sub(r"\$(\d+)", r"\\\1", text) or r"\1")
        self.dest = "_meta" if transform.write_meta and not transform.dest_key else transform.dest_key
        self.fields = [(name, filled_in(value)) for name, value in format_of(transform.format)]


class _Evaluating:
    """One index-time transform that computes."""

    __slots__ = ("assignments",)

    def __init__(self, found: tuple[Assignment, ...]) -> None:
        self.assignments = found


def _indexing(extraction: Extraction, name: str) -> _Indexing | _Evaluating | None:
    transform: Transform | None = extraction.settings.transforms.transform(name)
    if transform is None:
        extraction.warn(f"the transform `{name}` is not defined")
        return None
    if transform.ingest_eval:
        return _Evaluating(assignments(transform.ingest_eval, name, extraction))
    if transform.dest_key not in {*_METADATA, "", "queue", "_raw", "_meta"}:
        what = f"DEST_KEY = {transform.dest_key}"
        extraction.warn(f"{what} of the transform `{name}` is not supported; events stay as they are")
        return None
    if not transform.regex or not (transform.dest_key or transform.write_meta):
        return None
    try:
        pattern = compile_scanner(transform.regex)
    except PatternError as error:
        extraction.warn(f"the transform `{name}`: {error}")
        return None
    return _Indexing(transform, pattern)


def _sed(extraction: Extraction, text: str) -> Callable[[str], str] | None:
    match = _SED.fullmatch(text.strip())
    if match is None:
        extraction.warn(f"the SEDCMD `{text[:80]}` is not understood")
        return None
    from generator.engine.patterns import compile_pattern  # noqa: PLC0415 - `regex` only where a SEDCMD is

    try:
        pattern = compile_pattern(match[2], ignore_case="i" in match[4])
    except PatternError as error:
        extraction.warn(f"the SEDCMD `{text[:80]}`: {error}")
        return None
    replacement = expand_template(match[3])
    count = 0 if "g" in match[4] else 1

    def changed(raw: str) -> str:
        try:
            return pattern.sub(replacement, raw, count)
        except PatternTimeoutError as error:
            extraction.warn(str(error))
            return raw

    return changed
