"""Rules about the fields that a search gives and what uses them."""
