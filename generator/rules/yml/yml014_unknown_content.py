"""YML014 unknown-content: a file of which it cannot be told what it defines.

## What it does

Reports a YAML file below the pack whose folder and keys fit no kind of content (detection, macro, lookup, story,
...).

## Why it matters

It is left out of the app. Most often a file lies in the wrong folder or lacks the keys that tell its kind.

## Example

    detections/endpoint/notes.yml:
        text: remember to test this

## Use instead

Move the file into the folder of its kind and give it the required keys, or move it out of the content folders.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML014",
    name="unknown-content",
    severity=Severity.ERROR,
    since="0.1",
    problems=("unknown-content",),
)
