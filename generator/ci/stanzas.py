"""Two versions of the app's `.conf` files become the stanzas that differ, with the keys that differ and no others.

A stanza whose name went and one whose name came are one renamed stanza when they come from the same content (same id) or
say exactly the same. JSON inside a value is compared part by part: what changed in a risk object or an annotation is what
a reviewer wants to see, not two lines of 600 characters.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from generator.ci.diffmodel import KeyChange, StanzaChange, What
from generator.engine.values import read_bool
from generator.knowledge.conf import parse_conf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from generator.base.apptree import AppTree

    Stanzas = Mapping[str, Mapping[str, str]]
    Origins = tuple[Mapping[tuple[str, str], tuple[str, str]], Mapping[tuple[str, str], tuple[str, str]]]

SEARCHES = "default/savedsearches.conf"
MACROS = "default/macros.conf"

#: Files that say of themselves when and by whom they were built; their changes follow from the others.
DERIVED = frozenset({"default/content-version.conf", "default/server.conf", "app.manifest"})

_SPL_KEYS = {SEARCHES: "search", MACROS: "definition"}
_NAME_KEYS = ("risk_object_field", "threat_object_field", "name")
_MOST_PARTS = 200


def conf_files(tree: AppTree) -> dict[str, Stanzas]:
    """Read every `.conf` file (and `metadata/*.meta`) of an app: stanza to key to value by path."""
    return {
        path: parse_conf(data, path).values()
        for path, data in tree
        if path.endswith((".conf", ".meta")) and path not in DERIVED
    }


def compare(
    before: Mapping[str, Stanzas],
    after: Mapping[str, Stanzas],
    origins: Origins,
) -> Iterator[StanzaChange]:
    """Yield the stanzas that differ, by file and name.

    `origins` says of each side where a stanza (file, name) comes from: identity (`detection 3d2a…`) and path of the
    content file.
    """
    for file in sorted({*before, *after}):
        old, new = before.get(file, {}), after.get(file, {})
        yield from sorted(_compare(file, old, new, origins), key=lambda change: change.name)


def _compare(
    file: str,
    before: Stanzas,
    after: Stanzas,
    origins: Origins,
) -> Iterator[StanzaChange]:
    gone = [name for name in before if name not in after]
    came = [name for name in after if name not in before]
    renamed = _renamed(file, [(name, before[name]) for name in gone], [(name, after[name]) for name in came], origins)
    for name in after:
        path = origins[1].get((file, name), ("", ""))[1]
        if name in before:
            if before[name] != after[name]:
                yield _changed(file, (name, name), (before[name], after[name]), path)
        elif name in renamed:
            yield _changed(file, (renamed[name], name), (before[renamed[name]], after[name]), path)
        else:
            yield StanzaChange(
                file,
                name,
                What.NEW,
                tuple(KeyChange(key, None, value, _is_spl(file, key)) for key, value in after[name].items()),
                path=path,
                enabled=_switched(file, None, after[name]),
            )
    taken = set(renamed.values())
    for name in gone:
        if name not in taken:
            yield StanzaChange(
                file,
                name,
                What.GONE,
                tuple(KeyChange(key, value, None, _is_spl(file, key)) for key, value in before[name].items()),
                path=origins[0].get((file, name), ("", ""))[1],
                enabled=_switched(file, before[name], None),
            )


def _renamed(
    file: str,
    gone: Sequence[tuple[str, Mapping[str, str]]],
    came: Sequence[tuple[str, Mapping[str, str]]],
    origins: Origins,
) -> dict[str, str]:
    """Return new name to old name."""
    identities = {origins[0].get((file, name), ("", ""))[0]: name for name, _ in reversed(gone)}
    identities.pop("", None)
    found: dict[str, str] = {}
    for name, _ in came:
        identity = origins[1].get((file, name), ("", ""))[0]
        old = identities.pop(identity, None) if identity else None
        if old is not None:
            found[name] = old
    same: dict[str, list[str]] = {}
    for name, values in gone:
        if name not in found.values() and len(values) > 1 and not origins[0].get((file, name), ("", ""))[0]:
            same.setdefault(repr(sorted(values.items())), []).append(name)
    for name, values in came:
        listed = same.get(repr(sorted(values.items()))) if name not in found else None
        if listed and len(listed) == 1:
            found[name] = listed.pop()
    return found


def _changed(
    file: str, names: tuple[str, str], values: tuple[Mapping[str, str], Mapping[str, str]], path: str
) -> StanzaChange:
    old, new = values
    keys = [
        change
        for key in dict.fromkeys((*old, *new))
        if old.get(key) != new.get(key)
        for change in key_changes(key, old.get(key), new.get(key), spl=_is_spl(file, key))
    ]
    what, old_name = (What.CHANGED, "") if names[0] == names[1] else (What.RENAMED, names[0])
    return StanzaChange(file, names[1], what, tuple(keys), old_name, path, _switched(file, old, new))


def key_changes(key: str, before: str | None, after: str | None, *, spl: bool = False) -> Iterator[KeyChange]:
    """Yield what differs in one key: the values, or of two JSON texts the parts that differ."""
    if not spl and before is not None and after is not None:
        old, new = _json(before), _json(after)
        if old is not None and new is not None and type(old) is type(new):
            parts = list(_parts(key, old, new))
            if 0 < len(parts) <= _MOST_PARTS:
                yield from parts
                return
    yield KeyChange(key, before, after, spl)


def _json(text: str) -> Any:  # noqa: ANN401 - JSON
    if text[:1] not in "[{" or not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _parts(key: str, before: Any, after: Any) -> Iterator[KeyChange]:  # noqa: ANN401 - JSON
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            yield from _parts(f"{key}.{name}", before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list):
        old, new = _by_name(before), _by_name(after)
        if old is not None and new is not None:
            yield from _parts(key, old, new)
        else:
            yield KeyChange(key, _shown([each for each in before if each not in after]), _shown(
                [each for each in after if each not in before]
            ))  # fmt: skip
    else:
        yield KeyChange(key, _shown(before), _shown(after))


def _by_name(listed: list[Any]) -> dict[str, Any] | None:
    """Return a list of objects that name what they are about by those names; None for any other list."""
    found: dict[str, Any] = {}
    for entry in listed:
        if not isinstance(entry, dict):
            return None
        name = next((str(entry[key]) for key in _NAME_KEYS if key in entry), None)
        if name is None or name in found:
            return None
        found[name] = entry
    return found


def _shown(value: Any) -> str | None:  # noqa: ANN401 - JSON
    if value is None or value == []:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def _is_spl(file: str, key: str) -> bool:
    return _SPL_KEYS.get(file) == key


def _switched(file: str, before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> bool | None:
    """Return whether a search is on now where it was not before (true), off where it was on (false), else None."""
    if file != SEARCHES:
        return None
    old, new = is_enabled(before), is_enabled(after)
    return None if old == new else new


def is_enabled(stanza: Mapping[str, str] | None) -> bool:
    """Whether a saved search runs: it is there and not disabled."""
    return stanza is not None and not read_bool(stanza.get("disabled"), default=False)
