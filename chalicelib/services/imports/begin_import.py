"""A shipper may upload one file: straight to the store, one key, one type, up to a size."""

from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Forbidden
from chalicelib.domain.ids import IMPORT, ImportId
from chalicelib.domain.imports.imports import Import, Wishes
from chalicelib.domain.journal.changes import ImportChange
from chalicelib.domain.proofs.proofs import Upload
from chalicelib.services.ports.imports import ImportFiles
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.repeats import NO_MEMORY, Memory


@dataclass(frozen=True, slots=True)
class BegunImport:
    """A new import, and the form to upload its file with."""

    found: Import
    upload: Upload


@dataclass(frozen=True, slots=True)
class BeginImport:
    """Begins an import of the actor's own shipper. Its file starts it."""

    import_files: ImportFiles
    journal: Journal
    clock: Clock
    ids: Ids

    def __call__(self, wishes: Wishes, *, actor: Actor, memory: Memory = NO_MEMORY) -> BegunImport:
        """The import, committed together with the memory of the request."""
        if actor.shipper_id is None:
            raise Forbidden
        now = self.clock.now()
        new = Import(
            id=ImportId(self.ids.new(IMPORT)),
            shipper_id=actor.shipper_id,
            key_id=actor.id,
            wishes=wishes,
            created_at=now,
        )
        begun = BegunImport(new, self.import_files.allow_upload(new.file_key, now=now))
        self.journal.commit(ImportChange(new, None), *memory.of(begun))
        return begun
