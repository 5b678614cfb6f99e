"""Rules about the shape of content: fields, types, values."""
