"""A detection's search, broken in one place at a time: what its tests ought to notice (`generator.replay.mutants.make`).

`make` puts the parts together, `terms` and `expressions` break conditions, `commands` breaks stages, `relevance` says which
fields a later stage looks at, `values` changes single values, `own` leads from the expanded search to the author's text.
"""
