"""Text to tokens without losing a character: `"".join(token.text) == text` for every text.

These are the tokens of layout and highlighting, the same for all commands. The parser does not read them: what a word
is depends on the command, so each command's arguments are read from the text in that command's own mode (`reader`).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple


class TokenKind(StrEnum):
    """What a piece of SPL text is."""

    SPACE = "space"
    COMMENT = "comment"
    MACRO = "macro"
    STRING = "string"
    QUOTED_NAME = "quoted name"
    PIPE = "pipe"
    OPEN_BRACKET = "["
    CLOSE_BRACKET = "]"
    OPEN_PAREN = "("
    CLOSE_PAREN = ")"
    COMMA = "comma"
    OPERATOR = "operator"
    WORD = "word"
    UNCLOSED = "unclosed"
    """A quote or backtick without a partner."""


class Token(NamedTuple):
    """A piece of the text: `text == source[start:end]`."""

    kind: TokenKind
    text: str
    start: int
    end: int


_TOKEN = re.compile(
    r"""
    (?P<SPACE>\s++)
  | (?P<STRING>"(?:[^"\\]++|\\.)*+")
  | (?P<COMMENT>```(?!`).*?```(?!`))
  | (?P<MACRO>`[^`]++`)
  | (?P<QUOTED_NAME>(?<![^\s=(,+\-*/.<>!|\[])'[^'\n]*+'(?=[\s=),+\-*/.<>!|\]]|$))
  | (?P<PIPE>\|)
  | (?P<OPEN_BRACKET>\[)
  | (?P<CLOSE_BRACKET>\])
  | (?P<OPEN_PAREN>\()
  | (?P<CLOSE_PAREN>\))
  | (?P<COMMA>,)
  | (?P<OPERATOR>[=!<>]=|[=<>])
  | (?P<UNCLOSED>["`])
  | (?P<WORD>(?:[^\s"`|\[\](),=<>!\\]++|\\["|\\]?+|!(?!=))++)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokenize(text: str) -> list[Token]:
    """Return all tokens of the text, in order and without gaps."""
    kinds = TokenKind.__members__
    return [Token(kinds[m.lastgroup or "WORD"], m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
