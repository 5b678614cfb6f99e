"""A `TestReport` in each format: what failed first, what was not judged next to it, what passed in a line."""
