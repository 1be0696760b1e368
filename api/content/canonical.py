"""Holds the one byte form of content (RFC 8785) and its digest. Equal content has equal bytes on every machine."""

import hashlib

import rfc8785
from pydantic import BaseModel

from schemas.words import Digest, Json


def canonical(value: BaseModel | Json) -> bytes:
    """Write a model or JSON value in the form of RFC 8785: sorted keys, no blanks, one spelling of each number."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return rfc8785.dumps(plain)


def digest(data: bytes) -> Digest:
    """Give the SHA-256 of bytes as `sha256:` and 64 hexadecimal digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()
