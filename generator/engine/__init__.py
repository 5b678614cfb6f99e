"""Runs a parsed search over dictionary-encoded columns.

    column   distinct values (plain Python) and an array of codes; what is derived from values is computed once per distinct one
    table    named columns of one length; columns of events and of data models come lazily from a `ColumnSource`
    values   what SPL does to plain values: text form, numbers, comparisons, truth
    patterns regular expressions with a time limit
    expr     an eval expression becomes a function of values, run once per distinct input
    terms    search terms become masks over rows, by leaves cached over distinct values
    frames   the datasets of data models over events, and their names in `tstats`
    probe    the rows of a table compared with a lookup
    groups   group ids, sort orders, join keys; aggregates over groups
    env      what a running command may reach, and the walk through a pipeline
    run      a search text becomes a result
    api      `Engine`

Knows neither commands nor functions: both are handed in as tables (see `generator.backends.embedded`).
Only `values`, `patterns`, `errors` and `contracts` may be imported where no search runs; the others need numpy.
"""
