"""Holds the red-flag check: parse a profile, decide, ask, say. Pure: no clock, no disk, no network, no logging."""
