"""Where searches run. `embedded` puts the embedded engine together from the layers below."""
