"""Holds the mirror: following the releases of an upstream, and taking over only what can be proved."""
