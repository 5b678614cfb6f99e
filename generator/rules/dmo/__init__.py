"""Rules about data models."""
