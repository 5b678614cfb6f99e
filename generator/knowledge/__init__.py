"""Splunk's own knowledge objects: conf files, data models, ATT&CK, schedules, and what other apps define.

Everything here is either a reader of one of Splunk's file formats or facts kept as data under `data/`.
"""
