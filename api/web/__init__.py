"""Holds what every door of HTTP shares: problems, limits, the front, logs. Knows no route and no red flag."""
