"""The commands: one module each, with arguments, progress, output and exit codes; the work is done in the layers below.

Exit codes: 0 nothing at error level, 1 findings at error level, 2 could not run, 130 interrupted.
"""
