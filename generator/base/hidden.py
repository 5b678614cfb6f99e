r"""The characters that are not seen, or turn what follows them: one list for whatever shows a stranger's text.

Left out are C0 and C1 controls and lone surrogates, which each output treats in its own way. Rule SEC003 has a shorter
list of its own: it judges what authors write, and scripts and emoji need some of these (joiners, Hangul fillers).
"""

from __future__ import annotations

from typing import Final

HIDDEN: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
)
"""The inside of a character class: bidirectional and zero-width marks, separators, the BOM, tag characters."""
