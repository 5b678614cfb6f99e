"""What a mutant is, and the kinds of them: each weakens or breaks one piece of a search's text."""

from __future__ import annotations

from enum import StrEnum

from generator.base.frozen import dataclass


class MutantKind(StrEnum):
    """How a search was broken. The value is what a reviewer writes into `contentpack.yml`."""

    COMPARISON_DROPPED = "comparison-dropped"
    AND_BRANCH_DROPPED = "and-branch-dropped"
    OR_BRANCH_DROPPED = "or-branch-dropped"
    LIST_VALUE_DROPPED = "list-value-dropped"
    NEGATED = "negated"
    NOT_REMOVED = "not-removed"
    OPERATOR_MOVED = "operator-moved"
    THRESHOLD_MOVED = "threshold-moved"
    VALUE_CHANGED = "value-changed"
    WILDCARD_LOST = "wildcard-lost"
    WILDCARD_ADDED = "wildcard-added"
    ANCHOR_LOST = "anchor-lost"
    PATTERN_BROKEN = "pattern-broken"
    SPAN_CHANGED = "span-changed"
    BY_FIELD_REMOVED = "by-field-removed"
    AGGREGATION_CHANGED = "aggregation-changed"
    STAGE_REMOVED = "stage-removed"


DESCRIPTIONS: dict[MutantKind, str] = {
    MutantKind.COMPARISON_DROPPED: "a comparison, a list or a word to look for is no longer asked for",
    MutantKind.AND_BRANCH_DROPPED: "a whole group of a condition is no longer asked for",
    MutantKind.OR_BRANCH_DROPPED: "an alternative is gone",
    MutantKind.LIST_VALUE_DROPPED: "a value of an `IN` list is gone",
    MutantKind.NEGATED: "a comparison asks for the opposite",
    MutantKind.NOT_REMOVED: "a `NOT` is gone",
    MutantKind.OPERATOR_MOVED: "`>` becomes `>=`, `<=` becomes `<`, and the like",
    MutantKind.THRESHOLD_MOVED: "a number that is compared by size is one more, or one less",
    MutantKind.VALUE_CHANGED: "a compared value is another one",
    MutantKind.WILDCARD_LOST: "the wildcard at an end of a value is gone (`%` in `like`)",
    MutantKind.WILDCARD_ADDED: "a value without a wildcard at an end gets one",
    MutantKind.ANCHOR_LOST: "the `^` or `$` of a regular expression is gone",
    MutantKind.PATTERN_BROKEN: "a regular expression matches nothing",
    MutantKind.SPAN_CHANGED: "a span of time is twice as long, or half",
    MutantKind.BY_FIELD_REMOVED: "rows are no longer told apart by a field (`by`, `dedup`, `transaction`)",
    MutantKind.AGGREGATION_CHANGED: "an aggregation that is tested later is another one, or of another field",
    MutantKind.STAGE_REMOVED: "a stage that filters (`where`, `search`, `regex`, `dedup`, `head`) or looks up is gone",
}
"""One sentence each, for documentation and reports."""


@dataclass(frozen=True, slots=True)
class Change:
    """An edit of the author's text: `[start, end)` becomes `new`. `[shown, shown_end)` is the piece that a report names."""

    kind: MutantKind
    start: int
    end: int
    new: str
    shown: int
    shown_end: int
    after: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A search that is broken in one place.

    `text` is the whole search as it would be written. `before`, at `[start, end)` of the original text, is the piece that
    changed and `after` what it became ("" where it is gone).
    """

    kind: MutantKind
    text: str
    before: str
    after: str
    start: int
    end: int
