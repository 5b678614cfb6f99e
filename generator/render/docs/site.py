"""A pack becomes all pages of its site: detections first, then the pages that list them.

A detection is filed under every story, tactic and data model that it has. Stories that detections name but the pack does not
define get no page (a link to one would be a finding of the rules); the link is made all the same, as the file says it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import GeneratorError
from generator.base.frozen import dataclass
from generator.render.docs import facts
from generator.render.docs.detection import Entry, PackIndex, detection_values
from generator.render.docs.escape import (
    fenced,
    inline,
    link,
    percent,
    plain,
    prose,
    segment,
    slug,
    yaml_path,
    yaml_text,
)
from generator.render.docs.links import Links, anchor, datamodel_path, tactic_path, type_path
from generator.render.templating import render_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from generator.content.model import Detection, Lookup, Macro, Pack, Story
    from generator.knowledge.attack import Attack

FORMATS = ("jekyll",)

_NO_DATE = "1970-01-01"
"""The date of a page whose detection has none: Jekyll takes no post without one."""

_TYPES = {
    "TTP": "Behaviour of an attacker that leaves little doubt. Each result is worth an analyst's look and raises a finding.",
    "Anomaly": "Behaviour that is rare or out of place, but may be harmless. A result adds risk to those involved; it alone "
    "alerts nobody.",
    "Hunting": "A list to look through by hand when following an idea. A result raises nothing by itself.",
    "Correlation": "Puts together what other detections found, and raises a finding when enough of it meets.",
}


class DocsFormatError(GeneratorError):
    """A format of documentation that does not exist was asked for."""


def render_docs(
    pack: Pack,
    *,
    attack: Attack,
    data: Mapping[str, bytes] | None = None,
    required_fields: Mapping[str, tuple[str, ...]] | None = None,
    format: str = "jekyll",  # noqa: A002 - the option's name on the command line
) -> Mapping[str, bytes]:
    """Return the pages of a pack by path, UTF-8, sorted by path.

    Args:
        pack: what was loaded; content with findings gets a page too.
        attack: names and tactics of the techniques.
        data: data files of lookups by path; the list of lookups shows the columns of those that are there.
        required_fields: the fields that analysis found, by the detection's file path; used for the dialects whose
            files list none (v5, native).
        format: `jekyll`.

    Raises:
        DocsFormatError: no such format.
    """
    if format not in FORMATS:
        raise DocsFormatError(f"there is no documentation format `{format}`; use {' or '.join(FORMATS)}")
    entries = _entries(pack.detections, attack)
    site = _Site(
        pack=pack,
        entries=tuple(sorted(entries, key=lambda entry: (entry.detection.name.lower(), entry.path))),
        links=Links(pack.config.docs, {entry.detection.path: entry.permalink for entry in entries}),
    )
    index = PackIndex(
        macros={item.name: item for item in pack.macros},
        lookups={item.name: item for item in pack.lookups},
        required_fields=required_fields or {},
    )
    button = _button(pack.config.docs.try_url)
    pages: dict[str, str] = {}
    for entry in entries:
        values = detection_values(entry, index, site.links, try_link=button)
        pages[entry.path] = render_template("docs/detection.md.j2", **values)
    pages |= site.stories()
    pages |= site.listings()
    pages |= site.definitions(data or {})
    pages |= site.entrance()
    return {path: pages[path].encode("utf-8", "replace") for path in sorted(pages)}


@dataclass(frozen=True, slots=True)
class _Group:
    """Detections that share something: `name` as shown, `path` in the site, `file` of its page."""

    name: str
    path: str
    file: str
    intro: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class _Site:
    pack: Pack
    entries: tuple[Entry, ...]
    links: Links

    def stories(self) -> dict[str, str]:
        """Return a page a story and the list of stories."""
        by_story = _grouped(self.entries, lambda entry: entry.detection.analytic_story)
        pages: dict[str, str] = {}
        rows: list[tuple[str, ...]] = []
        files: set[str] = set()
        for story in sorted(self.pack.stories, key=lambda item: (item.name.lower(), item.path)):
            entries = by_story.get(story.name, ())
            file = _unused(f"stories/{slug(story.name)}", files)
            pages[file] = render_template("docs/story.md.j2", **self._story_values(story, entries, file))
            rows.append((self.links.story(story.name), str(len(entries)), ", ".join(map(plain, story.category))))
        pages["stories.md"] = self._list(
            "Analytic Stories", "/stories/", "What belongs to one attacker, technique or use case.",
            ("Story", "Detections", "Category"), rows,
        )  # fmt: skip
        return pages

    def listings(self) -> dict[str, str]:
        """Return the pages that list detections: all of them, by type, by tactic, by data model."""
        pages = {
            "detections.md": self._list(
                "Detections", "/detections/", "All detections, by name.", _COLUMNS, map(self._row, self.entries)
            )
        }
        for title, path, intro, groups in (
            ("Detection Types", "/types/", "What the result of a detection means.", self.by_type()),
            ("Tactics", "/tactics/", "What an attacker wants to reach, in the terms of ATT&CK.", self.by_tactic()),
            ("Data Models", "/datamodels/", "What the detections search in.", self.by_datamodel()),
        ):
            rows = [(self.links.own(group.name, group.path), str(len(group.entries))) for group in groups]
            pages[f"{path.strip('/')}.md"] = self._list(title, path, intro, ("Name", "Detections"), rows)
            for group in groups:
                target = f"/{percent(group.file.removesuffix('.md'))}/"
                rendered = self._list(group.name, target, group.intro, _COLUMNS, map(self._row, group.entries))
                pages[group.file] = rendered
        return pages

    def definitions(self, data: Mapping[str, bytes]) -> dict[str, str]:
        """Return the lists of macros and lookups, which pages link to unless another target is configured."""
        macros = [_macro_values(item, self.links) for item in self.pack.macros]
        lookups = [_lookup_values(item, self.links, data) for item in self.pack.lookups]
        return {
            "macros.md": render_template("docs/definitions.md.j2", title="Macros", permalink="/macros/", items=macros),
            "lookups.md": render_template(
                "docs/definitions.md.j2", title="Lookups", permalink="/lookups/", items=lookups
            ),
        }

    def entrance(self) -> dict[str, str]:
        """Return the index page and the navigation data that themes read."""
        counts = [
            (self.links.own("Detections", "/detections/"), len(self.entries)),
            (self.links.own("Analytic stories", "/stories/"), len(self.pack.stories)),
            (self.links.own("Detection types", "/types/"), len(self.by_type())),
            (self.links.own("Tactics", "/tactics/"), len(self.by_tactic())),
            (self.links.own("Data models", "/datamodels/"), len(self.by_datamodel())),
            (self.links.own("Macros", "/macros/"), len(self.pack.macros)),
            (self.links.own("Lookups", "/lookups/"), len(self.pack.lookups)),
        ]
        app = self.pack.config.app
        newest = sorted(self.entries, key=lambda entry: (_date(entry.detection), entry.path), reverse=True)[:20]
        sections = [
            ("Detections", "/detections/", []),
            ("Analytic Stories", "/stories/", []),
            ("Types", "/types/", self.by_type()),
            ("Tactics", "/tactics/", self.by_tactic()),
            ("Data Models", "/datamodels/", self.by_datamodel()),
        ]
        title = app.title or app.label or app.id or "Detections"
        return {
            "index.md": render_template(
                "docs/index.md.j2",
                title=yaml_text(title),
                description=prose(app.description),
                version=plain(app.version),
                counts=counts,
                columns=("Updated", *_COLUMNS),
                rows=[(_date(entry.detection), *self._row(entry)) for entry in newest],
            ),
            "_data/navigation.yml": render_template(
                "docs/navigation.yml.j2",
                sections=[
                    (
                        yaml_text(name),
                        yaml_path(path),
                        [(yaml_text(group.name), yaml_path(group.path)) for group in groups],
                    )
                    for name, path, groups in sections
                ],
            ),
        }

    def by_type(self) -> list[_Group]:
        """Return the detections by type, the four known types first."""
        found = _grouped(self.entries, lambda entry: [entry.detection.type] if entry.detection.type else [])
        names = [name for name in _TYPES if name in found] + sorted(name for name in found if name not in _TYPES)
        return _groups(names, found, type_path, lambda name: _TYPES.get(name, ""))

    def by_tactic(self) -> list[_Group]:
        """Return the detections by ATT&CK tactic."""
        found = _grouped(self.entries, lambda entry: entry.tactics)
        return _groups(sorted(found), found, tactic_path, lambda name: f"Detections of techniques that serve {name}.")

    def by_datamodel(self) -> list[_Group]:
        """Return the detections by data model."""
        found = _grouped(self.entries, lambda entry: entry.datamodels)
        return _groups(sorted(found), found, datamodel_path, lambda name: f"Detections whose search speaks of {name}.")

    def _row(self, entry: Entry) -> tuple[str, ...]:
        detection = entry.detection
        shown = ", ".join(inline(row.name) or plain(row.id) for row in entry.techniques)
        mark = " *(deprecated)*" if facts.is_deprecated(detection) else ""
        if facts.is_experimental(detection) and not mark:
            mark = " *(experimental)*"
        return (
            f"{self.links.detection(detection)}{mark}",
            shown,
            self.links.type(detection.type) if detection.type else "",
        )

    def _list(
        self, title: str, permalink: str, intro: str, columns: Sequence[str], rows: Iterable[Sequence[str]]
    ) -> str:
        return render_template(
            "docs/list.md.j2",
            title=yaml_text(title),
            permalink=yaml_path(permalink),
            intro=plain(intro),
            columns=columns,
            rows=list(rows),
        )

    def _story_values(self, story: Story, entries: Sequence[Entry], file: str) -> dict[str, object]:
        models = sorted({name for entry in entries for name in entry.datamodels})
        phases = sorted({name for entry in entries for name in entry.kill_chain})
        return {
            "title": yaml_text(story.name),
            "date": story.modification_date.isoformat() if story.modification_date else "",
            "permalink": yaml_path(f"/{percent(file.removesuffix('.md'))}/"),
            "tags": [yaml_text(tag) for tag in (*story.product, *models, *phases)],
            "deprecated": story.status == "deprecated" or story.path.startswith("stories/deprecated/"),
            "description": prose(story.description),
            "narrative": prose(story.narrative),
            "product": ", ".join(map(plain, story.product)),
            "category": ", ".join(map(plain, story.category)),
            "datamodels": ", ".join(map(self.links.datamodel, models)),
            "cves": ", ".join(map(self.links.cve, story.cve)),
            "author": plain(story.author),
            "id": plain(story.id),
            "columns": _COLUMNS,
            "rows": list(map(self._row, entries)),
            "references": [
                link(text, text) if text.startswith(("https://", "http://")) else inline(text)
                for text in story.references
            ],
            "source": self.links.source(story.path),
            "version": story.version,
        }


_COLUMNS = ("Name", "Technique", "Type")


def _entries(detections: Sequence[Detection], attack: Attack) -> list[Entry]:
    files: set[str] = set()
    entries: list[Entry] = []
    for detection in detections:
        rows = facts.techniques(detection, attack)
        stem = segment(detection.id or detection.document.stem)
        path = _unused(f"_posts/{_date(detection)}-{stem}", files)
        name = path.removesuffix(".md").removeprefix(f"_posts/{_date(detection)}-")
        entries.append(
            Entry(
                detection=detection,
                path=path,
                permalink=f"/{segment(facts.category(detection))}/{name}/",
                techniques=rows,
                tactics=tuple(dict.fromkeys(tactic for row in rows for tactic in row.tactics)),
                datamodels=facts.datamodels(detection),
                kill_chain=facts.kill_chain(detection, attack),
            )
        )
    return entries


def _date(detection: Detection) -> str:
    known = detection.modification_date
    return known.isoformat() if known else _NO_DATE


def _unused(path: str, taken: set[str]) -> str:
    # Two files may claim one ID (a finding elsewhere): neither page may replace the other.
    candidate, number = f"{path}.md", 1
    while candidate in taken:
        number += 1
        candidate = f"{path}-{number}.md"
    taken.add(candidate)
    return candidate


def _grouped(entries: Iterable[Entry], names: Callable[[Entry], Iterable[str]]) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        for name in dict.fromkeys(names(entry)):
            found.setdefault(name, []).append(entry)
    return {name: tuple(members) for name, members in found.items()}


def _groups(
    names: Iterable[str],
    found: Mapping[str, tuple[Entry, ...]],
    path: Callable[[str], str],
    intro: Callable[[str], str],
) -> list[_Group]:
    groups: list[_Group] = []
    files: set[str] = set()
    for name in names:
        folder = path(name).strip("/").partition("/")[0]
        file = _unused(f"{folder}/{slug(name)}", files)
        groups.append(_Group(name, path(name), file, intro(name), found[name]))
    return groups


def _button(target: str) -> str:
    made = link("Try it in Splunk", target)
    return f"{made}{{: .btn .btn--success}}" if made.startswith("[") else ""


def _macro_values(item: Macro, links: Links) -> tuple[str, str, str, str, str]:
    name = f"{item.name}({', '.join(item.arguments)})" if item.arguments else item.name
    return (
        plain(name),
        anchor("macro", item.name),
        prose(item.description),
        fenced(item.definition),
        links.source(item.path),
    )


def _lookup_values(item: Lookup, links: Links, data: Mapping[str, bytes]) -> tuple[str, str, str, str, str]:
    columns = facts.columns(item, data)
    text = f"Columns: {plain(', '.join(columns))}" if columns else ""
    return (plain(item.name), anchor("lookup", item.name), prose(item.description), text, links.source(item.path))
