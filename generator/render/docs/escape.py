"""Untrusted text becomes Markdown that shows the text and can do nothing else.

A page of a Jekyll site is read three times: YAML front matter, then Liquid (`{{`, `{%`), then kramdown, whose output the
theme puts into HTML unchanged. So a description could run Liquid, give an element an `onclick` (`{: ...}`), open a code
fence that swallows the page, or carry `<script>`. Here every character with a meaning becomes an HTML entity, which all
readers show as the character. What stays markup on purpose, because authors use it: code spans, `**bold**`, lists,
paragraphs, and links to http(s).

Two kinds of text cannot hold entities, since code shows them literally: searches (`fenced`) and code spans. There Liquid's
openers are written as Liquid strings (`{{ "{{" }}`), and a code span that holds `<`, `&` or `|` is written without being
one.

Left out on purpose: images (a page should not call other servers) and HTML in content.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from generator.base.hidden import TURNING

if TYPE_CHECKING:
    from collections.abc import Callable

PROSE_LIMIT = 60_000
"""Characters of a text that a page shows; a longer one is cut, and the page says so."""

SEARCH_LIMIT = 200_000
"""Characters of a search that a page shows."""

INLINE_LIMIT = 4_000
"""Characters of a name, message or table cell."""

_CONTROL = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff{TURNING}]")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")

# The entities for the five HTML characters are those that the published pages use: links are compared as written.
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
_ENTITIES = str.maketrans(_HTML | {char: f"&#{ord(char)};" for char in "{}[]|`*~\\"})

# A code span may hold no character that would have to be escaped, and no `](` or `{:` that another reading could use.
_TOKEN = re.compile(
    r"""
    (?<![`\\]) ` (?P<code> [^`\s<&|] [^`\n<&|]{0,2000} ) ` (?!`)
  | (?<!!) \[ (?P<label> [^\[\]\n`]{1,500} ) \] \( (?P<url> https?://[^\s()<>"'{}|\\`\[\]]{1,2000} ) \)
  | \*\* (?P<bold> [^*\n`\[\]\s] (?: [^*\n`\[\]]{0,500} [^*\n`\[\]\s] )? ) \*\*
    """,
    re.VERBOSE,
)
# kramdown counts backticks and tildes alike when it looks for the fence that opens a block.
_CODE_REFUSED = re.compile(r"\]\(|\{:|~~")
_OUTER_UNDERSCORE = re.compile(r"(?<![0-9A-Za-z_])_+|_+(?![0-9A-Za-z_])")
_DASHES = re.compile(r"-{2,}")
_DOLLARS = re.compile(r"\${2,}")
_LIQUID = re.compile(r"\{[{%]")
_LIST_ITEM = re.compile(r"(?P<indent>[ ]*)(?P<marker>[*+-]|\d{1,4}\.)(?P<gap>[ ]+)(?=\S)")
_RULE = re.compile(r"(?:[-_*=][ ]*){3,}|=+|-+")
_BLOCK_START = re.compile(r"[#:=^+-]|\d+\.(?=\s|$)")
_BLANKS = re.compile(r"\s+")
_UNSAFE_SLUG = re.compile(r"[^\w.-]+")
_FENCE_LINE = re.compile(r"[ ]{0,3}(`{3,})")
_URL = re.compile(r"(?:https?://|mailto:)[^\s]+", re.IGNORECASE)
_SITE_PATH = re.compile(r"(?!//)[/#.\w][^\s:\\]*")


def plain(text: str) -> str:
    """Return one line of Markdown that shows `text` as it is: no code, bold or links. Identifiers stay as they are."""
    if _IDENTIFIER.fullmatch(text) and not (text[0] == text[-1] == "_"):
        return text
    return _unblocked(_one_line(text), _plain)


def inline(text: str) -> str:
    """Return one line of Markdown in which code spans, bold and http(s) links of `text` are kept. Fits a table cell."""
    return _unblocked(_one_line(text), _inline)


def prose(text: str) -> str:
    """Return paragraphs and lists of Markdown with the inline markup that `inline` keeps.

    White space at line ends and before lines is dropped (four blanks would make code), everything else survives: after
    entities are decoded and white space is folded, the result is the text again. One longer than `PROSE_LIMIT` is cut.
    """
    length = len(text)
    if length > PROSE_LIMIT:
        text = text[:PROSE_LIMIT]
    lines = [_line(line) for line in _clean(text).strip().split("\n")]
    if length > PROSE_LIMIT:
        lines += ["", f"*(cut here: the text has {length:,} characters)*"]
    return "\n".join(lines)


def fenced(search: str) -> str:
    """Return a code block with one pipe of the search a line.

    A pipe inside quotes, a macro call or a comment belongs to the text around it and breaks no line; all other line
    breaks of the author stay.
    """
    length = len(search)
    cut = search[:SEARCH_LIMIT]
    lines: list[str] = []
    for line in _clean(_break_pipes(cut)).strip().split("\n"):
        stripped = line.rstrip()
        # A line of backticks (an SPL comment) would end the block: it joins the line before, which SPL reads the same.
        if lines and _FENCE_LINE.match(stripped):
            lines[-1] = f"{lines[-1]} {stripped.lstrip()}"
        elif stripped:
            lines.append(stripped)
    if length > SEARCH_LIMIT:
        lines.append(f"... (cut here: the search has {length:,} characters)")
    first = _FENCE_LINE.match(lines[0]) if lines else None
    fence = "`" * (len(first[1]) + 1 if first else 3)
    return f"{fence}\n{liquid_text(chr(10).join(lines))}\n{fence}"


def liquid_text(text: str) -> str:
    """Return `text` so that Liquid prints it: each `{{` and `{%` as a Liquid string."""
    if "{" not in text:
        return text
    return _LIQUID.sub(lambda match: '{{ "' + match[0] + '" }}', text)


def code(text: str) -> str:
    """Return a code span of one line, or, where one cannot hold `text` safely, the escaped text."""
    flat = _one_line(text)
    if flat and not set(flat) & set("`<&|") and not _CODE_REFUSED.search(flat):
        return f"`{liquid_text(flat)}`"
    return _plain(flat)


def yaml_text(text: str) -> str:
    """Return a double-quoted YAML scalar for front matter.

    Themes print front matter into HTML (some through Markdown), so it is escaped as `plain` does before it is quoted.
    """
    return json.dumps(plain(text), ensure_ascii=False)


def yaml_path(path: str) -> str:
    """Return a path made of `slug`s as a YAML scalar. Jekyll takes it literally, so nothing in it may be an entity."""
    return json.dumps(path, ensure_ascii=False)


def url(target: str) -> str | None:
    """Return `target` as the destination of a Markdown link, or None when it is refused.

    Allowed are http, https, mailto, and paths within the site. Any other scheme (`javascript:`, `data:`, ...) is not.
    """
    text = target.strip()
    if len(text) > INLINE_LIMIT or _CONTROL.search(text):
        return None
    if not _URL.fullmatch(text) and not _SITE_PATH.fullmatch(text):
        return None
    return _destination(text)


def link(label: str, target: str) -> str:
    """Return a Markdown link, or only its escaped label when the target is refused or empty."""
    destination = url(target) if target else None
    text = plain(label)
    return f"[{text}]({destination})" if destination else text


def slug(name: str) -> str:
    """Return a name as one path segment: lower case, blanks as `_`, nothing that could leave its folder.

    Letters of any script, digits, `_`, `-` and `.` stay; `..` and a leading dot do not.
    """
    text = _UNSAFE_SLUG.sub("_", name.strip().lower().replace(" ", "_"))[:120]
    while ".." in text:
        text = text.replace("..", "_")
    return text.strip(".") or "_"


def segment(text: str) -> str:
    """Return `text` as a file name without suffix, lower case, ASCII only."""
    return re.sub(r"[^a-z0-9._-]+", "-", slug(text)).strip(".") or "_"


def percent(text: str) -> str:
    """Return `text` percent-encoded for a URL path; `/` stays."""
    return quote(text, safe="/-._~()!,;=@+")


def _clean(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).replace("\t", " ")


def _one_line(text: str) -> str:
    if len(text) > INLINE_LIMIT:
        text = f"{text[:INLINE_LIMIT]} (...)"
    return _BLANKS.sub(" ", _CONTROL.sub("", text)).strip()


def _plain(text: str) -> str:
    result = text.translate(_ENTITIES)
    if "--" in result:
        result = _DASHES.sub(lambda match: "&#45;" * len(match[0]), result)
    if "$$" in result:
        result = _DOLLARS.sub(lambda match: "&#36;" * len(match[0]), result)
    if "_" in result:
        result = _OUTER_UNDERSCORE.sub(lambda match: "&#95;" * len(match[0]), result)
    return result


def _inline(text: str) -> str:
    if "`" not in text and "**" not in text and "](" not in text:
        return _plain(text)
    parts: list[str] = []
    done = 0
    for match in _TOKEN.finditer(text):
        parts.append(_plain(text[done : match.start()]))
        done = match.end()
        if (span := match["code"]) is not None:
            refused = _CODE_REFUSED.search(span) or span[-1].isspace()
            parts.append(_plain(match[0]) if refused else f"`{liquid_text(span)}`")
        elif (bold := match["bold"]) is not None:
            parts.append(f"**{_plain(bold)}**")
        else:
            parts.append(f"[{_plain(match['label'])}]({_destination(match['url'])})")
    parts.append(_plain(text[done:]))
    return "".join(parts)


def _line(line: str) -> str:
    bare = line.strip()
    if not bare:
        return ""
    if not (bare[0].isalnum() or bare[0] in "`\"'$[(<") or bare[0].isdigit():
        if _RULE.fullmatch(bare):
            return f"&#{ord(bare[0])};{_inline(bare[1:])}"
        if item := _LIST_ITEM.match(line):
            rest = line[item.end() :].rstrip()
            return f"{item['indent'][:6]}{item['marker']} {_line(rest)}"
        return _unblocked(bare, _inline)  # no list item: a heading, a definition, a lone marker, ...
    return _inline(bare)


def _unblocked(text: str, show: Callable[[str], str]) -> str:
    # The mark that would start a block becomes an entity.
    start = _BLOCK_START.match(text)
    if start is None:
        return show(text)
    return f"{start[0][:-1]}&#{ord(start[0][-1])};{show(text[start.end() :])}"


def _destination(text: str) -> str:
    # Encodes what would end the destination, start Liquid or a table cell; balanced parentheses may stay.
    result = text
    for char in '\\|{}[]<>`"':
        if char in result:
            result = result.replace(char, quote(char))
    if not _balanced(result):
        result = result.replace("(", "%28").replace(")", "%29")
    return result.replace("&", "&amp;").replace("'", "&#39;")


def _balanced(text: str) -> bool:
    depth = 0
    for char in text:
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth < 0:
                return False
    return depth == 0


_PIPE_PIECE = re.compile(
    r"""
    ```.*?(?:```|\Z)                # a comment
  | "(?:[^"\\]|\\.)*(?:"|\Z)        # a quoted text
  | `[^`\n]*(?:`|$)                 # a macro call
  | [ \t]*\n[ \t]*\|                # a pipe that begins a line already
  | [ \t]*\|                        # any other pipe
    """,
    re.VERBOSE | re.DOTALL,
)


def _break_pipes(search: str) -> str:
    return _PIPE_PIECE.sub(_break_pipe, search)


def _break_pipe(match: re.Match[str]) -> str:
    piece = match[0]
    return " \n|" if piece[-1] == "|" and piece[0] in " \t\n|" else piece
