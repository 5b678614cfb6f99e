"""eventtypes.conf becomes event types: a name, the search terms that an event must fit, a priority."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.knowledge.conf import is_true
from generator.knowledge.props import whole

if TYPE_CHECKING:
    from generator.knowledge.conf import ConfStanzas

LOWEST_PRIORITY = 10


@dataclass(frozen=True, slots=True)
class EventType:
    """One event type; `priority` 1 is the highest, and decides the order in the field `eventtype`."""

    name: str
    search: str
    priority: int


def eventtypes_of(stanzas: ConfStanzas) -> tuple[EventType, ...]:
    """Return the event types that are not disabled and have a search, the highest priority first, then by name."""
    found = []
    for name, settings in stanzas.items():
        search = settings["search"].value if "search" in settings else ""
        disabled = is_true(settings["disabled"].value) if "disabled" in settings else False
        if search.strip() and not disabled and name != "default":
            priority = whole(settings["priority"].value, LOWEST_PRIORITY) if "priority" in settings else LOWEST_PRIORITY
            found.append(EventType(name, search, priority))
    return tuple(sorted(found, key=lambda item: (item.priority, item.name)))
