"""Holds the verbs: loading, checking, evaluating, releasing and serving. Refuses to hold models of content."""
