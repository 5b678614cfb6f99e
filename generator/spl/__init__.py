"""The language: text to tokens to a typed tree and back, macro expansion that keeps origins, layout, field flow.

Knows no command: the commands are handed in as a table of `CommandSpec` (see `generator.commands`). Imports neither the
content model nor the engine.
"""
