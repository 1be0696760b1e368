"""Holds the independent checkers: other people's tools that look at the running service. No rules of our own."""
