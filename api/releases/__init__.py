"""Holds releases: how a draft is frozen into one, and how those that exist are verified and loaded."""
