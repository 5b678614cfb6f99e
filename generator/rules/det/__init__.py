"""Rules about detections: their filter macro, risk, drilldowns, techniques and versions."""
