"""Rules about the tests of detections."""
