"""Writing content: older YAML in the native dialect, searches of other tools as detections, new packs and detections."""
