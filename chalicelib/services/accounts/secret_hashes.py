"""Secrets that we hand out: random, long, shown once. What is stored is their SHA-256."""

import hashlib
from typing import Final

SECRET_BYTES: Final = 32


def secret_hash(secret: str) -> str:
    """SHA-256 in hex. The secrets are random and long, so no salt and no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
