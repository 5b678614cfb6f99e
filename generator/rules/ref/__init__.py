"""Rules about names: references between objects, uniqueness, and the names of files."""
