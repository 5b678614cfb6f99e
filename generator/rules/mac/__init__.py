"""Rules about search macros."""
