"""Imports of files, for shippers."""

from typing import Final

from chalicelib.api.schemas.imports import ImportCreatedOut, ImportIn, ImportOut, ImportsOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ImportId
from chalicelib.domain.listings import Listing
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import SHIPPERS
from chalicelib.edge.queries import Position
from chalicelib.edge.schemas import ListingQuery
from chalicelib.services.imports.show_imports import ShownImport
from chalicelib.services.repeats import Memory

imports: Final = Endpoints(__name__)


@imports.endpoint(
    "/v1/imports",
    method="POST",
    principals=SHIPPERS,
    takes=ImportIn,
    gives=ImportCreatedOut,
    status=201,
    commits_answer=True,
)
def post_import(actor: Actor, body: ImportIn, memory: Memory) -> ImportCreatedOut:
    """Begin an import: it has the form to upload a CSV file with.

    The file has at most 20 MB and 50,000 rows, in any encoding and with any separator that
    spreadsheets write. Each row is an order: good rows become shipments whatever becomes of the
    others, and a file that is uploaded again adds nothing that is there. Ask for the import until
    its ``status`` is ``completed`` or ``failed``.
    """
    return ImportCreatedOut.of(
        container().begin_import(
            body.to_domain(), actor=actor, memory=memory.of_shown(ImportCreatedOut.of)
        )
    )


@imports.endpoint(
    "/v1/imports", method="GET", principals=SHIPPERS, query=ListingQuery, gives=ImportsOut
)
def get_imports(actor: Actor, query: ListingQuery, position: Position) -> Listing[ImportOut]:
    """Your imports of the last 14 days, newest first."""
    page = container().show_imports.page(actor, limit=query.limit, position=position)
    return Listing(tuple(map(ImportOut.of, page.data)), page.position)


@imports.endpoint(
    "/v1/imports/{import_id}",
    method="GET",
    principals=SHIPPERS,
    gives=ImportOut,
    refusals=(NotFound,),
)
def get_import(actor: Actor, import_id: str) -> ShownImport:
    """How far an import is, and what is wrong with its rows."""
    return container().show_imports.one(ImportId(import_id), actor)
