"""YAML files with positions become one frozen model, whatever dialect they were written in."""
