r"""A regular expression as Splunk reads it (PCRE) becomes a pattern of the `regex` package, or an error with its place.

PCRE writes a few things in ways that `regex` does not know: `\x{202E}`, `\Q...\E`, `\k<name>` and its kin, `\e`, `\N`,
`\g{-1}`; they are rewritten, and offsets of errors are brought back to the pattern as written. Two groups of one
name are an error as in PCRE; the look-behind without a fixed length, which `regex` allows too, is found by
`variable_look_behind`. Callers give the pattern behind
the first level of quoting (`generator.spl.text.unescape`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    import regex  # type: ignore[import-untyped]  # it ships no types

_REWRITTEN = re.compile(
    r"""\\x\{([0-9A-Fa-f]{1,6})\}   # 1: a character by its number
      | \\Q(.*?)(?:\\E|\Z)          # 2: literal text
      | \\k(?:[{<](\w+)[}>]|'(\w+)')  # 3, 4: a group by its name
      | \\g(?:\{([+-]?\d+)\}|([+-]?\d+))  # 5, 6: a group by its number
      | \(\?P?<(\w+)>               # 7: a named group
      | \\[eN]                      # escape; any character but a line break
      | \\E                         # the end of nothing
      | \\.                         # any other escape
      | \[\^?\]?                    # the start of a class
      | \]
      | \((?!\?|\*)                 # an unnamed group
    """,
    re.VERBOSE | re.DOTALL,
)
_BEHIND = re.compile(r"\\Q.*?(?:\\E|\Z)|\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*+\]|(\(\?<[=!])", re.DOTALL)
_GROUP_NAME = re.compile(r"(?<!\\)\(\?P?<(\w+)>")
_POSITION = re.compile(r" at position (\d+).*\Z", re.DOTALL)

# A group's name, where the standard library wants a `P` before it.
_NAMED = re.compile(r"(?<!\\)\(\?<(?=[A-Za-z_])")
# What the standard library warns of, as it may mean something else one day: within a class `[`, `--`, `&&` and the like (it
# reads `[[:alpha:]]` as another class, too), and a condition on a group whose number has a sign.
_WARNED = re.compile(
    r"\[\[|\[\^?\]?(?:\\.|[^\]\\])*?(?:--|&&|\|\||~~)|\(\?\((?!(?:[A-Za-z_]\w*|[0-9]+)\))|\[[^\]]*\[[:.=]", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class PatternError:
    """Why a pattern does not compile. `at` is the offset in the pattern, None where it is not known."""

    message: str
    at: int | None


def pattern_error(pattern: str) -> PatternError | None:
    """Return what is wrong with a pattern of Splunk's, None when it compiles.

    Most patterns are such as the standard library takes too, whose `re` is here already and quick.
    """
    standard = standard_pattern(pattern)
    if standard is not None:
        try:
            re.compile(standard, re.ASCII)
        except (re.error, RecursionError, OverflowError):
            pass  # it may be one that only PCRE knows
        else:
            return None
    found = compile_pattern(pattern)
    return found if isinstance(found, PatternError) else None


@lru_cache(maxsize=4096)
def compile_pattern(pattern: str, *, ignore_case: bool = False) -> regex.Pattern[str] | PatternError:
    r"""Compile a pattern of Splunk's; the error says what is wrong.

    `\d`, `\w` and `\s` are those of ASCII, as without PCRE's UCP option.
    """
    import regex  # noqa: PLC0415 - slow to import, and not needed where all is plain

    twice = _named_twice(pattern)
    if twice is not None:
        return twice
    rewritten, moved = _rewrite(pattern)
    try:
        return regex.compile(rewritten, regex.ASCII | regex.VERSION0 | (regex.IGNORECASE if ignore_case else 0))
    except regex.error as error:
        at = error.pos
        return PatternError(_POSITION.sub("", str(error)), None if at is None else _back(at, moved, len(pattern)))
    except (RecursionError, OverflowError, MemoryError):
        return PatternError("it is too large", None)


def standard_pattern(pattern: str) -> str | None:
    """Return a pattern as the standard library's `re` would take it, with `re.ASCII`.

    None where `re` warns of it or reads POSIX classes as something else. Everything that hands a pattern of content to `re` or
    to its parser asks here first; `re` may still refuse what is returned.
    """
    return None if _WARNED.search(pattern) else _NAMED.sub("(?P<", pattern)


def rewrite(pattern: str) -> str:
    """Return a pattern in the dialect of `regex`."""
    return _rewrite(pattern)[0]


def variable_look_behind(pattern: str) -> tuple[int, int] | None:
    """Return the offsets of the first look-behind that has no fixed length, which PCRE refuses; None without one.

    Its alternatives may differ in length, but each must have one length; what is not certain is taken as fixed.
    """
    if "(?<=" not in pattern and "(?<!" not in pattern:
        return None
    for match in _BEHIND.finditer(pattern):
        if match.group(1) is None:
            continue
        end = _closing(pattern, match.end())
        if end is not None and _varies(pattern[match.end() : end]):
            return match.start(), end + 1
    return None


def _named_twice(pattern: str) -> PatternError | None:
    """Return the error that PCRE, unlike `regex`, finds in two groups of one name (unless `(?J)` or `(?|` allows it)."""
    if pattern.count("(?") < 2 or "(?J)" in pattern or "(?|" in pattern:
        return None
    seen: set[str] = set()
    for match in _GROUP_NAME.finditer(pattern):
        name = match.group(1)
        if name in seen:
            return PatternError(f"two groups are called `{name}`", match.start(1))
        seen.add(name)
    return None


def _rewrite(pattern: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the pattern for `regex`, and (offset there, offset here) where the two begin to differ by another amount."""
    if "\\" not in pattern:
        return pattern, []
    out: list[str] = []
    moved: list[tuple[int, int]] = []
    done = length = groups = 0
    in_class = False
    for match in _REWRITTEN.finditer(pattern):
        text = match.group()
        if text[0] == "[":
            in_class = True
            continue
        if text == "]":
            in_class = False
            continue
        if text[0] == "(":
            groups += 0 if in_class else 1
            continue
        new = _replacement(match, groups, in_class=in_class)
        if new == text:
            continue
        out += (pattern[done : match.start()], new)
        length += match.start() - done + len(new)
        done = match.end()
        moved.append((length, done))
    if not out:
        return pattern, []
    out.append(pattern[done:])
    return "".join(out), moved


def _replacement(match: re.Match[str], groups: int, *, in_class: bool) -> str:
    number, literal, braced, quoted, group, bare_group, _name = match.groups()
    text = match.group()
    if number is not None:
        code = int(number, 16)
        return f"\\U{code:08x}" if code <= 0x10FFFF else text
    if literal is not None:
        return re.escape(literal)
    if braced is not None or quoted is not None:
        return f"(?P={braced or quoted})"
    which = group or bare_group
    if which is not None:
        at = int(which)
        return f"(?:\\{groups + 1 + at})" if at < 0 else f"(?:\\{at})"
    if text == r"\e":
        return r"\x1b"
    if text == r"\N":
        return text if in_class else r"[^\n]"
    return "" if text == r"\E" else text


def _back(at: int, moved: list[tuple[int, int]], limit: int) -> int:
    shift = 0
    for there, here in moved:
        if there > at:
            break
        shift = here - there
    return max(0, min(at + shift, limit))


def _closing(pattern: str, pos: int) -> int | None:
    """Return the offset of the `)` that closes the group whose inside begins at an offset."""
    depth = 1
    for match in _TOKENS.finditer(pattern, pos):
        text = match.group()
        if text[0] == "(":
            depth += 1
        elif text == ")":
            depth -= 1
            if depth == 0:
                return match.start()
    return None


_TOKENS = re.compile(
    r"\\Q.*?(?:\\E|\Z)|\\[pPxgk]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*+\]|\((?:\?[^()]?)?|\)|[*+?]|\{\d*,?\d*\}|.",
    re.DOTALL,
)
_COUNTED = re.compile(r"\{(\d+)(?:,(\d*))?\}")


def _varies(body: str) -> bool:
    """Whether a repetition in the body makes its length vary."""
    for match in _TOKENS.finditer(body):
        text = match.group()
        if text in {"*", "+"} or text in {r"\R", r"\X"}:
            return True
        if text == "?" and match.start() > 0:
            return True
        counted = _COUNTED.fullmatch(text)
        if counted is not None and counted.group(2) is not None and counted.group(1) != counted.group(2):
            return True
    return False
