"""Holds the reading, checking and translating of content. Knows no person, no release and no network."""
