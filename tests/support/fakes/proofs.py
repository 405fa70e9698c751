import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.domain.proofs.proofs import Proof, StoredObject, Upload


@dataclass
class InMemoryProofStore:
    """Files by key. `receive` is the phone's upload. It is as strict as S3's policy."""

    forms: dict[str, tuple[str, int, datetime]] = field(default_factory=dict)
    objects: dict[str, StoredObject] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return "https://proofs.example"

    def allow_upload(
        self, object_key: str, *, content_type: str, max_bytes: int, now: datetime
    ) -> Upload:
        expires_at = now + timedelta(minutes=10)
        self.forms[object_key] = (content_type, max_bytes, expires_at)
        fields = {"key": object_key, "Content-Type": content_type, "policy": "signed"}
        return Upload(url="https://proofs.example/", fields=fields, expires_at=expires_at)

    def receive(self, object_key: str, content: bytes, *, content_type: str, at: datetime) -> bool:
        """Upload a file. Returns whether the store accepted it."""
        allowed = self.forms.get(object_key)
        if allowed is None:
            return False
        expected_type, max_bytes, expires_at = allowed
        if content_type != expected_type or not 1 <= len(content) <= max_bytes or at > expires_at:
            return False
        self.objects[object_key] = StoredObject(
            content_type=content_type,
            size_bytes=len(content),
            etag=hashlib.md5(content, usedforsecurity=False).hexdigest(),
            stored_at=at,
            first_bytes=content[:16],
        )
        return True

    def find(self, object_key: str) -> StoredObject | None:
        return self.objects.get(object_key)

    def link(self, proof: Proof) -> str:
        return f"https://proofs.example/{proof.object_key}?X-Amz-Expires=300&signature=fake"
