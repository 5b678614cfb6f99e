"""The pack as it was at the base, from the pack as it is: what did not change is taken over, what did comes from git's objects.

And which part of both has to be rendered to compare them: what the change touches. All else becomes the same stanzas on
both sides. Where the change touches everything, this is not used, and the base is written to a folder and read as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import RepositoryError
from generator.base.frozen import dataclass
from generator.content import history
from generator.content.config import CONFIG_FILES, config_of, load_config
from generator.content.dialects import FOLDERS
from generator.content.legacy import with_legacy
from generator.content.load import Listing, assemble, load_document, pack_dialect
from generator.content.model import Baseline, Detection, Investigation, Kind
from generator.render.inputs import MAX_FILE_BYTES, TEMPLATE_FOLDER, RenderInputs
from generator.render.savedsearches import FBD_PATH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from generator.analysis.dependencies import ChangeSet
    from generator.content.load import LoadedDocument
    from generator.content.model import Pack

_RENDERED = frozenset({Kind.DETECTION, Kind.BASELINE, Kind.INVESTIGATION, Kind.MACRO, Kind.STORY, Kind.LOOKUP})


@dataclass(frozen=True, slots=True)
class BasePack:
    """A pack with what rendering reads besides."""

    pack: Pack
    inputs: RenderInputs


def base_pack(
    root: Path, base: str, change: ChangeSet, loaded: Mapping[str, LoadedDocument], now: RenderInputs
) -> BasePack:
    """Return the pack as it was at a commit.

    Args:
        root: the pack.
        base: the commit that `change` is compared with.
        change: what changed; it must not touch everything.
        loaded: the content files as they are now, by path.
        now: the files beside the content as they are now.

    Raises:
        RepositoryError: git cannot give a file, or one is too large.
    """
    gone = {each.path for each in change.changes}
    wanted = {each.old_path for each in change.changes if each.old_path}
    documents = {path: document for path, document in loaded.items() if path not in gone}
    expected = pack_dialect(documents.values())
    config, problems = load_config(root)
    data: dict[str, bytes] = {}
    visible = {path for path in wanted if not any(part.startswith(".") for part in path.split("/"))}
    for blob, raw in history.contents(root, history.plain_files_at(root, base, visible), MAX_FILE_BYTES):
        if raw is None:
            raise RepositoryError(f"{blob.path} of {base[:12]} has more than {MAX_FILE_BYTES // 1024 // 1024} MiB")
        if blob.path.partition("/")[0] in FOLDERS and blob.path.lower().endswith((".yml", ".yaml")):
            documents[blob.path] = load_document(blob.path, raw, expected)
        elif blob.path in CONFIG_FILES:
            config, problems = config_of(blob.path, raw)
        else:
            data[blob.path] = raw
    pack = assemble(root, documents.values(), Listing((), {}), config=config, problems=problems)
    return BasePack(pack, _inputs(pack, now, gone, data))


def _inputs(pack: Pack, now: RenderInputs, gone: set[str], data: Mapping[str, bytes]) -> RenderInputs:
    prefix = f"{TEMPLATE_FOLDER}/"
    static = {path: raw for path, raw in now.static.items() if f"{prefix}{path}" not in gone}
    static |= {path.removeprefix(prefix): raw for path, raw in data.items() if path.startswith(prefix)}
    named = {lookup.data_path for lookup in pack.lookups if lookup.data_path}
    named |= {dashboard.json_path for dashboard in pack.dashboards if dashboard.json_path} | {FBD_PATH}
    kept = {path: raw for path, raw in now.data.items() if path in named and path not in gone}
    return RenderInputs(dict(sorted(static.items())), kept | {path: raw for path, raw in data.items() if path in named})


def left_out(pack: Pack, kept: frozenset[str]) -> frozenset[str]:
    """Return the paths of the content that need not be rendered, when `kept` is."""
    return frozenset(item.path for item in pack.objects() if item.kind in _RENDERED and item.path not in kept)


def concerned(change: ChangeSet, before: Pack, after: Pack) -> frozenset[str]:
    """Return the paths of the content of which a stanza could differ.

    What is touched, on both sides; the stories of a touched search with all their searches, since a story's stanza lists
    them; and the filter macro of each, which would else be made as if there was no file for it.
    """
    found = {each.path for each in change.touched}
    found |= {path for each in change.changes for path in (each.path, each.old_path) if path}
    stories: set[str] = set()
    for pack in (before, after):
        stories |= {story.name for story in pack.stories if story.path in found}
        stories |= {name for item in _searches(pack) if item.path in found for name in item.analytic_story}
    filters: set[str] = set()
    for pack in (before, after):
        found |= {story.path for story in pack.stories if story.name in stories}
        found |= {item.path for item in _searches(pack) if not stories.isdisjoint(item.analytic_story)}
        filters |= {item.filter_macro for item in pack.detections if item.path in found}
    for pack in (before, after):
        found |= {macro.path for macro in pack.macros if macro.name in filters}
    return frozenset(found)


def _searches(pack: Pack) -> Iterator[Detection | Baseline | Investigation]:
    pack = with_legacy(pack)  # whose stories are those that the app lists
    yield from pack.detections
    yield from pack.baselines
    yield from pack.investigations
