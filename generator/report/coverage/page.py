"""Coverage as one HTML page: the matrix, a column a tactic, each technique shaded by how well it is covered.

The page asks nobody for anything: style and script are in it. Names are a stranger's and are escaped; the policy in its
head forbids every request all the same. Levels are told by words and marks beside colour.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from generator.analysis.coverage import Level
from generator.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.analysis.coverage import Coverage, CoveredTactic, CoveredTechnique

_MARKS = {Level.NONE: "", Level.EXPERIMENTAL: "◔", Level.PRODUCTION: "◑", Level.TESTED: "●"}
_WORDS = {
    Level.NONE: "nothing",
    Level.EXPERIMENTAL: "experimental only",
    Level.PRODUCTION: "in production",
    Level.TESTED: "in production, tested",
}
_STYLE = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2128;--soft:#57606a;--line:#d0d7de;--none:#f6f8fa;
--l1:#fff3cd;--l2:#cfe4ff;--l3:#bfe5c8}
@media(prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--soft:#9198a1;--line:#30363d;--none:#161b22;
--l1:#4d3c0f;--l2:#123a66;--l3:#12482a}}
*{box-sizing:border-box}body{margin:0;padding:1.2rem;background:var(--bg);color:var(--fg);
font:14px/1.4 system-ui,sans-serif}h1{font-size:1.4rem;margin:0 0 .2rem}p{margin:.2rem 0;color:var(--soft)}
.key span{display:inline-block;padding:.1rem .5rem;margin:.4rem .4rem .4rem 0;border:1px solid var(--line);
border-radius:4px;color:var(--fg)}.tools{margin:.4rem 0 .8rem}.tools label{margin-right:1rem}
.matrix{display:flex;gap:6px;overflow-x:auto;align-items:flex-start;padding-bottom:1rem}
section{flex:0 0 168px}h2{font-size:.86rem;margin:0;min-height:2.4em}section>p{font-size:.76rem;margin:0 0 .3rem}
.t{border:1px solid var(--line);border-radius:4px;margin-bottom:4px;padding:.22rem .4rem;font-size:.78rem}
.t summary{cursor:pointer;list-style:none}.t summary::-webkit-details-marker{display:none}
.t ul{margin:.3rem 0 0;padding-left:1rem}.t a{color:inherit}.id{color:var(--soft);font-size:.7rem}
.n{float:right;font-size:.72rem}.l0{background:var(--none)}.l1{background:var(--l1)}.l2{background:var(--l2)}
.l3{background:var(--l3)}.hide .l0{display:none}
""".strip()
_SCRIPT = """
const only=document.getElementById('only'),open=document.getElementById('open');
only.addEventListener('change',()=>document.body.classList.toggle('hide',only.checked));
open.addEventListener('change',()=>document.querySelectorAll('details').forEach(d=>d.open=open.checked));
""".strip()


def coverage_page(coverage: Coverage, title: str) -> bytes:
    """Return the page, UTF-8."""
    total = len(coverage.techniques)
    parts = [
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
            "script-src 'unsafe-inline'\">\n"
            f"<title>{_text(title)}: ATT&amp;CK coverage</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n"
            f"<h1>{_text(title)}: ATT&amp;CK coverage</h1>\n"
            f"<p>ATT&amp;CK {_text(coverage.attack_version)}: {coverage.covered:,} of {total:,} techniques, "
            f"{coverage.tested:,} of them by detections with tests.</p>\n"
        ),
        '<div class="key">',
        *(f'<span class="l{level.value}">{_MARKS[level]} {_WORDS[level]}</span>' for level in Level),
        (
            '</div>\n<div class="tools"><label><input type="checkbox" id="only"> only what is covered</label>'
            '<label><input type="checkbox" id="open"> open all</label></div>\n<div class="matrix">\n'
        ),
    ]
    for tactic in coverage.tactics:
        parts += _tactic(tactic)
    parts.append("</div>\n")
    if coverage.unmapped:
        names = "".join(f"<li>{_text(item.name)}</li>" for item in coverage.unmapped)
        parts.append(
            f"<details><summary>{len(coverage.unmapped):,} detections without a technique of this version</summary>"
            f"<ul>{names}</ul></details>\n"
        )
    parts.append(f"<script>\n{_SCRIPT}\n</script>\n</body>\n</html>\n")
    return "".join(parts).encode("utf-8", "replace")


def _tactic(tactic: CoveredTactic) -> Iterator[str]:
    yield f"<section>\n<h2>{_text(tactic.tactic.name)}</h2>\n"
    yield f"<p>{tactic.covered}/{tactic.total} techniques, {tactic.sub_covered}/{tactic.sub_total} sub</p>\n"
    for entry in tactic.techniques:
        yield _technique(entry)
    yield "</section>\n"


def _technique(entry: CoveredTechnique) -> str:
    technique = entry.technique
    found = entry.all_detections
    head = (
        f'<span class="n">{_MARKS[entry.level]} {len(found) or ""}</span>{_text(technique.name)} '
        f'<span class="id">{_text(technique.id)}</span>'
    )
    if not found:
        return f'<div class="t l0" title="{_text(_WORDS[Level.NONE])}">{head}</div>\n'
    rows = "".join(f"<li>{_text(item.name)}</li>" for item in entry.detections)
    for sub in entry.below:
        if sub.detections:
            inner = "".join(f"<li>{_text(item.name)}</li>" for item in sub.detections)
            rows += (
                f"<li>{_text(sub.technique.id)} {_text(sub.technique.name)} {_MARKS[sub.level]}<ul>{inner}</ul></li>"
            )
    address = f"https://attack.mitre.org/techniques/{technique.id}/"
    return (
        f'<details class="t l{entry.level.value}"><summary title="{_text(_WORDS[entry.level])}">{head}</summary>'
        f'<ul>{rows}</ul><a rel="noreferrer" href="{_text(address)}">ATT&amp;CK</a></details>\n'
    )


def _text(text: str) -> str:
    return escape(visible(text))
