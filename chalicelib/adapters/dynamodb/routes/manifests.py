"""A manifest ↔ its deflated columns. Total both ways; a property test goes round.

Columns deflate better than rows: names lie beside names. Fields are only appended, each with a
default. The ids are the plan's, in the order in which they joined it: a check sum tells a manifest
of another plan, which would show names at wrong doors.
"""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from chalicelib.adapters.dynamodb.values.columns import DEFLATE_LEVEL
from chalicelib.adapters.dynamodb.wishes import WishesPart, wishes_from, wishes_to
from chalicelib.domain.driving.run_sheets import Manifest, ManifestEntry
from chalicelib.domain.ids import RouteId, ShipmentId
from chalicelib.domain.proofs.proofs import Requirement
from chalicelib.domain.shipments.statuses import Status

VERSION: Final = 1
MORE: Final = ("signature", "pin", "photo_when_failed")
USUAL: Final = (Requirement.OPTIONAL, Requirement.NONE, Requirement.OPTIONAL)


class ManifestDocument(msgspec.Struct, array_like=True):
    """One value a shipment in each column; ``read_anew`` are the places of some of them, and
    ``wishes`` has those of some by their places.

    ``more_proofs`` are signature, PIN and photo of a failure where they are not as usual, by place.
    """

    version: int
    plan_sum: int
    recipient_names: list[str]
    address_lines: list[tuple[str, ...]]
    cities: list[str]
    postal_codes: list[str | None]
    instructions: list[str | None]
    references: list[str]
    statuses: list[str]
    photos: list[str]
    read_anew: list[int] = []
    wishes: dict[int, WishesPart] = {}
    more_proofs: dict[int, tuple[str, str, str]] = {}


_DOCUMENTS: Final = msgspec.msgpack.Decoder(ManifestDocument)


def pack_manifest(manifest: Manifest) -> bytes:
    """Everything but ids, version and expiry: at most 9 kB for 200 shipments of one town."""
    entries = manifest.entries
    document = ManifestDocument(
        version=VERSION,
        plan_sum=_sum_of([entry.shipment_id for entry in entries]),
        recipient_names=[entry.recipient_name for entry in entries],
        address_lines=[entry.address_lines for entry in entries],
        cities=[entry.city for entry in entries],
        postal_codes=[entry.postal_code for entry in entries],
        instructions=[entry.instructions for entry in entries],
        references=[entry.reference for entry in entries],
        statuses=[entry.status.value for entry in entries],
        photos=[entry.photo.value for entry in entries],
        read_anew=[place for place, entry in enumerate(entries) if entry.is_read_anew],
        wishes={
            place: part
            for place, entry in enumerate(entries)
            if (part := wishes_to(entry.wishes)) is not None
        },
        more_proofs={
            place: more
            for place, entry in enumerate(entries)
            if (more := (entry.signature, entry.pin, entry.photo_when_failed)) != USUAL
        },
    )
    return zlib.compress(msgspec.msgpack.encode(document), DEFLATE_LEVEL)


def unpack_manifest(
    packed: bytes,
    *,
    route_id: RouteId,
    shipment_ids: Sequence[ShipmentId],
    expires_at: datetime,
    version: int,
) -> Manifest | None:
    """The manifest again, given the plan's shipments; None if it is another plan's."""
    found = _DOCUMENTS.decode(zlib.decompress(packed))
    if found.plan_sum != _sum_of(shipment_ids):
        return None
    return Manifest(
        route_id=route_id,
        entries=tuple(
            ManifestEntry(
                shipment_id=shipment_id,
                reference=reference,
                status=Status(status),
                recipient_name=name,
                address_lines=lines,
                city=city,
                postal_code=postal_code,
                instructions=instructions,
                photo=Requirement(photo),
                is_read_anew=place in found.read_anew,
                wishes=wishes_from(found.wishes.get(place)),
                **dict(
                    zip(MORE, map(Requirement, found.more_proofs.get(place, USUAL)), strict=True)
                ),
            )
            for place, (
                shipment_id,
                name,
                lines,
                city,
                postal_code,
                instructions,
                reference,
                status,
                photo,
            ) in enumerate(
                zip(
                    shipment_ids,
                    found.recipient_names,
                    found.address_lines,
                    found.cities,
                    found.postal_codes,
                    found.instructions,
                    found.references,
                    found.statuses,
                    found.photos,
                    strict=True,
                )
            )
        ),
        expires_at=expires_at,
        version=version,
    )


def _sum_of(shipment_ids: Sequence[str]) -> int:
    return zlib.crc32("\n".join(shipment_ids).encode())
