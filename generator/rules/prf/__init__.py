"""Rules about what a search costs."""
