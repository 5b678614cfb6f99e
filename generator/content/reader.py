"""The bytes of a YAML file become plain data and the problems met on the way.

Every guard against hostile or careless input sits here: size, encoding, nesting, expansion of aliases. The values are
those that PyYAML's `safe_load` gives (YAML 1.1: dates, `yes`/`no`, octal numbers, merge keys), except that every key is
text, as it was written. One walk over the composed nodes builds the data and finds duplicate keys. Left out on
purpose: `!!binary`, `!!set`, `!!omap`, `!!pairs` and all other tags, which content never needs; they are problems.
"""

from __future__ import annotations

import operator
import os
import re
from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml.composer import Composer
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import Resolver
from yaml.scanner import Scanner

from generator.base.frozen import dataclass
from generator.content.model import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    from yaml._yaml import Mark as CMark
    from yaml.error import Mark

    from generator.content.model import ProblemKind

MAX_BYTES: Final = 10_000_000
MAX_DEPTH: Final = 100
MAX_NODES: Final = 100_000
MAX_ALIAS_GROWTH: Final = 1_000_000
"""How much aliases may add to a file, in characters of text plus one for each value."""

_OPEN_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)

UPDATE_MARKER: Final = "__UPDATE__"

# Without one of these, no part of a file can nest deeper than MAX_DEPTH: a block level costs at least half a column.
_MAYBE_DEEP: Final = re.compile(rf"\n[ ?:\t-]{{{MAX_DEPTH // 2 - 1}}}")
_ODD_BREAKS: Final = ("\r", "\x85", "\u2028", "\u2029")
_LARGE: Final = 500_000
_LONGEST_NUMBER: Final = 64

_AMPERSAND: Final = re.compile(r"&(?=[^\s&])")
_BEFORE_ANCHOR: Final = ("", " ", "\n", "\t", "\r", "[", "{", ",", "\x85", "\u2028", "\u2029", ":", "!")

_UNPRINTABLE: Final = re.compile("[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAB_INDENT: Final = re.compile(r"[ ]*\t")
_SWALLOWED_KEY: Final = re.compile(r"\n[ ]*(?:- +)?[A-Za-z_][\w-]*:(?=[ \r\n])")
_CONTENT: Final = re.compile(r"^[ \t]*[^\s#]", re.MULTILINE)

_CONSTANTS: Final[dict[str, bool | None]] = {
    **{
        spelling: truth
        for truth, words in ((True, ("yes", "true", "on")), (False, ("no", "false", "off")))
        for word in words
        for spelling in (word, word.capitalize(), word.upper())
    },
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
}
_TEXT_FIRST: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ`'\"|>%@&*#,[]{}?:/\\$^()_;")

_TAG: Final = "tag:yaml.org,2002:"
_KNOWN_TAGS: Final = frozenset(
    _TAG + name for name in ("null", "bool", "int", "float", "timestamp", "str", "seq", "map")
)


# PyYAML's composers are written in C, and its stubs do not know that a tag may be None here.
_AnyComposer = Any
_AnyNode = Any
_Plain = Any
_SCALAR: Final[Any] = ScalarNode


class _TooDeep(Exception):  # noqa: N818 - a signal between two functions of this module
    """The composer met more nesting or more nodes than the limits allow."""

    def __init__(self, kind: ProblemKind, index: int) -> None:
        super().__init__(kind)
        self.kind = kind
        self.index = index


def _no_tag(_self: object, _kind: object, _value: object, _implicit: object) -> None:
    """Leave the tag open; `_Builder` resolves plain scalars, and only those."""


if yaml.__with_libyaml__:
    from yaml.cyaml import CParser as _BaseComposer  # type: ignore[attr-defined]  # the stubs forget to export it
else:  # pragma: no cover - the wheels of PyYAML carry libyaml

    class _BaseComposer(Reader, Scanner, Parser, Composer):  # type: ignore[no-redef]
        """PyYAML's own parser, some 15 times slower."""

        def __init__(self, stream: str) -> None:
            Reader.__init__(self, stream)
            Scanner.__init__(self)
            Parser.__init__(self)
            Composer.__init__(self)


class _Composer(_BaseComposer):
    """Composes nodes whose tag is None unless the author wrote one."""

    resolve = _no_tag
    # The composer calls these two for every node; built-ins that do nothing keep it in C.
    descend_resolver: Any = staticmethod(operator.is_)
    ascend_resolver: Any = staticmethod(dict)


class _CountingComposer(_BaseComposer):
    """As `_Composer`, but stops at the limits. Half as fast, so only files that may reach them get it."""

    resolve = _no_tag

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.depth = 0
        self.nodes = 0

    def descend_resolver(self, parent: Node | None, _index: object) -> None:
        self.depth += 1
        self.nodes += 1
        if self.depth > MAX_DEPTH:
            raise _TooDeep("yaml-depth", parent.start_mark.index if parent is not None else 0)
        if self.nodes > MAX_NODES:
            raise _TooDeep("file-size", 0)

    def ascend_resolver(self) -> None:
        self.depth -= 1


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file's bytes gave: its text (without byte order mark), its data or None, and the problems."""

    text: str
    data: dict[str, Any] | None
    problems: tuple[Problem, ...]


def read(path: str, raw: bytes) -> ReadFile:
    """Turn a file's bytes into data. Never raises for what is in them."""
    if len(raw) > MAX_BYTES:
        return ReadFile("", None, (too_large(path, len(raw)),))
    text, problems = decode(path, raw)
    if not text or text.isspace() or not _CONTENT.search(text):
        hint = "write the content, or delete the file"
        message = "the file is empty" if not text.strip() else "the file has no content, only comments"
        problems.append(Problem(kind="file-empty", message=message, path=path, text=text, hint=hint))
        return ReadFile(text, None, tuple(problems))
    marker = text.find(UPDATE_MARKER)
    if marker != -1:
        problems.append(
            Problem(
                kind="file-update-marker",
                message=f"`{UPDATE_MARKER}` is still in the file",
                hint="replace the template's placeholder by your own text",
                path=path,
                start=marker,
                end=marker + len(UPDATE_MARKER),
                text=text,
            )
        )
    reading = _Reading(path, text, problems)
    return ReadFile(text, reading.data(), tuple(problems))


def read_limited(root: Path, path: str) -> bytes | Problem:
    """Return a file's bytes, or the problem that it cannot be read or is too large. A large file is not read whole."""
    try:
        descriptor = os.open(f"{root}/{path}", _OPEN_FLAGS)
        with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor, which no link leads to
            size = os.fstat(descriptor).st_size
            if size > MAX_BYTES:
                return too_large(path, size)
            return file.readall()
    except OSError as error:
        return Problem(
            kind="file-unreadable",
            message=f"the file cannot be read: {error.strerror or error}",
            hint="check the file's owner and mode",
            path=path,
        )


def too_large(path: str, size: int) -> Problem:
    """Say that a file is over the limit; it is not read."""
    return Problem(
        kind="file-size",
        message=f"the file has {size:,} bytes; a content file may have {MAX_BYTES:,}",
        hint="keep large tables in lookup files and event data in attack data files",
        path=path,
    )


def decode(path: str, raw: bytes) -> tuple[str, list[Problem]]:
    """Return the text of a file and what is wrong with its encoding; the text is as near to the author's as can be."""
    problems: list[Problem] = []
    head = raw[:64]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) * 3 > len(head):
        encoding = "utf-16-be" if raw.startswith(b"\xfe\xff") or raw[0] == 0 else "utf-16-le"
        text = raw.decode(encoding, errors="replace").lstrip("\ufeff")
        message = "the file is encoded in UTF-16 (byte 1)"
        hint = "save the file as UTF-8"
        return text, [Problem(kind="file-encoding", message=message, hint=hint, path=path, text=text)]
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
        problems.append(
            Problem(
                kind="file-bom",
                message="the file begins with a byte order mark",
                hint="save the file as UTF-8 without BOM",
                path=path,
                text=raw.decode("utf-8", errors="replace"),
            )
        )
    try:
        return raw.decode("utf-8"), problems
    except UnicodeDecodeError as error:
        place = error.start
        text = raw.decode("cp1252", errors="replace")
        problems.append(
            Problem(
                kind="file-encoding",
                message=f"the file is not UTF-8: byte {place + 1} is 0x{raw[place]:02X}",
                hint=f"save the file as UTF-8; in Windows-1252 this byte is `{text[place]}`",
                path=path,
                start=place,
                end=place + 1,
                text=text,
            )
        )
        return text, problems


def compose(text: str) -> Node | None:
    """Return the root node of the first document, without tags but those written.

    Raises:
        yaml.YAMLError: the text is not YAML, or nests too deep.
    """
    try:
        composer = _composer(text)
        return composer.get_node() if composer.check_node() else None
    except _TooDeep as error:
        raise yaml.YAMLError(error.kind) from error


def _composer(text: str) -> _AnyComposer:
    brackets = text.count("[") + text.count("{")
    deep = (
        brackets >= MAX_DEPTH // 2
        or len(text) > _LARGE
        or _MAYBE_DEEP.search(text) is not None
        or _MAYBE_DEEP.match("\n" + text[:MAX_DEPTH]) is not None
        or any(character in text for character in _ODD_BREAKS)
    )
    return _CountingComposer(text) if deep else _Composer(text)


def _has_anchor(text: str) -> bool:
    """Whether a text may define an anchor (only then can values be shared): an `&name` where a value may begin."""
    return any(text[found.start() - 1 : found.start()] in _BEFORE_ANCHOR for found in _AMPERSAND.finditer(text))


class _Reading:
    """The walk over one file: collects problems, keeps what aliases need."""

    def __init__(self, path: str, text: str, problems: list[Problem]) -> None:
        self._path = path
        self._text = text
        self._problems = problems
        self._shared: dict[int, tuple[Any, int]] | None = {} if _has_anchor(text) else None
        self._open: set[int] = set()
        self._size = 0
        self._growth = 0

    def data(self) -> dict[str, Any] | None:
        text = self._text
        try:
            composer = _composer(text)
            root = composer.get_node() if composer.check_node() else None
            if root is not None and composer.check_node():
                self._later_document(composer)
        except _TooDeep as error:
            if error.kind == "yaml-depth":
                self._too_deep(error.index)
            else:
                self._add(
                    "file-size",
                    f"the file has more than {MAX_NODES:,} values",
                    0,
                    hint="keep large tables in lookup files",
                )
            return None
        except yaml.YAMLError as error:
            self._syntax(error)
            return None
        if not isinstance(root, MappingNode):
            found = "a list" if isinstance(root, SequenceNode) else "a single value"
            self._add(
                "yaml-not-mapping",
                f"the file holds {found}; content is a mapping of keys to values",
                root.start_mark.index if root is not None else 0,
                hint="begin with `name: ...` in the first column",
            )
            return None
        try:
            value: dict[str, Any] = self._mapping(root)
        except _TooDeep as error:
            self._add(
                "yaml-alias",
                "aliases make the file grow out of proportion",
                error.index,
                hint="write the values out instead of using `*alias`",
            )
            return None
        return value

    def _add(
        self, kind: ProblemKind, message: str, start: int, end: int | None = None, *, hint: str | None = None
    ) -> None:
        stop = start if end is None else end
        problem = Problem(
            kind=kind, message=message, hint=hint, path=self._path, start=start, end=stop, text=self._text
        )
        self._problems.append(problem)

    # -- values ------------------------------------------------------------------------------------------------------

    def _value(self, node: _AnyNode) -> _Plain:
        if type(node) is _SCALAR:
            value = self._scalar(node)
            if self._shared is not None:
                self._count_scalar(node)
            return value
        shared = self._shared
        if shared is None:
            return self._mapping(node) if type(node) is MappingNode else self._sequence(node)
        identity = id(node)
        if identity in shared:
            value, size = shared[identity]
            self._grow(size, node)
            return value
        if identity in self._open:
            message = "an alias stands inside the value that it repeats"
            self._add("yaml-alias", message, node.start_mark.index, hint="write the value out")
            return None
        self._open.add(identity)
        before = self._size
        value = self._mapping(node) if type(node) is MappingNode else self._sequence(node)
        self._size += 1
        self._open.discard(identity)
        shared[identity] = (value, self._size - before)
        return value

    def _count_scalar(self, node: ScalarNode) -> None:
        size = 1 + len(node.value)
        identity = id(node)
        shared = self._shared
        if shared is None:
            return
        if identity in shared:
            self._grow(size, node)
        else:
            shared[identity] = (None, size)
            self._size += size

    def _grow(self, size: int, node: Node) -> None:
        self._size += size
        self._growth += size
        if self._growth > MAX_ALIAS_GROWTH:
            raise _TooDeep("yaml-alias", node.start_mark.index)

    def _sequence(self, node: _AnyNode) -> list[Any]:
        if node.tag is not None:
            self._check_tag(node, "seq")
        value_of = self._value
        if self._shared is not None:
            return [value_of(item) for item in node.value]
        return [
            item.value
            if type(item) is _SCALAR
            and item.tag is None
            and (item.style or (item.value[:1] in _TEXT_FIRST and item.value not in _CONSTANTS))
            else value_of(item)
            for item in node.value
        ]

    def _mapping(self, node: _AnyNode) -> dict[str, Any]:
        if node.tag is not None:
            self._check_tag(node, "map")
        result: dict[str, Any] = {}
        merged: list[dict[str, Any]] | None = None
        value_of = self._value
        quick = self._shared is None
        for key_node, value_node in node.value:
            if type(key_node) is not _SCALAR:
                self._add(
                    "yaml-key",
                    "a key must be text, not a list or a mapping",
                    key_node.start_mark.index,
                    key_node.end_mark.index,
                    hint="put quotes around the key if it is text",
                )
                continue
            key = key_node.value
            if key == "<<" and not key_node.style and key_node.tag is None:
                merged = (merged or []) + self._merged(value_node)
                continue
            if key in result:
                self._add(
                    "yaml-duplicate-key",
                    f"key `{key}` is given twice; the first value is lost",
                    key_node.start_mark.index,
                    key_node.end_mark.index,
                    hint="remove one of the two, or join their values",
                )
            if quick and type(value_node) is _SCALAR and value_node.style and value_node.tag is None:
                result[key] = value_node.value
            else:
                result[key] = value_of(value_node)
        if merged:
            for mapping in merged:
                for key, value in mapping.items():
                    result.setdefault(key, value)
        return result

    def _merged(self, node: Node) -> list[dict[str, Any]]:
        value = self._value(node)
        parts = value if isinstance(value, list) else [value]
        if all(isinstance(part, dict) for part in parts):
            return parts
        message = "`<<` merges mappings, and this is none"
        self._add("yaml-merge", message, node.start_mark.index, node.end_mark.index, hint="quote the key if it is text")
        return []

    def _check_tag(self, node: _AnyNode, expected: str) -> None:
        if node.tag not in (_TAG + expected, "!"):
            self._tag_problem(node)

    def _tag_problem(self, node: _AnyNode) -> None:
        tag = node.tag.replace(_TAG, "!!")
        start = node.start_mark.index
        self._add("yaml-tag", f"the tag `{tag}` is not allowed in content", start, start + len(tag), hint="remove it")

    def _scalar(self, node: _AnyNode) -> _Plain:
        value = node.value
        tag = node.tag
        if tag is None:
            if node.style:
                return value
            if value in _CONSTANTS:
                return _CONSTANTS[value]
            if value[0] in _TEXT_FIRST:
                return value
            # No date or number of content is this long, and reading one may take long.
            tag = implicit_tag(value) if len(value) <= _LONGEST_NUMBER else None
            if tag is None:
                return value
        elif tag == "!":
            return value
        elif tag not in _KNOWN_TAGS:
            self._tag_problem(node)
            return value
        if tag == _STR_TAG:
            return value
        try:
            return _CONSTRUCT[tag](_CONSTRUCTOR, ScalarNode(tag, value))
        except (ValueError, OverflowError, AttributeError, KeyError, IndexError, ConstructorError):
            what = tag.removeprefix(_TAG)
            what = "date" if what == "timestamp" else what
            self._add(
                "yaml-value",
                f"`{value[:80]}` looks like a {what} and is none",
                node.start_mark.index,
                node.end_mark.index,
                hint="correct it, or put it in quotes if it is meant as text",
            )
            return value

    # -- syntax errors -----------------------------------------------------------------------------------------------

    def _later_document(self, composer: _AnyComposer) -> None:
        index = len(self._text)
        try:
            node = composer.get_node()
            index = node.start_mark.index
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            index = mark.index if mark is not None else index
        separator = self._text.rfind("---", 0, index)
        if separator != -1:
            index = separator
        self._add(
            "yaml-multiple-documents",
            "the file holds more than one YAML document; only the first is read",
            index,
            min(index + 3, len(self._text)),
            hint="put each object into a file of its own",
        )

    def _syntax(self, error: yaml.YAMLError) -> None:
        text = self._text
        if isinstance(error, ReaderError):
            found = _UNPRINTABLE.search(text)
            start = found.start() if found else 0
            code = f"U+{ord(text[start]):04X}" if found else "a character"
            message = f"the control character {code} is not allowed in YAML"
            hint = 'remove it, or write it as an escape such as "\\x07" in double quotes'
            self._add("yaml-syntax", message, start, start + 1, hint=hint)
            return
        problem: str = getattr(error, "problem", None) or str(error)
        mark: Mark | None = getattr(error, "problem_mark", None)
        context: str = getattr(error, "context", None) or ""
        context_mark: Mark | None = getattr(error, "context_mark", None)
        index = min(mark.index if mark is not None else 0, len(text))
        # libyaml 0.2.6 and later have a limit of their own, some ten times ours, and may reach it before ours is asked:
        # where a `[` could begin a key, the scanner reads on by itself.
        if "maximum nesting depth" in problem:
            self._too_deep(index)
            return
        tab = self._tab_before(index)
        if tab is not None:
            self._add("yaml-tab", "a tab character is used as indentation", tab, tab + 1, hint="indent with spaces")
            return
        if "quoted scalar" in context and "found unexpected" in problem and context_mark is not None:
            self._unclosed(context_mark.index)
            return
        if "alias" in problem or "anchor" in problem:
            hint = "define it with `&name` above, or put quotes around a text that begins with `*` or `&`"
            self._add("yaml-alias", f"YAML alias or anchor: {problem}", index, index + 1, hint=hint)
            return
        opened = self._swallowing_quote()
        if opened is not None:
            self._unclosed(opened)
            return
        message, hint = _explain(problem, text, index)
        self._add("yaml-syntax", f"YAML syntax error: {message}", index, min(index + 1, len(text)), hint=hint)

    def _too_deep(self, index: int) -> None:
        message = f"values nest more than {MAX_DEPTH} levels deep"
        self._add("yaml-depth", message, index, hint="content needs a handful of levels")

    def _unclosed(self, index: int) -> None:
        quote = self._text[index : index + 1]
        double = quote == '"'
        inside = '\\"' if double else "''"
        self._add(
            "yaml-syntax",
            f"YAML syntax error: the {'double' if double else 'single'} quote that opens here is not closed where it should be",
            index,
            index + 1,
            hint=f"close it at the end of the value; write {inside} for a quote inside it",
        )

    def _tab_before(self, index: int) -> int | None:
        """Return where a tab indents the line of the error, or the nearest line above that has text."""
        text = self._text
        start = text.rfind("\n", 0, index) + 1
        for _ in range(2):
            found = _TAB_INDENT.match(text, start)
            if found and text[found.end() : found.end() + 1] not in ("", "\n", "\r"):
                return found.end() - 1
            if start == 0:
                return None
            start = text.rfind("\n", 0, start - 1) + 1
        return None

    def _swallowing_quote(self) -> int | None:
        """Return where the last quoted text before the error begins, when it holds what looks like further keys."""
        last: tuple[int, int] | None = None
        try:
            for event in yaml.parse(self._text, Loader=_EVENTS):
                if isinstance(event, yaml.ScalarEvent) and event.style in ("'", '"'):
                    last = (_index(event.start_mark), _index(event.end_mark))
        except yaml.YAMLError:
            if last is not None and _SWALLOWED_KEY.search(self._text, *last):
                return last[0]
        return None


def _index(mark: Mark | CMark | None) -> int:
    return mark.index if mark is not None else 0


_EVENTS: Final[Any] = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_STR_TAG: Final = _TAG + "str"
_CONSTRUCTOR: Final = SafeConstructor()
_CONSTRUCT: Final[dict[str, Callable[[SafeConstructor, ScalarNode], Hashable]]] = {
    _TAG + "null": SafeConstructor.construct_yaml_null,
    _TAG + "bool": SafeConstructor.construct_yaml_bool,
    _TAG + "int": SafeConstructor.construct_yaml_int,
    _TAG + "float": SafeConstructor.construct_yaml_float,
    _TAG + "timestamp": SafeConstructor.construct_yaml_timestamp,
}
_RESOLVERS: Final[dict[str | None, list[tuple[str, re.Pattern[str]]]]] = Resolver.yaml_implicit_resolvers


def implicit_tag(value: str) -> str | None:
    """Return the tag that YAML 1.1 gives to a plain scalar, or None for text. `=` and `<<` count as text."""
    for tag, pattern in _RESOLVERS.get(value[:1], ()):
        if pattern.match(value):
            return tag if tag in _KNOWN_TAGS else None
    return None


def _explain(problem: str, text: str, index: int) -> tuple[str, str]:
    """Put libyaml's message into words that say what to do."""
    line_start = text.rfind("\n", 0, index) + 1
    line_end = text.find("\n", index)
    line = text[line_start : line_end if line_end != -1 else len(text)].strip()
    if "mapping values are not allowed" in problem:
        return "`: ` inside a value that has no quotes", "put quotes around the value"
    if "block sequence entries are not allowed" in problem:
        return (
            "`- ` where no list entry can begin",
            "begin the list on a line of its own, or put quotes around the text",
        )
    if "could not find expected ':'" in problem:
        return "a key without `:`", "write `key: value`, or indent the line to make it part of the value above"
    if "cannot start any token" in problem:
        character = text[index : index + 1]
        return f"a value cannot begin with `{character}`", "put quotes around the value"
    if "escape" in problem or "hexdecimal" in problem or "hexadecimal" in problem:
        return "an unknown escape after `\\` in double quotes", "write `\\\\` for a backslash, or use single quotes"
    if "document start" in problem:
        return "text follows where the value has ended", "put quotes around the whole value, or give the text a key"
    if "did not find expected" in problem:
        shown = f" at `{line[:40]}`" if line else " at the end of the file"
        expected = problem.removeprefix("did not find expected ")
        expected = {
            "<block end>": "key",
            "'-' indicator": "`- `",
            "',' or ']'": "`,` or `]`",
            "',' or '}'": "`,` or `}`",
        }.get(expected, expected)
        return f"{expected} is expected{shown}", "check the indentation and the quotes of this line and the one above"
    return problem, "check the indentation and the quotes of this line and the one above"
