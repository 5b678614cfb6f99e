"""tags.conf becomes: which tags a field's value carries.

A stanza is `[field=value]`, its value URL-encoded; each key is a tag, `enabled` or `disabled`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from generator.knowledge.conf import is_true

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.knowledge.conf import ConfStanzas


def tags_of(stanzas: ConfStanzas) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return field to value to tags (sorted), without the disabled ones."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, settings in stanzas.items():
        field, equals, value = name.partition("=")
        tags = tuple(sorted(unquote(key) for key, setting in settings.items() if is_true(setting.value)))
        if equals and tags:
            found.setdefault(unquote(field.strip()), {})[unquote(value.strip())] = tags
    return found
