"""Rules about files as YAML: what cannot be read, or reads other than it looks."""
