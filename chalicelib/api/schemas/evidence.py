"""Signed manifests on the wire: what was verified, and the keys that seal."""

from typing import Literal

from chalicelib.domain.evidence.bundles import pem_of
from chalicelib.domain.evidence.links import ManifestKind, SignedManifest
from chalicelib.domain.evidence.seals import SealKey
from chalicelib.domain.evidence.verification import (
    Check,
    Question,
    Result,
    Subject,
    Verdict,
)
from chalicelib.edge.schemas import Out, Time
from chalicelib.services.evidence.verify_evidence import Verification


class CheckOut(Out):
    """One check: what it is about, what it asks, what it found, and a sentence."""

    subject: Subject
    name: str
    question: Question
    result: Result
    detail: str

    @classmethod
    def of(cls, value: Check) -> "CheckOut":
        """From the domain."""
        return cls(
            subject=value.subject,
            name=value.name,
            question=value.question,
            result=value.result,
            detail=value.detail,
        )


class ManifestOut(Out):
    """A signed manifest. What it says is null when it cannot be read any more."""

    number: int
    kind: ManifestKind | None
    attempt_number: int | None
    sha256: str
    sealed_at: str | None
    key_id: str | None

    @classmethod
    def of(cls, value: SignedManifest) -> "ManifestOut":
        """From the domain."""
        facts = value.seal.facts
        try:
            kind, number = ManifestKind(value.content["kind"]), value.content["attempt_number"]
        except (KeyError, TypeError, ValueError):
            kind, number = None, None
        return cls(
            number=value.number,
            kind=kind,
            attempt_number=number if isinstance(number, int) else None,
            sha256=value.sha256,
            sealed_at=None if facts is None else facts.sealed_at,
            key_id=None if facts is None else facts.key_id,
        )


class VerificationOut(Out):
    """What became of the sealed evidence of a shipment. ``checks`` come in their order."""

    shipment_id: str
    verdict: Verdict
    summary: str
    manifests: tuple[ManifestOut, ...]
    checks: tuple[CheckOut, ...]

    @classmethod
    def of(cls, value: Verification) -> "VerificationOut":
        """From the service."""
        verdict = value.report.verdict
        return cls(
            shipment_id=value.shipment_id,
            verdict=verdict,
            summary=value.report.summary,
            manifests=tuple(map(ManifestOut.of, value.chain)),
            checks=tuple(map(CheckOut.of, value.report.checks)),
        )


class SealKeyOut(Out):
    """A public key that seals evidence, or did. ``id`` is made of its hash."""

    id: str
    algorithm: Literal["ECDSA_P256_SHA256"]
    public_key: str
    first_used_at: Time

    @classmethod
    def of(cls, value: SealKey) -> "SealKeyOut":
        """From the domain."""
        return cls(
            id=value.id,
            algorithm="ECDSA_P256_SHA256",
            public_key=pem_of(value.spki),
            first_used_at=value.first_used_at,
        )


class SealKeysOut(Out):
    """All keys, oldest first; the last one seals now."""

    data: tuple[SealKeyOut, ...]
    next_cursor: None
