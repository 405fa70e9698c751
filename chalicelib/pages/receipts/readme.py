"""The README of a bundle: for a lawyer, a judge, or whoever else gets the file."""

from typing import Final

README: Final = """\
EVIDENCE OF A DELIVERY
======================

Shipment    {shipment_id}
Reference   {reference}
Sender      {sender}
Carrier's address for public keys: {base_url}/evidence/keys

What this is
------------
Some minutes after each delivery attempt, correction or late photo, the
carrier's system wrote down what was known of it (a "manifest") and signed
it. This file holds these manifests, their signatures, the photos and
signatures that were taken at the door, and the shipment's whole history.
receipt.html shows the same for reading and printing: open it with a double
click.

What it proves
--------------
That nothing in manifests, events and files has changed since the time of
the seal. Each manifest holds the fingerprints (SHA-256) of its files, of
every event, and of the manifest before it. Whoever changes one byte makes
a fingerprint or a signature wrong.

What it does not prove
----------------------
That the driver's phone told the truth. Each manifest says how sure its
time is ("source": "device" as the phone said it, "corrected" where the
phone's clock was wrong, "ours" when the report reached the carrier), how
exact the position is, and how far it is from the address.

How to check it, without the carrier
------------------------------------
    doorstep verify {file_name} --trust {key_id}

The command is a part of Doorstep, which is open source (folder "cli"). It
needs no network and no account. "--trust" names the key that
you have compared with the carrier's published keys: a forger could sign
with a key of their own, but not with this one. Without the command:

1.  SHA-256 of manifests/0001.json is what 0002.json calls
    "previous_sha256", and so on.
2.  "events" in a manifest lists the SHA-256 of the files in events/, from
    "first_sequence" to "last_sequence".
3.  "files" in a manifest lists the SHA-256 of the files in files/.
4.  seals/0001.json holds a "statement" and its "signature" (base 64, ECDSA
    over P-256 with SHA-256), to be checked with the key in keys/ that the
    statement names:
    openssl dgst -sha256 -verify keys/<key>.pem -signature <signature> <statement>
5.  The statement holds the root of a Merkle tree (RFC 9162). Begin with
    SHA-256(00 | manifest), and join it with each hash of "path" as
    SHA-256(01 | left | right): the result is "root_sha256".

receipt.html and this text are for reading. No signature covers them.

Personal data
-------------
This file holds the name and address of the recipient, pictures of the
door, and positions of the driver near it. Keep it only as long as the
dispute needs it, and give it to nobody else.
"""


def readme_of(
    *, shipment_id: str, reference: str, sender: str, base_url: str, file_name: str, key_id: str
) -> bytes:
    """The text for one shipment."""
    return README.format(
        shipment_id=shipment_id,
        reference=reference,
        sender=sender,
        base_url=base_url,
        file_name=file_name,
        key_id=key_id,
    ).encode()
