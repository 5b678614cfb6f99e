"""A pack becomes a site that needs no generator and no server: every page is whole, and asks nobody for anything.

`index.html` lists all detections with a filter; `detections/`, `stories/`, `types/`, `tactics/` and `datamodels/` have a page
each, `macros.html` and `lookups.html` what searches use. Links are relative, so that the folder works where it lies, on disk
too. The pages say what those in Jekyll form say. Pure: the same pack gives the same bytes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from generator.base.frozen import dataclass
from generator.render.docs import facts, markup
from generator.render.docs.escape import slug
from generator.render.docs.links import anchor
from generator.render.docs.markup import bullets, own, pairs, paragraphs, rich, section, table, text
from generator.render.templating import render_template

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generator.content.model import Detection, Pack, Story
    from generator.knowledge.attack import Attack

_NAVIGATION: Final = (
    ("Detections", "index.html"),
    ("Stories", "stories.html"),
    ("Types", "types.html"),
    ("Tactics", "tactics.html"),
    ("Data models", "datamodels.html"),
    ("Macros", "macros.html"),
    ("Lookups", "lookups.html"),
)
_GROUPS: Final = (("types", "Types"), ("tactics", "Tactics"), ("datamodels", "Data models"))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A detection with what pages say of it beside its file; `file` is its page."""

    detection: Detection
    file: str
    techniques: tuple[facts.TechniqueRow, ...]
    tactics: tuple[str, ...]
    datamodels: tuple[str, ...]

    def names(self, group: str) -> tuple[str, ...]:
        """Return what it belongs to: its type, its tactics, its data models."""
        if group == "types":
            return (self.detection.type,) if self.detection.type else ()
        return self.tactics if group == "tactics" else self.datamodels


def render_static(
    pack: Pack,
    *,
    attack: Attack,
    data: Mapping[str, bytes] | None = None,
    required_fields: Mapping[str, tuple[str, ...]] | None = None,
) -> Mapping[str, bytes]:
    """Return the pages by path, UTF-8, sorted; the arguments are those of `render_docs`."""
    site = _Site(pack, attack, data or {}, required_fields or {})
    pages = site.pages()
    return {path: pages[path].encode("utf-8", "replace") for path in sorted(pages)}


class _Site:
    def __init__(
        self, pack: Pack, attack: Attack, data: Mapping[str, bytes], required: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.pack = pack
        self.attack = attack
        self.data = data
        self.required = required
        self.macros = {item.name: item for item in pack.macros}
        self.lookups = {item.name: item for item in pack.lookups}
        app = pack.config.app
        self.title = app.title or app.label or app.id or "Detections"
        taken: set[str] = set()
        self.entries = sorted(
            (self._entry(item, taken) for item in pack.detections),
            key=lambda entry: (entry.detection.name.lower(), entry.file),
        )
        self.stories = {story.name: _file("stories", story.name, taken) for story in pack.stories}
        self.groups: dict[str, dict[str, list[_Entry]]] = {name: defaultdict(list) for name, _ in _GROUPS}
        for entry in self.entries:
            for group, members in self.groups.items():
                for name in entry.names(group):
                    members[name].append(entry)
        self.files = {
            (group, name): _file(group, name, taken)
            for group, members in self.groups.items()
            for name in sorted(members)
        }

    def _entry(self, detection: Detection, taken: set[str]) -> _Entry:
        rows = facts.techniques(detection, self.attack)
        return _Entry(
            detection,
            _file("detections", detection.document.stem, taken),
            rows,
            tuple(dict.fromkeys(tactic for row in rows for tactic in row.tactics)),
            facts.datamodels(detection),
        )

    # -- pages -------------------------------------------------------------------------------------------------------

    def pages(self) -> dict[str, str]:
        """Return all pages by path."""
        pages = {"index.html": self._page("index.html", self.title, [self._about(), self._index()])}
        for entry in self.entries:
            pages[entry.file] = self._page(entry.file, entry.detection.name, self._detection(entry))
        for story in self.pack.stories:
            file = self.stories[story.name]
            pages[file] = self._page(file, story.name, self._story(story))
        rows = [
            (
                own(story.name, self.stories[story.name]),
                str(len(self._of_story(story.name))),
                text(", ".join(story.category)),
            )
            for story in sorted(self.pack.stories, key=lambda item: item.name.lower())
        ]
        pages["stories.html"] = self._page(
            "stories.html", "Stories", [table(("Story", "Detections", "Category"), rows)]
        )
        for group, title in _GROUPS:
            members = self.groups[group]
            listed = [(own(name, self.files[group, name]), str(len(members[name]))) for name in sorted(members)]
            pages[f"{group}.html"] = self._page(f"{group}.html", title, [table(("Name", "Detections"), listed)])
            for name in members:
                file = self.files[group, name]
                pages[file] = self._page(file, name, [self._rows(members[name], "../")])
        pages["macros.html"] = self._page("macros.html", "Macros", [self._macro(name) for name in sorted(self.macros)])
        pages["lookups.html"] = self._page(
            "lookups.html", "Lookups", [self._lookup(name) for name in sorted(self.lookups)]
        )
        return pages

    def _page(self, file: str, title: str, parts: Sequence[str]) -> str:
        return render_template(
            "site/page.html.j2",
            title=text(title or "without a name"),
            site=text(self.title),
            root="../" * file.count("/"),
            navigation=_NAVIGATION,
            parts=[part for part in parts if part],
        )

    def _about(self) -> str:
        app = self.pack.config.app
        return f'{paragraphs(app.description)}\n<p class="soft">Version {text(app.version)}</p>'

    def _index(self) -> str:
        """Return the filter and the table that it works on."""
        choices = (
            ("type", "any type", sorted(self.groups["types"])),
            ("tactic", "any tactic", sorted(self.groups["tactics"])),
            ("status", "any status", sorted({entry.detection.status for entry in self.entries})),
            ("category", "any category", sorted({facts.category(entry.detection) for entry in self.entries})),
        )
        selects = "".join(
            f'<select name="{name}" aria-label="{text(name)}"><option value="">{text(label)}</option>'
            + "".join(f'<option value="{_key(value)}">{text(value)}</option>' for value in values)
            + "</select>"
            for name, label, values in choices
        )
        rows = "".join(self._index_row(entry) for entry in self.entries)
        head = "".join(f"<th>{title}</th>" for title in ("Name", "Technique", "Type", "Status"))
        return (
            '<div class="filter"><input id="find" type="search" placeholder="words of name, technique, story, data source" '
            f'aria-label="Filter">{selects}<span id="count" class="soft"></span></div>\n'
            f"<table><thead><tr>{head}</tr></thead><tbody>\n{rows}</tbody></table>"
        )

    def _index_row(self, entry: _Entry) -> str:
        detection = entry.detection
        techniques = ", ".join(f"{row.id} {row.name}".strip() for row in entry.techniques)
        words = " ".join(
            (detection.name, techniques, *detection.analytic_story, *detection.data_source, *detection.cve)
        )
        data = {
            "text": text(words.lower()),
            "type": _key(detection.type),
            "tactic": "|".join(_key(name) for name in entry.tactics),
            "status": _key(detection.status),
            "category": _key(facts.category(detection)),
        }
        attributes = "".join(f' data-{name}="{value}"' for name, value in data.items())
        cells = (own(detection.name, entry.file), text(techniques), text(detection.type), text(detection.status))
        return f"<tr{attributes}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"

    def _rows(self, entries: Iterable[_Entry], root: str) -> str:
        return table(
            ("Name", "Technique", "Type"),
            (
                (
                    own(entry.detection.name, root + entry.file),
                    text(", ".join(row.name or row.id for row in entry.techniques)),
                    text(entry.detection.type),
                )
                for entry in entries
            ),
        )

    # -- one detection -----------------------------------------------------------------------------------------------

    def _detection(self, entry: _Entry) -> list[str]:
        detection = entry.detection
        uses = facts.search_uses(detection.search, self.macros, self.lookups)
        used = [own(name, f"../macros.html#{anchor('macro', name)}") for name in uses.macros]
        used += [f"<code>{text(name)}</code> (filter: what is normal in your environment)" for name in uses.filters]
        tables = [own(name, f"../lookups.html#{anchor('lookup', name)}") for name in uses.lookups]
        needed = detection.required_fields or self.required.get(detection.path, ())
        return [
            self._warning(detection),
            '<p class="tags">' + "".join(f"<span>{text(tag)}</span>" for tag in self._tags(entry) if tag) + "</p>",
            paragraphs(detection.description),
            pairs(self._about_detection(entry)),
            section("Search", markup.code(detection.search)),
            section("Macros", bullets(used)),
            section("Lookups", bullets(tables)),
            section("Required fields", bullets(f"<code>{text(name)}</code>" for name in dict.fromkeys(needed))),
            section("How to implement", paragraphs(detection.how_to_implement)),
            section("Known false positives", paragraphs(detection.known_false_positives)),
            section("ATT&CK", table(("ID", "Technique", "Tactic"), map(self._technique, entry.techniques))),
            section("Stories", bullets(map(self._story_link, detection.analytic_story))),
            section("Risk", _risk(detection)),
            section(
                "Threat objects",
                table(("Field", "Type"), ((text(t.field), text(t.type)) for t in detection.risk.threats)),
            ),
            section(
                "Drilldowns", "".join(f"<p>{rich(d.name)}</p>{markup.code(d.search)}" for d in detection.drilldowns)
            ),
            section("Tests", _tests(detection)),
            section("References", bullets(rich(reference) for reference in detection.references)),
        ]

    def _warning(self, detection: Detection) -> str:
        if facts.is_deprecated(detection):
            why = detection.deprecation
            reason = f" {rich(why.reason)}" if why is not None and why.reason else ""
            return f'<p class="warn"><strong>Deprecated.</strong>{reason or " Plan to do without it."}</p>'
        if facts.is_experimental(detection):
            return '<p class="warn"><strong>Experimental.</strong> No recorded attack has shown yet that it finds what it looks for.</p>'
        return ""

    def _tags(self, entry: _Entry) -> Iterable[str]:
        detection = entry.detection
        found: dict[str, str] = {}
        for tag in (
            detection.type,
            detection.status,
            detection.asset_type,
            facts.category(detection),
            detection.security_domain,
        ):
            found.setdefault(tag.lower(), tag)
        return found.values()

    def _about_detection(self, entry: _Entry) -> Iterable[tuple[str, str]]:
        detection = entry.detection
        models = ", ".join(own(name, f"../{self.files['datamodels', name]}") for name in entry.datamodels)
        throttling = detection.throttling
        return (
            ("Data sources", text(", ".join(detection.data_source))),
            ("Data models", models),
            ("Products", text(", ".join(detection.product))),
            ("Kill chain", text(", ".join(facts.kill_chain(detection, self.attack)))),
            ("NIST, CIS", text(", ".join((*facts.nist(detection), *facts.cis(detection))))),
            ("CVE", ", ".join(markup.link(cve, f"https://nvd.nist.gov/vuln/detail/{cve}") for cve in detection.cve)),
            ("Throttling", text(f"{throttling.period} by {', '.join(throttling.fields)}") if throttling else ""),
            ("Author", text(detection.author)),
            ("Created", text(detection.creation_date.isoformat() if detection.creation_date else "")),
            ("Updated", text(detection.modification_date.isoformat() if detection.modification_date else "")),
            ("Version, ID", f"{detection.version}, <code>{text(detection.id)}</code>"),
            ("File", f"<code>{text(detection.path)}</code>"),
        )

    def _technique(self, row: facts.TechniqueRow) -> tuple[str, str, str]:
        address = f"https://attack.mitre.org/techniques/{row.id.replace('.', '/')}/"
        tactics = ", ".join(own(name, f"../{self.files['tactics', name]}") for name in row.tactics)
        return (markup.link(row.id, address), text(row.name or "not in this version of ATT&CK"), tactics)

    def _story_link(self, name: str) -> str:
        file = self.stories.get(name)
        return own(name, f"../{file}") if file is not None else text(name)

    # -- stories, macros, lookups ------------------------------------------------------------------------------------

    def _of_story(self, name: str) -> list[_Entry]:
        return [entry for entry in self.entries if name in entry.detection.analytic_story]

    def _story(self, story: Story) -> list[str]:
        return [
            '<p class="tags">'
            + "".join(f"<span>{text(tag)}</span>" for tag in (*story.category, story.usecase) if tag)
            + "</p>",
            paragraphs(story.description),
            section("Narrative", paragraphs(story.narrative)),
            section("Detections", self._rows(self._of_story(story.name), "../")),
            section("References", bullets(rich(reference) for reference in story.references)),
        ]

    def _macro(self, name: str) -> str:
        macro = self.macros[name]
        title = f"{name}({', '.join(macro.arguments)})" if macro.arguments else name
        body = f"{paragraphs(macro.description)}{markup.code(macro.definition)}"
        return f'<h2 id="{text(anchor("macro", name))}">{text(title)}</h2>\n{body}'

    def _lookup(self, name: str) -> str:
        lookup = self.lookups[name]
        columns = facts.columns(lookup, self.data)
        shown = f"<p>Columns: {', '.join(f'<code>{text(column)}</code>' for column in columns)}</p>" if columns else ""
        return f'<h2 id="{text(anchor("lookup", name))}">{text(name)}</h2>\n{paragraphs(lookup.description)}{shown}'


def _file(folder: str, name: str, taken: set[str]) -> str:
    candidate, number = f"{folder}/{slug(name) or 'page'}.html", 1
    while candidate.lower() in taken:
        number += 1
        candidate = f"{folder}/{slug(name) or 'page'}-{number}.html"
    taken.add(candidate.lower())
    return candidate


def _key(value: str) -> str:
    """Return a value that a filter compares, without the sign that separates several."""
    return text(value.replace("|", "/"))


def _risk(detection: Detection) -> str:
    rows: list[tuple[str, str, str, str]] = []
    finding = detection.finding
    if finding is not None:
        rows.append(
            (
                text(finding.entity.field),
                text(finding.entity.type),
                str(finding.entity.score),
                f"Finding: {rich(finding.title)}",
            )
        )
    for item in detection.risk.objects:
        message = item.message if item.message is not None else detection.risk.message
        rows.append((text(item.field), text(item.type), str(item.score), rich(message)))
    return table(("Field", "Type", "Score", "Message"), rows)


def _tests(detection: Detection) -> str:
    rows = []
    for test in detection.tests:
        data = "<br>".join(rich(item.data) for item in test.attack_data)
        expected = test.data.get("expect", "at least one row")
        shown = expected if isinstance(expected, str) else json.dumps(expected, default=str)
        rows.append((text(test.name), text(test.type), data, f"<code>{text(shown)}</code>"))
    return table(("Test", "Kind", "Data", "Expected"), rows)
