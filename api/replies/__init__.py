"""Holds the check of a chatbot's reply against the answer it was given: what is missing, what must not stand there."""
