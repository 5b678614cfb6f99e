"""New packs and new detections: files that are valid and tested from the first minute."""
