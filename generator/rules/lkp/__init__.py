"""Rules about lookup tables and their data files."""
