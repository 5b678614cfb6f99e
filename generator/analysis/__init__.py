"""What a pack means: its searches parsed with macros expanded, references resolved, fields followed through pipelines."""
