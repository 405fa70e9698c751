"""Proofs on the wire, as shippers and staff see them."""

from chalicelib.domain.proofs.proofs import ProofKind
from chalicelib.domain.shipments.statuses import Status
from chalicelib.edge.schemas import Out, Time
from chalicelib.services.proofs.show_proofs import ShownProof


class ShownProofOut(Out):
    """One proof of an attempt. What only a file tells is null while it is on its way.

    ``url`` shows the file for five minutes. ``etag`` is the fingerprint of its bytes: events name
    it, too.
    """

    id: str
    kind: ProofKind
    attempt_number: int
    outcome: Status
    content_type: str
    size_bytes: int | None
    uploaded_at: Time | None
    etag: str | None
    url: str | None

    @classmethod
    def of(cls, value: ShownProof) -> "ShownProofOut":
        """From the domain."""
        proof, attempt = value.proof, value.attempt
        is_there = not proof.is_owed
        return cls(
            id=proof.id,
            kind=proof.kind,
            attempt_number=attempt.number,
            outcome=attempt.status,
            content_type=proof.content_type,
            size_bytes=proof.size_bytes if is_there else None,
            uploaded_at=proof.uploaded_at if is_there else None,
            etag=proof.etag if is_there else None,
            url=value.url,
        )


class ShownProofsOut(Out):
    """The proofs of all attempts, oldest first."""

    data: tuple[ShownProofOut, ...]
    next_cursor: None
