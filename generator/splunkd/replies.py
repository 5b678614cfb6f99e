"""Answers as splunkd writes them: Atom feeds with a dictionary in each entry, the same as JSON, and messages.

Shapes: Splunk's REST API Reference, "Using the REST API reference", "Atom Feed response". In XML a Boolean is `1` or `0`, in JSON it
is one; lists and dictionaries nest.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

import orjson

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from generator.splunkd.call import Call

VERSION = "9.4.0"
"""The version of Splunk whose interface is followed."""
BUILD = "contentpack"

XML = "text/xml; charset=UTF-8"
JSON = "application/json; charset=UTF-8"
TEXT = "text/plain; charset=UTF-8"

Value: TypeAlias = "str | int | float | bool | Messages | Sequence[Value] | Mapping[str, Value] | None"


@dataclass(frozen=True, slots=True)
class Messages:
    """What a job has to say, as (type, text). JSON lists them, Atom gives a dictionary of texts by type, as splunkd does."""

    told: tuple[tuple[str, str], ...]

    def by_type(self) -> dict[str, Value]:
        """Return the texts by type in lower case."""
        found: dict[str, list[Value]] = {}
        for kind, text in self.told:
            found.setdefault(kind.lower(), []).append(text)
        return {**found}

    def listed(self) -> list[Value]:
        """Return one `type` and `text` each."""
        return [{"type": kind, "text": text} for kind, text in self.told]


_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent back; `stream` takes the place of `body`."""

    status: int = 200
    body: bytes = b""
    kind: str = XML
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: AsyncIterator[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """Whose an object is and who may use it. `sharing` is `user`, `app`, `global` or `system`."""

    owner: str = "nobody"
    app: str = "system"
    sharing: str = "system"
    read: tuple[str, ...] = ("*",)
    write: tuple[str, ...] = ("admin",)
    removable: bool = False


@dataclass(frozen=True, slots=True)
class Attributes:
    """The parameters that an endpoint takes (`eai:attributes`); wildcards are regular expressions."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    wildcard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One object: `path` is its collection's, without a namespace. `links` are what can be done with it."""

    name: str
    path: str
    content: Mapping[str, Value]
    access: Access = Access()
    links: tuple[str, ...] = ("list",)
    attributes: Attributes | None = None
    updated: float = 0.0
    address: str | None = None

    def href(self) -> str:
        """Return its address, without host."""
        if self.address is not None:
            return self.address
        owner = self.access.owner if self.access.sharing == "user" else "nobody"
        return f"/servicesNS/{segment(owner)}/{segment(self.access.app)}/{self.path}/{segment(self.name)}"


def segment(name: str) -> str:
    """Return a name as part of an address; a slash is encoded twice, as splunkd does."""
    return quote(name.replace("/", "%2F"), safe="")


def escape(text: str) -> str:
    """Return text for XML; characters that it cannot hold become `?`."""
    if _NOT_XML.search(text):
        text = _NOT_XML.sub("?", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def stamp(seconds: float) -> str:
    """Return a moment as `2026-10-27T13:30:00+00:00`."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).replace(microsecond=0).isoformat()


# --- messages --------------------------------------------------------------------------------------------------------


def message_reply(call_json: bool, status: int, text: str, kind: str = "ERROR") -> Reply:  # noqa: FBT001 - one of two formats
    """Return an answer that is a message."""
    if call_json:
        return Reply(status, orjson.dumps({"messages": [{"type": kind, "text": text}]}), JSON)
    body = f'{_HEAD}<response>\n  <messages>\n    <msg type="{kind}">{escape(text)}</msg>\n  </messages>\n</response>\n'
    return Reply(status, body.encode("utf-8", "replace"), XML)


def values_reply(call: Call, values: Mapping[str, str], status: int = 200) -> Reply:
    """Return an answer of plain values: `<response><sid>...</sid></response>`."""
    if call.json:
        return Reply(status, orjson.dumps(dict(values)), JSON)
    inner = "".join(f"  <{name}>{escape(value)}</{name}>\n" for name, value in values.items())
    return Reply(status, f"{_HEAD}<response>\n{inner}</response>\n".encode(), XML)


def text_reply(text: str, kind: str = TEXT, status: int = 200) -> Reply:
    """Return an answer that is text."""
    return Reply(status, text.encode("utf-8", "replace"), kind)


def json_reply(data: Any, status: int = 200) -> Reply:  # noqa: ANN401 - any JSON
    """Return an answer that is JSON whatever was asked for."""
    return Reply(status, orjson.dumps(data), JSON)


# --- feeds -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a collection is shown."""

    total: int
    per_page: int
    offset: int


def feed_reply(
    call: Call,
    entries: Iterable[Entry],
    *,
    page: Page | None = None,
    status: int = 200,
    links: Sequence[str] = (),
    now: float = 0.0,
    messages: Sequence[tuple[str, str]] = (),
) -> Reply:
    """Return a feed; `links` are those of the collection itself (`create`, `_reload`)."""
    shown = list(entries)
    if page is None:
        page = Page(len(shown), 30, 0)
    if call.json:
        return Reply(status, orjson.dumps(_json_feed(call, shown, page, links=links, now=now, messages=messages)), JSON)
    title = "/".join(call.path[-1:])
    path = _own_path(call)
    head = (
        f'{_HEAD}<feed xmlns="http://www.w3.org/2005/Atom" xmlns:s="http://dev.splunk.com/ns/rest" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"  <title>{escape(title)}</title>\n  <id>{escape(call.base + path)}</id>\n  <updated>{stamp(now)}</updated>\n"
        f'  <generator build="{BUILD}" version="{VERSION}"/>\n  <author>\n    <name>Splunk</name>\n  </author>\n'
    )
    parts = [head]
    parts += [f'  <link href="{escape(path)}/{_href_of(rel)}" rel="{rel}"/>\n' for rel in links]
    parts.append(
        f"  <opensearch:totalResults>{page.total}</opensearch:totalResults>\n"
        f"  <opensearch:itemsPerPage>{page.per_page}</opensearch:itemsPerPage>\n"
        f"  <opensearch:startIndex>{page.offset}</opensearch:startIndex>\n"
    )
    told = "".join(f'    <s:msg type="{kind}">{escape(text)}</s:msg>\n' for kind, text in messages)
    parts.append(f"  <s:messages>\n{told}  </s:messages>\n" if told else "  <s:messages/>\n")
    parts += [_xml_entry(entry, "  ", call.base) for entry in shown]
    parts.append("</feed>\n")
    return Reply(status, "".join(parts).encode("utf-8", "replace"), XML)


def entry_reply(call: Call, entry: Entry, *, status: int = 200, now: float = 0.0) -> Reply:
    """Return one entry as root, as jobs do; as JSON it is a feed of one."""
    if call.json:
        return feed_reply(call, [entry], status=status, now=now)
    text = _xml_entry(entry, "", call.base).replace(
        "<entry>", '<entry xmlns="http://www.w3.org/2005/Atom" xmlns:s="http://dev.splunk.com/ns/rest">', 1
    )
    return Reply(status, (_HEAD + text).encode("utf-8", "replace"), XML)


def _own_path(call: Call) -> str:
    begin = "/services" if call.owner is None else f"/servicesNS/{segment(call.owner)}/{segment(call.app or '-')}"
    return f"{begin}/{'/'.join(map(segment, call.path))}"


def _href_of(rel: str) -> str:
    return "_new" if rel == "create" else rel


def _link(entry: Entry, rel: str) -> str:
    href = entry.href()
    return href if rel in {"list", "edit", "remove", "alternate"} else f"{href}/{rel}"


def acl_of(access: Access) -> dict[str, Value]:
    """Return `eai:acl`."""
    return {
        "app": access.app,
        "can_change_perms": True,
        "can_list": True,
        "can_share_app": access.sharing != "system",
        "can_share_global": access.sharing != "system",
        "can_share_user": access.sharing != "system",
        "can_write": True,
        "modifiable": True,
        "owner": access.owner,
        "perms": None if access.sharing == "user" else {"read": list(access.read), "write": list(access.write)},
        "removable": access.removable,
        "sharing": access.sharing,
    }


def _xml_entry(entry: Entry, indent: str, base: str) -> str:
    content: dict[str, Value] = dict(entry.content)
    content["eai:acl"] = acl_of(entry.access)
    if entry.attributes is not None:
        content["eai:attributes"] = {
            "optionalFields": list(entry.attributes.optional),
            "requiredFields": list(entry.attributes.required),
            "wildcardFields": list(entry.attributes.wildcard),
        }
    href = entry.href()
    links = "".join(
        f'{indent}  <link href="{escape(_link(entry, rel))}" rel="{escape(rel)}"/>\n'
        for rel in ("alternate", *entry.links)
    )
    return (
        f"{indent}<entry>\n{indent}  <title>{escape(entry.name)}</title>\n{indent}  <id>{escape(base + href)}</id>\n"
        f"{indent}  <updated>{stamp(entry.updated)}</updated>\n{links}"
        f"{indent}  <author>\n{indent}    <name>{escape(entry.access.owner)}</name>\n{indent}  </author>\n"
        f'{indent}  <content type="text/xml">\n{_xml_value(content, indent + "    ")}{indent}  </content>\n{indent}</entry>\n'
    )


def _xml_value(value: Value, indent: str) -> str:
    if isinstance(value, Messages):
        value = value.by_type()
    if isinstance(value, Mapping):
        inner = "".join(
            f'{indent}  <s:key name="{escape(key)}">{_nested(item, indent + "  ")}</s:key>\n'
            for key, item in sorted(value.items())
        )
        return f"{indent}<s:dict>\n{inner}{indent}</s:dict>\n" if inner else f"{indent}<s:dict/>\n"
    if isinstance(value, Sequence) and not isinstance(value, str):
        inner = "".join(f"{indent}  <s:item>{_nested(item, indent + '  ')}</s:item>\n" for item in value)
        return f"{indent}<s:list>\n{inner}{indent}</s:list>\n" if inner else f"{indent}<s:list/>\n"
    return escape(_plain(value))


def _nested(value: Value, indent: str) -> str:
    text = _xml_value(value, indent + "  ")
    return text if value is None or isinstance(value, str | int | float | bool) else f"\n{text}{indent}"


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def _json_feed(
    call: Call,
    entries: Sequence[Entry],
    page: Page,
    *,
    links: Sequence[str],
    now: float,
    messages: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    path = _own_path(call)
    return {
        "links": {rel: f"{path}/{_href_of(rel)}" for rel in links},
        "origin": call.base + path,
        "updated": stamp(now),
        "generator": {"build": BUILD, "version": VERSION},
        "entry": [_json_entry(entry, call.base) for entry in entries],
        "paging": {"total": page.total, "perPage": page.per_page, "offset": page.offset},
        "messages": [{"type": kind, "text": text} for kind, text in messages],
    }


def _json_entry(entry: Entry, base: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": entry.name,
        "id": base + entry.href(),
        "updated": stamp(entry.updated),
        "links": {rel: _link(entry, rel) for rel in ("alternate", *entry.links)},
        "author": entry.access.owner,
        "acl": acl_of(entry.access),
        "content": {**_plain_json(entry.content), "eai:acl": None},
    }
    if entry.attributes is not None:
        made["fields"] = {
            "required": list(entry.attributes.required),
            "optional": list(entry.attributes.optional),
            "wildcard": list(entry.attributes.wildcard),
        }
    return made


def _plain_json(value: Value) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, Messages):
        value = value.listed()
    if isinstance(value, Mapping):
        return {key: _plain_json(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain_json(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return value
