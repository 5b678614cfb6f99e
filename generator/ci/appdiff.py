"""Two states of a pack become two rendered apps, and these what changes in Splunk.

What is compared are the files that Splunk gets, not the YAML: a comment is no change, a schedule's file changes every
search that uses it. The older state is taken from git's objects into a temporary folder; the worktree stays as it is.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from generator.base.apptree import AppTree
from generator.base.diagnostics import ConfigError, RepositoryError
from generator.base.frozen import dataclass
from generator.base.parallel import fork_map
from generator.ci.basepack import base_pack, concerned, left_out
from generator.ci.checkout import write_commit
from generator.ci.diffmodel import AppDiff, Bump, FileDiff, StanzaChange, VersionLag, What
from generator.ci.stanzas import DERIVED, MACROS, SEARCHES, compare, conf_files
from generator.ci.tables import compare_tables
from generator.ci.workload import workload
from generator.content import history
from generator.content.config import load_config
from generator.content.load import assemble, expected_dialect, list_files, pack_dialect, read_document
from generator.content.model import Detection
from generator.knowledge.conf import parse_conf
from generator.render import RenderInputs, UnrenderableContentError, read_inputs, render_app
from generator.render.context import RenderContext
from generator.render.savedsearches import FBD_PATH
from generator.rules.det.substance import VERSIONED, substance, version_of
from generator.rules.run import attack_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from generator.ci.diffmodel import TableChange
    from generator.content.load import LoadedDocument
    from generator.content.model import Baseline, Pack
    from generator.knowledge.attack import Attack
    from generator.rules.run import Validation

STORIES = "default/analyticstories.conf"
TRANSFORMS = "default/transforms.conf"
APP_CONF = "default/app.conf"

#: Files whose changes follow from those of others: when and by what the app was built, lists of its files.
_DERIVED_FILES = DERIVED | {"README.md", "app.manifest"}


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One state of a pack: the app that it becomes, and content that could not be rendered (path to reason).

    `partial` says that content is missing in the app which is the same on the other side.
    """

    name: str
    pack: Pack
    attack: Attack
    inputs: RenderInputs
    tree: AppTree
    skipped: Mapping[str, str]
    partial: bool = False


def side_of_commit(root: Path, commit: str, name: str, known: Mapping[str, LoadedDocument] | None = None) -> Side:
    """Render the pack as it was at a commit. `known` are content files that are the same there, already loaded.

    Raises:
        RepositoryError: git cannot give the files, or there is no room for them.
        GeneratorError: the app cannot be rendered.
    """
    with tempfile.TemporaryDirectory(prefix="contentpack-") as place:
        folder = Path(place)
        write_commit(root, commit, folder, known.keys() if known else frozenset())
        return side_of_folder(folder, name, known)[0]


def side_of_folder(
    root: Path, name: str, known: Mapping[str, LoadedDocument] | None = None
) -> tuple[Side, Mapping[str, LoadedDocument]]:
    """Render a pack that lies in a folder; return it with its loaded content files by path.

    Raises:
        RepositoryError: the folder cannot be read.
        GeneratorError: the app cannot be rendered.
    """
    listing = list_files(root)
    config, problems = load_config(root)
    loaded = {path: known[path] for path in listing.documents if path in known} if known else {}
    missing = [path for path in listing.documents if path not in loaded]
    expected = pack_dialect(loaded.values()) or expected_dialect(root, missing)
    found = fork_map(lambda path: read_document(root, path, expected), missing)
    loaded |= zip(missing, found, strict=True)
    pack = assemble(root, loaded.values(), listing, config=config, problems=problems)
    return side_of_pack(pack, read_inputs(root, pack), attack_of(root, config, listing.files)[0], name), loaded


def side_of_pack(
    pack: Pack, inputs: RenderInputs, attack: Attack, name: str, without: AbstractSet[str] = frozenset()
) -> Side:
    """Render a loaded pack; content that cannot be rendered is left out and told. Without an app id the app is empty.

    Args:
        pack: the content.
        inputs: the files beside it.
        attack: the ATT&CK table.
        name: what a person calls this state.
        without: paths of content that is the same on the other side and need not be rendered.

    Raises:
        GeneratorError: the app cannot be rendered.
    """
    skipped: dict[str, str] = {}
    while True:
        try:
            tree = render_app(pack, inputs, attack=attack, skip={*without, *skipped})
            break
        except UnrenderableContentError as error:
            if error.path in skipped:
                raise
            skipped[error.path] = str(error)
        except ConfigError as error:
            if pack.config.app.id:
                raise
            # The pack was not there yet (or is no longer): all of the other side is new (or gone).
            skipped[""] = str(error)
            tree = AppTree("", "")
            break
    return Side(name, pack, attack, inputs, tree, skipped, bool(without))


def whole(side: Side) -> Side:
    """Return a side of which nothing is left out: what is missing only by mistake must not count as removed.

    Raises:
        ConfigError: there is no app, or content that cannot be read or rendered.
    """
    for path, reason in side.skipped.items():
        raise ConfigError(f"{side.name}: {path or 'there is no app'}: {reason}")
    for path in sorted(side.pack.unread):
        raise ConfigError(f"{side.name}: {path} cannot be read; `contentpack validate` says why")
    return side


def sides_of_change(root: Path, checked: Validation) -> tuple[Side, Side] | None:
    """Render as much of both sides of a change as can differ, base and head; None where there is no base.

    Raises:
        RepositoryError: git cannot give the base's files, or a data file cannot be read.
        GeneratorError: one of the apps cannot be rendered.
    """
    change, base = checked.change, checked.base
    if change is None or base is None:
        return None
    pack, attack, loaded = checked.analyzed.pack, checked.attack, checked.loaded
    inputs = read_inputs(root, pack)
    if change.everything:
        gone = {each.old_path for each in change.changes}
        known = {path: document for path, document in loaded.items() if path not in gone}
        return side_of_commit(root, base, base[:12], known), side_of_pack(pack, inputs, attack, "this change")
    old = base_pack(root, base, change, loaded, inputs)
    kept = concerned(change, old.pack, pack)
    return (
        side_of_pack(old.pack, old.inputs, attack, base[:12], left_out(old.pack, kept)),
        side_of_pack(pack, inputs, attack, "this change", left_out(pack, kept)),
    )


def diff(before: Side, after: Side) -> AppDiff:
    """Compare two rendered apps. Pure.

    Of changes that follow from others (manifest, list of contents) nothing is said.
    """
    old, new = conf_files(before.tree), conf_files(after.tree)
    stanzas = tuple(
        change
        for change in compare(old, new, (_origins(before), _origins(after)))
        if change.file != APP_CONF or _matters(change)
    )
    tables = tuple(_tables(before, after, old.get(TRANSFORMS, {}), new.get(TRANSFORMS, {})))
    files = tuple(_files(before.tree, after.tree, {table.file for table in tables}))
    searches = schedules(before), schedules(after)
    gained, lost = _coverage(before, after)
    return AppDiff(
        before=before.name,
        after=after.name,
        app_id=after.tree.app_id or before.tree.app_id,
        version_before=before.tree.version,
        version_after=after.tree.version,
        stanzas=stanzas,
        tables=tables,
        files=files,
        workload=(workload(searches[0]), workload(searches[1])),
        enabled_workload=(workload(searches[0], enabled_only=True), workload(searches[1], enabled_only=True)),
        gained=gained,
        lost=lost,
        lags=tuple(version_lags(before.pack, after.pack)),
        bump=_bump(before, after, stanzas, tables, files),
        notes=tuple(_notes(before, after)),
    )


def diff_revisions(root: Path, base: str, head: str | None, names: tuple[str, str]) -> AppDiff:
    """Compare two commits, or a commit and the worktree (`head` None).

    Raises:
        RepositoryError: git cannot give the files, or a folder cannot be read or written.
        GeneratorError: one of the apps cannot be rendered.
    """
    changed = {change.old_path for change in history.changes(root, base, head)}
    if head is None:
        after, loaded = side_of_folder(root, names[1])
        known = {path: document for path, document in loaded.items() if path not in changed}
        before = side_of_commit(root, base, names[0], known)
    else:
        after, before = side_of_commit(root, head, names[1]), side_of_commit(root, base, names[0])
    if not before.pack.objects() and not after.pack.objects():
        raise RepositoryError(f"{root} holds no content pack, neither at {names[0]} nor at {names[1]}")
    return diff(before, after)


def schedules(side: Side) -> dict[str, dict[str, str]]:
    """Return what the scheduler sees of every search of a pack, whether or not it is rendered: its stanza's keys about that."""
    pack = side.pack
    context = RenderContext(pack, side.inputs, None, side.skipped.keys())
    found: dict[str, dict[str, str]] = {}
    items: tuple[Detection | Baseline, ...] = (*context.detections, *context.baselines)
    for item in items:
        schedule = context.scheduling(item)
        found[context.stanza(item)] = {
            "cron_schedule": schedule.cron_schedule,
            "dispatch.earliest_time": schedule.earliest_time,
            "dispatch.latest_time": schedule.latest_time,
            "disabled": "0" if isinstance(item, Detection) and item.enabled_by_default else "1",
        }
    data = side.inputs.data.get(FBD_PATH)
    if data is not None:
        for name, values in parse_conf(data, FBD_PATH).values().items():
            found[name] = dict(values)
    return found


def _origins(side: Side) -> dict[tuple[str, str], tuple[str, str]]:
    """Return for a stanza the identity of the content that it comes from, and that content's path."""
    pack = side.pack
    context = RenderContext(pack, RenderInputs(), None, side.skipped.keys())
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for item in (*pack.investigations, *pack.baselines, *pack.detections):
        origin = (f"{item.kind} {item.id}" if item.id else "", item.path)
        found[SEARCHES, context.stanza(item)] = origin
        found[STORIES, f"savedsearch://{context.stanza(item)}"] = origin
    for macro in pack.macros:
        name = f"{macro.name}({len(macro.arguments)})" if macro.arguments else macro.name
        found[MACROS, name] = (f"macro {macro.id}" if macro.id else "", macro.path)
    for detection in pack.detections:
        found.setdefault(
            (MACROS, detection.filter_macro), (f"filter {detection.id}" if detection.id else "", detection.path)
        )
    for lookup in pack.lookups:
        found[TRANSFORMS, lookup.name] = (f"lookup {lookup.id}" if lookup.id else "", lookup.path)
    for story in pack.stories:
        found[STORIES, f"analytic_story://{story.name}"] = (
            f"story {story.id}" if story.id else "",
            story.path,
        )
    return found


def _matters(change: StanzaChange) -> bool:
    """Whether a stanza of app.conf says more than when the app was built."""
    return any(key.key != "build" for key in change.keys)


def _tables(
    before: Side, after: Side, old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]
) -> Iterator[TableChange]:
    """Yield lookups whose table differs; a table belongs to its lookup, whatever its file is called (dates in names)."""
    seen: set[str] = set()
    for name in sorted({*old, *new}):
        files = [f"lookups/{side.get(name, {}).get('filename', '')}" for side in (old, new)]
        if not any(file.endswith(".csv") for file in files):
            continue
        seen.update(files)
        found = compare_tables(name, files[1], before.tree.files.get(files[0]), after.tree.files.get(files[1]))
        if found is not None:
            yield found
    for file in sorted({*before.tree.files, *after.tree.files}):
        if file.startswith("lookups/") and file.endswith(".csv") and file not in seen:
            found = compare_tables(file[8:-4], file, before.tree.files.get(file), after.tree.files.get(file))
            if found is not None:
                yield found


def _files(before: AppTree, after: AppTree, told: set[str]) -> Iterator[FileDiff]:
    for file in sorted({*before.files, *after.files}):
        if file in told or file in _DERIVED_FILES or file.endswith((".conf", ".meta")):
            continue
        old, new = before.files.get(file), after.files.get(file)
        if old == new or (file.startswith("lookups/") and file.endswith(".csv")):
            continue
        what = What.NEW if old is None else What.GONE if new is None else What.CHANGED
        yield FileDiff(file, what, None if old is None else len(old), None if new is None else len(new))


def _coverage(before: Side, after: Side) -> tuple[dict[str, str], dict[str, str]]:
    old, new = set(_techniques(before)), set(_techniques(after))

    def named(ids: Iterable[str], side: Side) -> dict[str, str]:
        known = side.attack.techniques
        return {each: known[each].name if each in known else "" for each in sorted(ids)}

    return named(new - old, after), named(old - new, before)


def _techniques(side: Side) -> Iterator[str]:
    for detection in side.pack.detections:
        if detection.path not in side.skipped and detection.status not in {"deprecated", "removed"}:
            yield from detection.mitre_attack_id


def version_lags(before: Pack, after: Pack) -> Iterator[VersionLag]:
    """Yield content that says something else than before under the same version (found again by its id, else its path)."""
    by_id = {(item.kind, item.id): item for item in before.objects() if item.id}
    by_path = {item.path: item for item in before.objects()}
    for item in after.objects():
        if item.kind not in VERSIONED:
            continue
        old = by_id.get((item.kind, item.id)) or by_path.get(item.path)
        if old is None or old.kind is not item.kind or old.document.text == item.document.text:
            continue
        was, now = version_of(old.document), version_of(item.document)
        if was is None or now is None or now > was:
            continue
        if substance(old.document.data) != substance(item.document.data):
            yield VersionLag(item.path, item.name, item.kind.value, was)


def _bump(
    before: Side,
    after: Side,
    stanzas: Iterable[StanzaChange],
    tables: Iterable[TableChange],
    files: Sequence[FileDiff],
) -> Bump:
    """Return by how much the app's version should rise.

    Major where something goes or is renamed that others may use (a local override, another app, a dashboard): a search, a
    macro, a lookup, the app. Minor where something is new or a search finds something else. Patch for the rest.
    """
    level = 0
    if before.tree.app_id and after.tree.app_id and before.tree.app_id != after.tree.app_id:
        level = 3
    for change in stanzas:
        if change.file == APP_CONF and all(key.key == "version" for key in change.keys):
            continue
        used = change.group in {"search", "macro", "lookup", "collection"}
        if used and change.what in {What.GONE, What.RENAMED}:
            level = max(level, 3)
        elif change.what is What.NEW or change.enabled is not None or any(key.spl for key in change.keys):
            level = max(level, 2)
        else:
            level = max(level, 1)
    for table in tables:
        level = max(level, 2 if table.what is What.NEW or table.columns_before != table.columns_after else 1)
    level = max(level, 1 if files else 0)
    return (Bump.NONE, Bump.PATCH, Bump.MINOR, Bump.MAJOR)[level]


def _notes(before: Side, after: Side) -> Iterator[str]:
    for side in (before, after):
        for path, reason in side.skipped.items():
            if path:
                yield f"{side.name}: {path} cannot be rendered and is left out: {reason}"
            else:
                yield f"{side.name}: there is no app: {reason}"
        for path in sorted(side.pack.unread):
            yield f"{side.name}: {path} cannot be read, so what is in it is missing here"
