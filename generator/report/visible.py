r"""Untrusted text becomes text that is safe to print: what would act on a terminal is written out (`\x1b`, `\u202e`).

Written out are control characters (C0, DEL, C1), the marks that reorder or hide text (bidirectional and zero-width
ones, line and paragraph separators, the BOM, tag characters), lone surrogates, which cannot be encoded, and what CI systems
take for a command in a log: `##[` anywhere (`##vso[`, `##teamcity[` likewise), `::` as the first thing of a line. Also here: how wide a text is on a
terminal.
"""

from __future__ import annotations

import re
import unicodedata

from generator.base.hidden import HIDDEN, TURNING

_RUNNER_COMMAND = r"#(?=#\w*\[)"
_COMMANDS = re.compile(_RUNNER_COMMAND)
_UNSAFE = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{HIDDEN}]|{_RUNNER_COMMAND}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_JSON_RISKY = re.compile("[\x7f-\x9f\u2028\u2029" + TURNING + "]|" + _RUNNER_COMMAND)
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    named = _NAMED.get(character)
    if named is not None:
        return named
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def visible(text: str) -> str:
    """Return the text as one line that a terminal can only print."""
    shown = _UNSAFE.sub(_escape, text)
    if "::" in shown:
        command = shown.lstrip()
        if command.startswith("::"):
            return f"{shown[: len(shown) - len(command)]}\\x3a{command[1:]}"
    return shown


def visible_characters(text: str) -> list[str]:
    """Return each character as `visible` shows it where it stands; joined, they are the text's safe form but for `::`."""
    commands = {match.start() for match in _COMMANDS.finditer(text)}
    return [
        f"\\x{ord(character):02x}" if position in commands else _UNSAFE.sub(_escape, character)
        for position, character in enumerate(text)
    ]


def encodable(text: str) -> str:
    """Replace lone surrogates, which UTF-8 cannot hold, by U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def json_text(data: object) -> str:
    """Return `data` as indented JSON in which nothing can act on a terminal, a CI log or a JavaScript line.

    Keys and texts must be encodable (see `encodable`).
    """
    import orjson  # noqa: PLC0415 - only the JSON formats need it

    text = orjson.dumps(data, option=orjson.OPT_INDENT_2).decode("utf-8")
    return _JSON_RISKY.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def json_line(data: object) -> str:
    """Return `data` as a line of JSON, as safe as `json_text`."""
    import orjson  # noqa: PLC0415 - as above

    return _JSON_RISKY.sub(lambda match: f"\\u{ord(match[0]):04x}", orjson.dumps(data).decode("utf-8")) + "\n"


def display_width(text: str) -> int:
    """Return the number of terminal cells of a text without control characters."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
