"""What can stop a search: an error of the search itself (as Splunk would refuse it), or SPL that this engine lacks.

`UnsupportedSpl` (from `generator.base.diagnostics`) is never caught by a command: a search runs whole or not at all.
"""

from __future__ import annotations

from generator.base.diagnostics import BackendError


class SearchError(BackendError):
    """A search that Splunk would refuse too: "Error in 'eval' command: ...".

    `start` and `end` are offsets into `text`, the text of the search (macros expanded, comments blanked), or of another
    one that it runs; -1 without a place.
    """

    def __init__(self, message: str, start: int = -1, end: int = -1, text: str = "") -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.text = text


class PatternTimeoutError(BackendError):
    """A regular expression took too long on one value; the value counts as not matching and the search is told so."""
