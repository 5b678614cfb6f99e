"""Rules about when searches run, and over which time."""
