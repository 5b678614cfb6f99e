r"""Splunk `.conf` text becomes stanzas with values and line numbers, and stanzas become text that cannot break out.

How a file is read (Splunk's admin manual, "About configuration files", and what AppInspect's reader does with the cases
that the manual leaves open):

- a line is blank, a comment (`#` first), a stanza header (`[name]`) or a setting (`key = value`, split at the first `=`,
  blanks around both dropped); settings before the first header belong to the `default` stanza;
- a line whose last character is a backslash goes on in the next line: the backslash goes, the line break stays in the
  value. This holds for a comment as well, which then swallows the line below it;
- in a continuation every line is text, also one that begins with `[` or `#`;
- of a repeated key the last one wins; a repeated stanza adds to the earlier one.

Nothing in a file is an error: what a person should know is reported as a `ConfIssue`, and reading goes on.

Writing is the inverse, with three losses that are inherent in the format, all done by `stored_value`: blanks around a
value and blank lines at its end are dropped, and a carriage return becomes a line break. A value that *ends* in a backslash
would swallow the next setting (`path = C:\dir\`, which AppInspect lets pass in silence); it gets a blank, a continuation
backslash and an empty line behind it, which a reader drops again. What has no safe form (a NUL character, half a
surrogate pair, a name that could open another stanza) is refused with a `ConfValueError` that names stanza and key.

Not read here: `.conf.spec` files, the conditions of pattern stanzas such as `[source::...]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from generator.base.diagnostics import GeneratorError, RepositoryError
from generator.base.frozen import dataclass
from generator.base.source import pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

DEFAULT_STANZA = "default"
MAX_CONF_BYTES = 64 * 1024 * 1024

_BLANKS = " \t"
_BLANKS_AND_BREAKS = " \t\r\n"
_BAD_STANZA_NAME = re.compile(r"[\]\r\n\0]")
_BAD_KEY = re.compile(r"[=\r\n\0]|^[\[#\s]|\s$|\\$|^$")
_BAD_FILE_NAME = re.compile(r"[^A-Za-z0-9_.-]|^\.")


class ConfValueError(GeneratorError):
    """A stanza name, key or value has no safe form in a `.conf` file; `stanza` and `key` say which."""

    def __init__(self, message: str, *, stanza: str = "", key: str = "") -> None:
        super().__init__(message)
        self.stanza = stanza
        self.key = key


class IssueKind(StrEnum):
    """What can be wrong with the text of a `.conf` file."""

    DUPLICATE_KEY = "duplicate-key"
    DUPLICATE_STANZA = "duplicate-stanza"
    BLANK_AFTER_CONTINUATION = "blank-after-continuation"
    NO_EQUALS_SIGN = "no-equals-sign"
    EMPTY_KEY = "empty-key"
    UNCLOSED_STANZA = "unclosed-stanza"
    TEXT_AFTER_STANZA = "text-after-stanza"
    COMMENT_CONTINUED = "comment-continued"
    UNFINISHED_CONTINUATION = "unfinished-continuation"
    BOM = "byte-order-mark"
    NUL = "nul-character"
    CARRIAGE_RETURN = "lone-carriage-return"
    ENCODING = "not-utf-8"


@dataclass(frozen=True, slots=True)
class ConfIssue:
    """One thing that is wrong with a file. `line` is 1-based; `stanza` and `key` are empty where they do not apply."""

    kind: IssueKind
    line: int
    message: str
    stanza: str = ""
    key: str = ""


class Setting(NamedTuple):
    """One `key = value`: `line` (1-based) is that of the key, `path` the file that it was read from."""

    key: str
    value: str
    line: int
    path: str


class Comment(NamedTuple):
    """A comment as it stands, with its `#`; a comment that goes on over a backslash keeps the line breaks."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Stanza:
    """One stanza header with the settings under it, in file order, repeated keys included."""

    name: str
    line: int
    settings: tuple[Setting, ...]

    def values(self) -> dict[str, str]:
        """Return key to value; of a repeated key the last one."""
        return {setting.key: setting.value for setting in self.settings}


@dataclass(frozen=True, slots=True)
class ConfFile:
    """A file as written: every header, setting and comment in its order. `stanzas` may repeat a name."""

    path: str
    stanzas: tuple[Stanza, ...]
    comments: tuple[Comment, ...] = ()
    issues: tuple[ConfIssue, ...] = ()

    def values(self) -> dict[str, dict[str, str]]:
        """Return stanza to key to value as Splunk sees them: repeated stanzas joined, the last value of a key."""
        found: dict[str, dict[str, str]] = {}
        for stanza in self.stanzas:
            known = found.get(stanza.name)
            if known is None:
                found[stanza.name] = stanza.values()
            else:
                known.update(stanza.values())
        return found


_new_setting = tuple.__new__  # a NamedTuple's own constructor takes twice as long, and there is one for each line

_SHORT = 40
_PIECE = 1 << 16
_TRUE = frozenset({"1", "true", "t", "yes", "y", "enabled"})

ConfStanzas = dict[str, dict[str, Setting]]
"""Stanza to key to setting, after layering: each setting still says which file and line it came from."""


def is_true(value: str) -> bool:
    """Whether a setting's value means true, as splunkd reads Boolean settings (tags.conf writes `enabled`)."""
    return value.strip().lower() in _TRUE


def parse_conf(content: str | bytes, path: str) -> ConfFile:
    """Read the content of a `.conf` file; `path` is only carried along.

    Never raises on any content; in bytes, what is no UTF-8 is replaced.
    """
    return _Reader(content, path).read()


def _lines(content: str | bytes) -> list[str]:
    if isinstance(content, str):
        return content.split("\n")
    lines = [""]
    for piece in pieces(content, _PIECE):
        lines.pop()  # what stands behind the line feed that ends a piece
        lines += piece.decode("utf-8", errors="replace").split("\n")
    return lines


class _Reader:
    """Walks the lines once. A class because a continuation moves the position from several places."""

    def __init__(self, content: str | bytes, path: str) -> None:
        self.path = path
        self.issues: list[ConfIssue] = []
        self.comments: list[Comment] = []
        lines = _lines(content)
        if lines[0].startswith("\ufeff"):
            self._issue(IssueKind.BOM, 1, "the file begins with a byte order mark")
            lines[0] = lines[0][1:]
        if isinstance(content, str):
            self.check_returns, self.check_nul = "\r" in content, "\0" in content
        else:
            self.check_returns, self.check_nul = b"\r" in content, b"\0" in content
        self.count = len(lines)
        self.numbered = enumerate(lines, 1)

    def read(self) -> ConfFile:
        stanzas: list[Stanza] = []
        first_line: dict[str, int] = {}
        name, header_line = DEFAULT_STANZA, 1
        settings: list[Setting] = []
        keys: dict[str, int] = {}
        explicit = False
        path, strange = self.path, self.check_returns or self.check_nul
        numbered = self.numbered
        shared: dict[str, str] = {}  # keys and short values repeat in every stanza: a third of the memory
        once = shared.setdefault
        for number, raw in numbered:
            if strange:
                raw = self._strange_characters(raw, number)  # noqa: PLW2901 - the line without its carriage return
            if not raw or raw.isspace():
                continue
            first = raw[0]
            if first in _BLANKS:
                first = raw.lstrip(_BLANKS)[:1]
            if first == "[":
                if settings or explicit:
                    stanzas.append(Stanza(name, header_line, tuple(settings)))
                name, header_line, explicit = self._stanza_name(raw.strip(_BLANKS), number), number, True
                settings, keys = [], {}
                if name in first_line:
                    message = f"stanza `{name}` is repeated; it is first on line {first_line[name]}"
                    self._issue(IssueKind.DUPLICATE_STANZA, number, message, name)
                first_line.setdefault(name, number)
                continue
            last = raw[-1]
            if first == "#":
                if last == "\\":
                    message = "a comment that ends in a backslash swallows the next line"
                    self._issue(IssueKind.COMMENT_CONTINUED, number, message)
                    raw = self._continued(raw, number)  # noqa: PLW2901 - the comment with the lines that it swallows
                self.comments.append(Comment(raw.strip(_BLANKS), number))
                continue
            key, equals, value = raw.partition("=")
            key = key.strip(_BLANKS)
            key = once(key, key)
            if not equals:
                message = "a line that is neither `key = value`, header nor comment"
                self._issue(IssueKind.NO_EQUALS_SIGN, number, message, name)
                if last == "\\":
                    self._continued(raw, number)
                continue
            if last == "\\":
                value = self._continued(value, number)
            elif last in _BLANKS:
                self._blank_after(value, number, name, key)
            value = value.lstrip(_BLANKS).rstrip(_BLANKS_AND_BREAKS)
            if len(value) <= _SHORT:
                value = once(value, value)
            if not key:
                self._issue(IssueKind.EMPTY_KEY, number, "a setting without a key", name)
                continue
            if key in keys:
                message = f"setting `{key}` of stanza `{name}` is repeated; it is first on line {keys[key]}"
                self._issue(IssueKind.DUPLICATE_KEY, number, message, name, key)
            else:
                keys[key] = number
                if not explicit and not settings:
                    header_line = number
                    first_line.setdefault(name, number)
            settings.append(_new_setting(Setting, (key, value, number, path)))
        if settings or explicit:
            stanzas.append(Stanza(name, header_line, tuple(settings)))
        return ConfFile(path, tuple(stanzas), tuple(self.comments), tuple(self.issues))

    def _continued(self, first: str, number: int) -> str:
        """Join the lines of a continuation; `first` still has its backslash. Moves behind the last line."""
        parts = [first[:-1]]
        for position, raw in self.numbered:
            if position == self.count and not raw:
                break
            line = raw
            if self.check_returns or self.check_nul:
                line = self._strange_characters(raw, position)
            if line.endswith("\\"):
                parts.append(line[:-1])
                continue
            if line and line[-1] in _BLANKS:
                self._blank_after(line, position, "", "")
            parts.append(line)
            return "\n".join(parts)
        message = "the file ends after a backslash that continues the line"
        self._issue(IssueKind.UNFINISHED_CONTINUATION, number, message)
        return "\n".join(parts)

    def _blank_after(self, text: str, number: int, stanza: str, key: str) -> None:
        if text.rstrip(_BLANKS).endswith("\\"):
            message = "blanks after the backslash keep it from continuing the line"
            self._issue(IssueKind.BLANK_AFTER_CONTINUATION, number, message, stanza, key)

    def _stanza_name(self, stripped: str, number: int) -> str:
        close = stripped.rfind("]")
        if close == -1:
            self._issue(IssueKind.UNCLOSED_STANZA, number, "a stanza header without its `]`")
            return stripped[1:]
        name = stripped[1:close]
        if close != len(stripped) - 1:
            self._issue(IssueKind.TEXT_AFTER_STANZA, number, f"text after the header of stanza `{name}`", name)
        return name

    def _strange_characters(self, raw: str, number: int) -> str:
        raw = raw.removesuffix("\r")
        if "\r" in raw:
            self._issue(IssueKind.CARRIAGE_RETURN, number, "a carriage return that does not end the line")
        if "\0" in raw:
            self._issue(IssueKind.NUL, number, "a NUL character")
        return raw

    def _issue(self, kind: IssueKind, line: int, message: str, stanza: str = "", key: str = "") -> None:
        self.issues.append(ConfIssue(kind, line, message, stanza, key))


def read_conf(file: Path, path: str = "") -> ConfFile:
    """Read a `.conf` file from disk; `path` is how findings name it (default: the file's name).

    Raises:
        RepositoryError: the file cannot be read, or is larger than `MAX_CONF_BYTES`.
    """
    shown = path or file.name
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_CONF_BYTES + 1)
    except OSError as error:
        raise RepositoryError(f"cannot read {shown}: {error.strerror or error}") from error
    if len(data) > MAX_CONF_BYTES:
        raise RepositoryError(f"{shown} is larger than {MAX_CONF_BYTES // 1024 // 1024} MiB; no .conf file needs that")
    try:
        return parse_conf(data.decode("utf-8"), shown)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        issue = ConfIssue(IssueKind.ENCODING, line, f"byte 0x{data[error.start]:02x} is not UTF-8")
        found = parse_conf(data, shown)
        return ConfFile(found.path, found.stanzas, found.comments, (issue, *found.issues))


def app_conf_files(folder: Path, name: str) -> list[ConfFile]:
    """Read `default/<name>.conf` and `local/<name>.conf` of an app folder, the lower layer first; absent ones are left out.

    Raises:
        RepositoryError: a file cannot be read.
        ValueError: `name` is not a plain conf name such as `props`.
    """
    if _BAD_FILE_NAME.search(name):
        raise ValueError(f"`{name}` is not the name of a conf file")
    found = []
    for layer in ("default", "local"):
        file = folder / layer / f"{name}.conf"
        if file.is_file():
            found.append(read_conf(file, f"{folder.name}/{layer}/{name}.conf"))
    return found


def merge_layers(*layers: ConfFile | ConfStanzas) -> ConfStanzas:
    """Lay settings over each other, the lowest layer first: a key of a later layer replaces that of an earlier one.

    Stanzas and keys keep the order in which they first appear. Splunk's global order, lowest first, is: every app's
    `default`, then every app's `local`, in both the apps in reverse ASCII order of their names (so that `A` wins over `B`).
    """
    merged: ConfStanzas = {}
    for layer in layers:
        if isinstance(layer, ConfFile):
            for stanza in layer.stanzas:
                merged.setdefault(stanza.name, {}).update({setting.key: setting for setting in stanza.settings})
        else:
            for name, settings in layer.items():
                merged.setdefault(name, {}).update(settings)
    return merged


def merge_apps(apps: Iterable[Path], name: str) -> ConfStanzas:
    """Lay the conf file `name` of several app folders over each other in Splunk's global order. Raises as `app_conf_files`."""
    by_layer: dict[str, list[ConfFile]] = {"default": [], "local": []}
    for folder in sorted(apps, key=lambda app: app.name, reverse=True):
        for file in app_conf_files(folder, name):
            by_layer[file.path.split("/")[-2]].append(file)
    return merge_layers(*by_layer["default"], *by_layer["local"])


def stored_value(text: str) -> str:
    """Return what a reader gets back of a value: line ends made one, blanks around it and blank lines at its end gone."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.lstrip(_BLANKS).rstrip(_BLANKS_AND_BREAKS)


def escape_value(text: str, *, stanza: str = "", key: str = "") -> str:
    """Return the text of a value as it stands behind `key = `: line breaks become continuations.

    `parse_conf` gives back `stored_value(text)`. The text of a value that ends in a backslash ends in a line break.

    Raises:
        ConfValueError: the value contains a NUL character or half a surrogate pair.
    """
    value = stored_value(text)
    if "\0" in value:
        raise ConfValueError(_about(stanza, key, "contains a NUL character"), stanza=stanza, key=key)
    if not value.isascii() and not _encodable(value):
        raise ConfValueError(_about(stanza, key, "contains half of a surrogate pair"), stanza=stanza, key=key)
    return continued(value)


def continued(value: str) -> str:
    """Return a value with its line breaks as continuations; one that ends in a backslash gets an empty line behind it."""
    if "\n" in value:
        value = value.replace("\n", "\\\n")
    return f"{value} \\\n" if value.endswith("\\") else value


def check_key(key: str, *, stanza: str = "") -> str:
    """Return the key.

    Raises:
        ConfValueError: it is empty, begins like a header or comment, has blanks around it, or holds `=` or a line break.
    """
    if _BAD_KEY.search(key) or not _encodable(key):
        raise ConfValueError(f"{key!r} cannot be a key in stanza `{stanza}`", stanza=stanza, key=key)
    return key


def check_stanza_name(name: str) -> str:
    """Return the name.

    Raises:
        ConfValueError: it contains `]`, a line break or a NUL character.
    """
    if _BAD_STANZA_NAME.search(name) or not _encodable(name):
        raise ConfValueError(f"{name!r} cannot be the name of a stanza", stanza=name)
    return name


def comment_text(text: str) -> str:
    r"""Return free text as comment lines, one a line of the text, each ended by `\n`.

    A line that would end in a backslash gets a full stop behind it, since a comment goes on over a backslash too.
    """
    lines = []
    if not _encodable(text):
        text = text.encode("utf-8", errors="replace").decode("utf-8")
    for line in stored_value(text).replace("\0", "").split("\n"):
        shown = f"# {line}".rstrip(_BLANKS)
        lines.append(f"{shown}.\n" if shown.endswith("\\") else f"{shown}\n")
    return "".join(lines)


def write_stanzas(
    stanzas: Mapping[str, Mapping[str, str]] | Iterable[tuple[str, Mapping[str, str]]], *, comment: str = ""
) -> str:
    """Return the text of a `.conf` file: stanzas and keys in the order given, one blank line between stanzas.

    Raises:
        ConfValueError: a name, key or value has no safe form, or a stanza is given twice.
    """
    parts: list[str] = [comment_text(comment)] if comment else []
    seen: set[str] = set()
    for name, settings in _pairs(stanzas):
        if name in seen:
            raise ConfValueError(f"stanza `{name}` is given twice", stanza=name)
        seen.add(name)
        if parts:
            parts.append("\n")
        parts.append(f"[{check_stanza_name(name)}]\n")
        for key, text in settings.items():
            value = escape_value(text, stanza=name, key=key)
            parts.append(
                f"{check_key(key, stanza=name)} = {value}\n" if value else f"{check_key(key, stanza=name)} =\n"
            )
    return "".join(parts)


def _pairs(
    stanzas: Mapping[str, Mapping[str, str]] | Iterable[tuple[str, Mapping[str, str]]],
) -> Iterator[tuple[str, Mapping[str, str]]]:
    return iter(stanzas.items() if isinstance(stanzas, Mapping) else stanzas)


def _about(stanza: str, key: str, what: str) -> str:
    place = f"the value of `{key}` in stanza `{stanza}`" if key else "the value"
    return f"{place} {what}"


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
