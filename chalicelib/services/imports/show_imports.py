"""A shipper looks at its imports: how far they are, and what was wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ImportId, ShipperId
from chalicelib.domain.imports.imports import Import
from chalicelib.domain.listings import Listing
from chalicelib.services.ports.imports import ImportFiles, Imports
from chalicelib.services.ports.system import Clock


@dataclass(frozen=True, slots=True)
class ShownImport:
    """An import as it stands now; ``report_url`` gives the file with all remarks, if there are."""

    found: Import
    report_url: str | None


@dataclass(frozen=True, slots=True)
class ShowImports:
    """Shows imports of the actor's own shipper. Raises NotFound for all others."""

    imports: Imports
    import_files: ImportFiles
    clock: Clock

    def one(self, import_id: ImportId, actor: Actor) -> ShownImport:
        """One import."""
        return self._shown(self.imports.get(_shipper_of(actor), import_id))

    def page(
        self, actor: Actor, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[ShownImport]:
        """The imports, newest first."""
        found = self.imports.page(_shipper_of(actor), limit=limit, position=position)
        return Listing(tuple(map(self._shown, found.data)), found.position)

    def _shown(self, found: Import) -> ShownImport:
        name = f"remarks-{found.id}.csv"
        url = self.import_files.link(found.report_key, file_name=name) if found.has_report else None
        return ShownImport(found.at(self.clock.now()), url)


def _shipper_of(actor: Actor) -> ShipperId:
    if actor.shipper_id is None:
        raise NotFound
    return actor.shipper_id
