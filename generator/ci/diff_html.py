"""An `AppDiff` becomes one HTML page without anything from elsewhere: searches side by side, the changed words marked.

Every text of the content is escaped; the page's own policy (`Content-Security-Policy`) lets no script, no image and no
request through, so that even a mistake in escaping would do nothing.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from generator.ci.aligned import Pair, changed_words
from generator.ci.outline import WORDS, outline
from generator.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.ci.diffmodel import AppDiff
    from generator.ci.outline import Entry, Fact
    from generator.spl.syntax import CommandTable

_MAX_LINES = 1_000
_LINE = 2_000
_STYLE = """
:root { color-scheme: light dark; --line: #d0d7de; --dim: #656d76; --add: #dafbe1; --del: #ffebe9; --addw: #aceebb;
  --delw: #ffcecb; --page: #fff; --text: #1f2328; --new: #1a7f37; --gone: #cf222e; --changed: #9a6700; --renamed: #0969da; }
@media (prefers-color-scheme: dark) { :root { --line: #3d444d; --dim: #9198a1; --add: #12261e; --del: #25171c;
  --addw: #1f572d; --delw: #7d1e2a; --page: #0d1117; --text: #f0f6fc; --new: #3fb950; --gone: #f85149; --changed: #d29922;
  --renamed: #4493f8; } }
body { font: 14px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); margin: 2rem auto; max-width: 75rem;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
details, .one { border: 1px solid var(--line); border-left: 4px solid var(--kind, var(--line)); border-radius: 6px;
  margin: .5rem 0; padding: .4rem .8rem; overflow-wrap: anywhere; }
.new { --kind: var(--new); } .gone { --kind: var(--gone); } .changed { --kind: var(--changed); } .renamed { --kind: var(--renamed); }
summary { cursor: pointer; } .tag { color: var(--kind); } .path { color: var(--dim); font-size: .9em; }
code, td { font: 12px/1.45 ui-monospace, monospace; }
dl { margin: .4rem 0; } dt { color: var(--dim); } dd { margin: 0 0 .3rem 1rem; }
del, ins { text-decoration: none; padding: 0 .2em; border-radius: 3px; } del { background: var(--del); } ins { background: var(--add); }
table { border-collapse: collapse; width: 100%; table-layout: fixed; margin: .5rem 0; border: 1px solid var(--line); }
td { white-space: pre-wrap; overflow-wrap: anywhere; vertical-align: top; padding: 0 .5em; width: 50%; }
td + td { border-left: 1px solid var(--line); } td.del { background: var(--del); } td.add { background: var(--add); }
td.del b { background: var(--delw); font-weight: inherit; } td.add b { background: var(--addw); font-weight: inherit; }
"""


def render(diff: AppDiff, commands: CommandTable) -> str:
    """Return the page."""
    told = outline(diff, commands)
    parts = [
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>What changes in Splunk: {_text(diff.app_id)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_text(told.headline)}</h1>",
    ]
    if told.counts:
        parts.append(f"<ul>{''.join(f'<li>{_text(count)}</li>' for count in told.counts)}</ul>")
    for section in told.sections:
        parts.append(f"<section><h2>{_text(section.title)}</h2>")
        parts += [_entry(entry) for entry in section.entries]
        parts.append("</section>")
    if told.notes:
        parts.append(f"<h2>Notes</h2><ul>{''.join(f'<li>{_text(note)}</li>' for note in told.notes)}</ul>")
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _text(text: str) -> str:
    return html.escape(visible(text))


def _entry(entry: Entry) -> str:
    kind = WORDS[entry.sign]
    path = f' <span class="path">{_text(entry.path)}</span>' if entry.path else ""
    title = f'<strong>{_text(entry.title)}</strong> <span class="tag">{_text(entry.remark or kind)}</span>{path}'
    if not (entry.facts or entry.spl or entry.names):
        return f'<div class="one {kind}">{title}</div>'
    body = [f"<dl>{''.join(_fact(fact) for fact in entry.facts)}</dl>"] if entry.facts else []
    body += [f"<div><code>{_text(label)}</code>{_table(pairs)}</div>" for label, pairs in entry.spl]
    if entry.names:
        body.append(f"<ul>{''.join(f'<li>{_text(name)}</li>' for name in entry.names)}</ul>")
    return f'<details class="{kind}" open><summary>{title}</summary>{"".join(body)}</details>'


def _fact(fact: Fact) -> str:
    shown = "" if fact.before is None else f"<del>{_text(fact.before)}</del> "
    shown += "" if fact.after is None else f"<ins>{_text(fact.after)}</ins>"
    shown = shown or "only its layout changes"
    return f"<dt>{_text(fact.label)}</dt><dd>{shown}</dd>"


def _table(pairs: Iterable[Pair]) -> str:
    return f"<table>{''.join(_rows(pairs))}</table>"


def _rows(pairs: Iterable[Pair]) -> Iterator[str]:
    for number, pair in enumerate(pairs):
        if number == _MAX_LINES:
            yield '<tr><td colspan="2">… (cut here)</td></tr>'
            return
        before, after = _short(pair.before), _short(pair.after)
        if before is not None and after is not None and before != after:
            (start, end), (_, new_end) = changed_words(before, after)
            yield f"<tr>{_cell('del', before, start, end)}{_cell('add', after, start, new_end)}</tr>"
        else:
            left, right = (
                ("", "") if pair.same else ("del" if before is not None else "", "add" if after is not None else "")
            )
            yield f"<tr>{_cell(left, before or '', 0, 0)}{_cell(right, after or '', 0, 0)}</tr>"


def _cell(kind: str, text: str, start: int, end: int) -> str:
    marked = f"<b>{_text(text[start:end])}</b>" if end > start else ""
    attribute = f' class="{kind}"' if kind else ""
    return f"<td{attribute}>{_text(text[:start])}{marked}{_text(text[end:])}</td>"


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= _LINE else f"{text[:_LINE]}…"
