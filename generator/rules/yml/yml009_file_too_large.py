"""YML009 file-too-large: a content file that is too large to be content.

## What it does

Reports a YAML file above the size limit; it is not read.

## Why it matters

The largest content files of public packs have a few hundred kilobytes. One of many megabytes is a data file in the
wrong place, and would slow every run down.

## Example

    macros/events.yml of 60 MB

## Use instead

Keep attack data and tables out of the content folders; a lookup goes into a `.csv` beside its definition.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML009",
    name="file-too-large",
    severity=Severity.ERROR,
    since="0.1",
    problems=("file-size",),
)
