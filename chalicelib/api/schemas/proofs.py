"""Proofs on the wire, as shippers and staff see them."""

from chalicelib.domain.proofs.proofs import FLAW_WORDS, Flaw, ProofKind, ProofState
from chalicelib.domain.shipments.statuses import Status
from chalicelib.edge.schemas import Out, Time
from chalicelib.services.proofs.show_proofs import ShownProof


class ShownProofOut(Out):
    """One proof of an attempt. What only an inspected file tells is null while there is none.

    ``url`` gives the file for five minutes. ``sha256`` is the fingerprint of its bytes: events name
    it, too. ``flaw`` and ``detail`` say why a file was rejected.
    """

    id: str
    kind: ProofKind
    state: ProofState
    attempt_number: int
    outcome: Status
    content_type: str
    size_bytes: int | None
    uploaded_at: Time | None
    etag: str | None
    sha256: str | None
    flaw: Flaw | None
    detail: str | None
    url: str | None

    @classmethod
    def of(cls, value: ShownProof) -> "ShownProofOut":
        """From the domain."""
        proof, attempt = value.proof, value.attempt
        return cls(
            id=proof.id,
            kind=proof.kind,
            state=proof.state,
            attempt_number=attempt.number,
            outcome=attempt.status,
            content_type=proof.content_type,
            size_bytes=proof.size_bytes if proof.is_there else None,
            uploaded_at=proof.uploaded_at if proof.is_there else None,
            etag=proof.etag if proof.is_there else None,
            sha256=proof.sha256,
            flaw=proof.flaw,
            detail=None if proof.flaw is None else FLAW_WORDS[proof.flaw],
            url=value.url,
        )


class ShownProofsOut(Out):
    """The proofs of all attempts, oldest first."""

    data: tuple[ShownProofOut, ...]
    next_cursor: None
