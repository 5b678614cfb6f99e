"""Tests of detections: which attack data they replay, what they expect, and how the outcome is judged."""
