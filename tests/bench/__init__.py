"""Timings of whole commands and of single stages. Printed, never asserted."""
