"""Holds what changed between two contents, in types and words, and which version that asks for. Proves nothing."""
