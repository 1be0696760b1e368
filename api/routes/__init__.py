"""Holds the addresses of the API, one module a kind. Thin: each picks from a release and gives it back."""
