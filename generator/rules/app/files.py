"""The rendered app as the rules see it: its conf files parsed, and for each place the file that a person can change.

What was rendered from content leads back to the content; what came from the app template leads to its file there; the rest
stays a path below the app's folder.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from generator.base.source import SourceFile, Span
from generator.knowledge.conf import ConfFile, parse_conf
from generator.rules.base import Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.base.apptree import AppTree
    from generator.base.diagnostics import Severity
    from generator.content.model import ContentObject, Pack
    from generator.rules.base import AppContext

TEMPLATE = "app_template"
_ARITY = re.compile(r"\(\d+\)\Z")
_DATE = re.compile(r"_\d{8}(\.\w+)\Z")
_CONF = re.compile(r"default/[^/]+\.conf")
_RENDERED = frozenset(
    {
        "app.manifest",
        "default/analyticstories.conf",
        "default/app.conf",
        "default/collections.conf",
        "default/content-version.conf",
        "default/es_investigations.conf",
        "default/macros.conf",
        "default/savedsearches.conf",
        "default/transforms.conf",
        "default/workflow_actions.conf",
    }
)
"""Files of which nothing from the app template is left."""


def text_of(app: AppTree, path: str) -> str:
    """Return a file's text; what is no UTF-8 is replaced."""
    return app.files[path].decode("utf-8", errors="replace")


def conf(ctx: AppContext, name: str) -> ConfFile | None:
    """Return `default/<name>.conf` parsed, None when the app has none."""
    path = f"default/{name}.conf"
    return parsed(ctx, path) if path in ctx.app.files else None


def conf_paths(app: AppTree) -> Iterator[str]:
    """Yield the paths of the app's conf files, sorted, `metadata/default.meta` last."""
    yield from (path for path in sorted(app.files) if _CONF.fullmatch(path))
    if "metadata/default.meta" in app.files:
        yield "metadata/default.meta"


def parsed(ctx: AppContext, path: str) -> ConfFile:
    """Return any of the app's conf files parsed, each once."""
    found = ctx.confs.get(path)
    if found is None:
        found = ctx.confs[path] = parse_conf(ctx.app.files[path], path)
    return found


def source_path(ctx: AppContext, path: str) -> str:
    """Return the path that a person knows a file of the app by."""
    template = f"{TEMPLATE}/{path}"
    if template in ctx.pack.files and path not in _RENDERED:
        return template
    return f"{ctx.app.app_id}/{path}"


def place(ctx: AppContext, path: str, line: int = 1, col: int = 1) -> Span:
    """Return a place in a file of the app."""
    return Span(source_path(ctx, path), line, col, line, col)


def span_in(ctx: AppContext, path: str, text: str, start: int, end: int) -> Span:
    """Return a range of a file of the app; of a lookup's table or a board, that of the pack's file."""
    owner = data_owner(ctx.pack, path)
    return SourceFile(owner or source_path(ctx, path), text).span(start, end)


def data_owner(pack: Pack, path: str) -> str | None:
    """Return the pack's data file that a file of the app is a copy of (rendering may add a date), None for all others."""
    if not path.startswith("lookups/"):
        return None
    name = path.removeprefix("lookups/")
    names = {name, _DATE.sub(r"\1", name)}
    return next((x.data_path for x in pack.lookups if x.data_path and x.data_path.rpartition("/")[2] in names), None)


class _Key:
    """A pack as a key of the cache: the very same one, since its records cannot be hashed."""

    __slots__ = ("pack",)

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.pack is self.pack

    def __hash__(self) -> int:
        return id(self.pack)


@lru_cache(maxsize=2)
def _by_name(key: _Key) -> Mapping[str, ContentObject]:
    pack = key.pack
    found: dict[str, ContentObject] = {}
    for item in pack.objects():
        found.setdefault(item.name, item)
    for detection in pack.detections:
        found.setdefault(detection.filter_macro, detection)
    return found


def owner_of(pack: Pack, stanza: str) -> ContentObject | None:
    """Return the content that a stanza was rendered from, None when it is the template's."""
    known = _by_name(_Key(pack))
    name = _ARITY.sub("", stanza.rpartition("://")[2]).removesuffix(" - Rule")
    return known.get(name) or known.get(name.partition(" - ")[2])


def about_app(
    ctx: AppContext, keys: tuple[str, ...], message: str, hint: str, severity: Severity | None = None
) -> Found:
    """Return a finding about a setting of the app, at the first of these keys that the configuration has."""
    document = ctx.pack.config.document
    if document is None:
        return Found(message=message, hint=hint, span=Span("contentpack.yml"), severity=severity)
    app = document.data.get("app")
    for key in keys:
        if isinstance(app, dict) and key in app:
            return Found(message=message, hint=hint, document=document, pointer=("app", key), severity=severity)
        if key in document.data:
            return Found(message=message, hint=hint, document=document, pointer=(key,), severity=severity)
    return Found(message=message, hint=hint, document=document, pointer=(), severity=severity)
