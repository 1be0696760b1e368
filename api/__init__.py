"""Holds the verbs: loading, checking, evaluating, releasing and serving. Refuses to hold models of content."""

from typing import Final

VERSION: Final = "1.0.0"
"""The version of the API; its content has releases of its own."""
