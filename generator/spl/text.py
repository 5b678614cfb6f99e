r"""The first level of quoting, the same in every command: `\\` is a backslash, `\"` a quote, `\|` a pipe.

Any other backslash stays as it is, for the level behind (a regular expression, a Windows path).
"""

from __future__ import annotations

import re

_ESCAPED = re.compile(r'\\([\\"|])')
_TO_ESCAPE_QUOTED = re.compile(r'\\(?=[\\"|]|$)|"', re.DOTALL)
_TO_ESCAPE_BARE = re.compile(r'\\(?=[\\"|]|$)|["|]', re.DOTALL)

STRING = r'"(?:[^"\\]++|\\.)*+"'
"""A double-quoted string with its quotes (needs `re.DOTALL`)."""


def unescape(text: str) -> str:
    """Resolve the escapes of quoted or bare text as written (without its quotes)."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def quote(text: str) -> str:
    """Write a value in double quotes so that it reads back as itself; backslashes are doubled only where needed."""
    return f'"{_TO_ESCAPE_QUOTED.sub(_protect, text)}"'


def bare(text: str) -> str:
    """Write a value that was read without quotes."""
    return _TO_ESCAPE_BARE.sub(_protect, text) if "\\" in text or '"' in text or "|" in text else text


def _protect(match: re.Match[str]) -> str:
    return "\\" + match.group()
