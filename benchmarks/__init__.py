"""Holds measurements that are printed, and nothing that is asserted: no time is a law."""
