"""Rules about content that is deprecated or removed."""
