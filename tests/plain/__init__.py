"""The plain way of the check: the meaning of `api.logic` on sets of ids, the answer built as a model. It knows no bits.

It is slow and easy to read, and it is kept here only: what the service sends is held equal to it, byte for byte.
"""
