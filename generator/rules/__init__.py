"""Every check of a pack: one rule a file, its docstring its documentation page."""
