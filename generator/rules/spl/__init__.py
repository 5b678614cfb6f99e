"""Rules about the text of searches."""
