"""Where pages link to: the configured targets, else the generated site's own pages.

Own paths begin with `/` and end with `/`, as Jekyll's `permalink` gives them; `docs.site_url` comes before them in links.
Placeholders are replaced as text (not by `str.format`, which would reach into objects), percent-encoded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.render.docs.escape import link, percent, plain, segment, slug, url

if TYPE_CHECKING:
    from generator.content.config import DocsConfig
    from generator.content.model import ContentObject, Lookup, Macro


class Links:
    """Makes the links of one pack's pages. `detection_paths` gives each detection's own page by file path."""

    __slots__ = ("_config", "_detection_paths", "_made", "_site")

    def __init__(self, config: DocsConfig, detection_paths: dict[str, str]) -> None:
        """Bind the configuration and the paths of the detections' pages."""
        self._config = config
        self._detection_paths = detection_paths
        self._site = config.site_url.rstrip("/")
        self._made: dict[tuple[str, str], str] = {}

    def own(self, label: str, path: str) -> str:
        """Link to a page of the site."""
        return link(label, f"{self._site}{path}")

    def detection(self, item: ContentObject) -> str:
        """Link to a detection's page."""
        return self.own(item.name or item.path, self._detection_paths[item.path])

    def story(self, name: str) -> str:
        """Link to a story's page."""
        return self._once("story", name, "", story_path(name))

    def type(self, name: str) -> str:
        """Link to the explanation of a detection type."""
        return self._once("type", name, self._config.type_url, type_path(name))

    def tactic(self, name: str) -> str:
        """Link to the page of a tactic."""
        return self._once("tactic", name, "", tactic_path(name))

    def datamodel(self, name: str) -> str:
        """Link to the documentation of a data model."""
        return self._once(
            "datamodel", name, self._config.datamodel_url, datamodel_path(name), short=name.replace("_", "")
        )

    def technique(self, technique_id: str) -> str:
        """Link to a technique; a sub-technique's ID becomes two path segments."""
        key = ("technique", technique_id)
        if key not in self._made:
            target = _filled(self._config.technique_url, path=technique_id.replace(".", "/"), name=technique_id)
            self._made[key] = link(technique_id, target)
        return self._made[key]

    def cve(self, name: str) -> str:
        """Link to a vulnerability."""
        return link(name, _filled(self._config.cve_url, name=name))

    def macro(self, item: Macro) -> str:
        """Link to a macro's file, else to its entry in the site's list."""
        return self._once(
            "macro", item.name, self._config.macro_url, f"/macros/#{anchor('macro', item.name)}", path=item.path
        )

    def lookup(self, item: Lookup) -> str:
        """Link to a lookup's file, else to its entry in the site's list; its data too where there is a link for it."""
        text = self._once(
            "lookup", item.name, self._config.lookup_url, f"/lookups/#{anchor('lookup', item.name)}", path=item.path
        )
        if item.data_path and self._config.data_url:
            data = link("data", _filled(self._config.data_url, path=item.data_path, name=item.name))
            return f"{text} with {data}"
        return text

    def source(self, path: str) -> str:
        """Link to the file that a page was made from; without a configured target only its path is shown."""
        target = url(_filled(self._config.source_url, path=path)) if self._config.source_url else None
        return f"[*source*]({target})" if target else f"*source*: {plain(path)}"

    def _once(self, kind: str, name: str, configured: str, own: str, *, short: str = "", path: str = "") -> str:
        key = (kind, name)
        if key not in self._made:
            target = (
                _filled(configured, name=name, slug=short or slug(name), path=path)
                if configured
                else f"{self._site}{own}"
            )
            self._made[key] = link(name, target)
        return self._made[key]


def anchor(kind: str, name: str) -> str:
    """Return the HTML ID of a macro or lookup in its list. kramdown wants a letter first and no dots."""
    return f"{kind}-{segment(name).replace('.', '-')}"


def story_path(name: str) -> str:
    """Return the path of a story's page in the site."""
    return f"/stories/{percent(slug(name))}/"


def type_path(name: str) -> str:
    """Return the path of a detection type's page in the site."""
    return f"/types/{percent(slug(name))}/"


def tactic_path(name: str) -> str:
    """Return the path of a tactic's page in the site."""
    return f"/tactics/{percent(slug(name))}/"


def datamodel_path(name: str) -> str:
    """Return the path of a data model's page in the site."""
    return f"/datamodels/{percent(slug(name))}/"


def _filled(template: str, **values: str) -> str:
    for key, value in values.items():
        template = template.replace("{" + key + "}", percent(value))
    return template
