"""All outputs together: a pack and its inputs become the app's files.

Order of precedence for one path: what is rendered from content wins over the app template (as in contentctl), except
a view of the template's, which stays (a board of that name would be a mistake of the pack).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.apptree import AppTree
from generator.base.diagnostics import ConfigError
from generator.base.frozen import dataclass
from generator.content.legacy import with_legacy
from generator.content.model import ConfStyle
from generator.render import (
    analyticstories,
    app_conf,
    collections,
    dashboards,
    investigations,
    lookups,
    macros,
    savedsearches,
    static,
    transforms,
)
from generator.render.api import render_api
from generator.render.context import RenderContext
from generator.render.navigator import render_navigator

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from generator.content.model import Pack
    from generator.knowledge.attack import Attack
    from generator.render.confwrite import Written
    from generator.render.derived import KillChain
    from generator.render.inputs import RenderInputs


Rest = tuple[dict[str, bytes], dict[str, bytes]]
"""Files of the app but the saved searches and what is told by the set of files; files beside the app."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a build writes: the app, and the files beside it by path (the ATT&CK layer, the API where it is wanted).

    `unproven` is the file of the app that is still to be read back before it is written: that takes a while, and can be
    done beside other work.
    """

    tree: AppTree
    beside: dict[str, bytes]
    unproven: Written


def render_app(
    pack: Pack,
    inputs: RenderInputs,
    *,
    attack: KillChain | None = None,
    skip: AbstractSet[str] = frozenset(),
) -> AppTree:
    """Return the app that the pack becomes.

    Args:
        pack: the content, with its configuration (`pack.config.conf_style` chooses the keys).
        inputs: the files beside the content, from `read_inputs`.
        attack: an ATT&CK table. The V6 style then has kill chain phases; the older styles never have, as their tools
            leave them out unless they are given two other repositories.
        skip: paths of content files to leave out (those that cannot be rendered, with `--keep-going`).

    Raises:
        ConfigError: the configuration has no app id.
        UnrenderableContentError: one piece of content cannot be rendered; `error.path` in `skip` leaves it out.
        GeneratorError: a conf file would not read back as meant; names file, stanza and key.
    """
    context = _context(pack, inputs, attack, skip)
    searches = savedsearches.render(context)
    searches.read_back()
    return _tree(context, _others(context), searches.data)


def render_build(
    pack: Pack,
    inputs: RenderInputs,
    *,
    attack: Attack,
    skip: AbstractSet[str] = frozenset(),
    rest: Callable[[], Rest] | None = None,
) -> Rendered:
    """Return what a build writes. Arguments and errors are those of `render_app`.

    The saved searches are half of the work: `rest` gives what `render_rest` does, where that is made elsewhere; it is asked
    when the saved searches are rendered.
    """
    context = _context(pack, inputs, attack, skip)
    searches = savedsearches.render(context)
    others, files = rest() if rest is not None else render_rest(pack, inputs, attack=attack, skip=skip)
    return Rendered(_tree(context, others, searches.data), files, searches)


def render_rest(pack: Pack, inputs: RenderInputs, *, attack: Attack, skip: AbstractSet[str] = frozenset()) -> Rest:
    """Return the part of `render_build` that is not saved searches. Arguments and errors are those of `render_app`."""
    context = _context(pack, inputs, attack, skip)
    files = {"reporting/coverage.json": render_navigator(pack, attack_version=attack.version, skip=skip)}
    if pack.config.build_api:
        api = render_api(pack, inputs, attack=attack, skip=skip)
        files |= {f"api/{name}": data for name, data in api.items()}
    return _others(context), files


def _context(pack: Pack, inputs: RenderInputs, attack: KillChain | None, skip: AbstractSet[str]) -> RenderContext:
    if not pack.config.app.id:
        raise ConfigError("the configuration has no app id; set `app.id` in contentpack.yml")
    used = attack if pack.config.conf_style is ConfStyle.V6 else None
    return RenderContext(with_legacy(pack), inputs, used, skip)


def _tree(context: RenderContext, others: dict[str, bytes], searches: bytes) -> AppTree:
    """Add the saved searches and what is told by the set of files."""
    files = {**others, "default/savedsearches.conf": searches}
    files["default/server.conf"] = app_conf.render_server(context, files)
    files["app.manifest"] = app_conf.render_manifest(context, files)
    files.pop("default/app.conf", None)
    files["default/app.conf"] = app_conf.render_app_conf(context, files)
    app = context.pack.config.app
    return AppTree(app.id, app.version, dict(sorted(files.items())))


def _others(context: RenderContext) -> dict[str, bytes]:
    """Return all files but the saved searches and what is told by the set of files."""
    files = static.render(context)
    files.update(dashboards.render(context))
    files.update(lookups.render(context))
    files["default/macros.conf"] = macros.render(context)
    files["default/transforms.conf"] = transforms.render(context)
    files["default/analyticstories.conf"] = analyticstories.render(context)
    files["default/content-version.conf"] = app_conf.render_content_version(context)
    table = collections.render(context)
    if table is not None:
        files["default/collections.conf"] = table
    else:
        files.pop("default/collections.conf", None)
    if context.style is not ConfStyle.V6:
        files["default/es_investigations.conf"] = investigations.render_tokens(context)
        files["default/workflow_actions.conf"] = investigations.render_actions(context)
        files.update(investigations.render_panels(context))
    else:
        files["default/distsearch.conf"] = app_conf.render_distsearch(context)
    files["metadata/default.meta"] = app_conf.render_meta(context)
    if "default/data/ui/nav/default.xml" not in files:
        files["default/data/ui/nav/default.xml"] = app_conf.nav(files)
    if not any(path.upper().startswith("README") and "/" not in path for path in files):
        files["README.md"] = static.readme(context)
    return files
