"""Holds what is measured, and against what. Nothing here is a test: figures depend on the machine."""
