"""Holds what measures the service. A benchmark prints what it measured; nothing is asserted."""
