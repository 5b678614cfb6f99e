r"""Characters that hide text, or turn the direction of what follows: parts of a character class for patterns.

Whoever shows a stranger's text writes them out, replaces them or drops them; what there is to do differs, what they are does not.
"""

from __future__ import annotations

from typing import Final

TURNING: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Marks, embeddings, overrides and isolates of the bidirectional algorithm."""

HIDDEN: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
)
"""What turns, and what takes no room: zero-width characters, separators of lines and paragraphs, the BOM, tag characters."""
