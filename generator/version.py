"""The version of contentpack, in one place; `pyproject.toml` must say the same (a test holds that)."""

__version__ = "0.1.0"
