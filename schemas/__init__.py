"""Holds the nouns: frozen models of content, profiles, answers, releases and problems. Refuses to hold verbs."""
