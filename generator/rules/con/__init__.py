"""Rules about the pack's configuration."""
