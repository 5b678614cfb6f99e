"""ATT&CK coverage for people and machines: a table for terminals, JSON, and a matrix as one HTML page."""
