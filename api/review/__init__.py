"""Holds the page for a clinical reviewer: a draft and its cases in one HTML document that needs nothing else."""
