"""Holds what is proved of a content and of its changes, with the solver where there is one to ask. Serves nothing."""
