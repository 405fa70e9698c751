"""`python -m infra.reference` builds the reference that is served, beside the built pages.

With `--docs` it writes the pages of `docs/` that are made from the code, too.
"""

import argparse
import json
from pathlib import Path
from typing import Final

from app import app
from chalicelib.pages.rendering import STATIC, asset_names
from infra.reference import markdown
from infra.reference.document import declarations, document
from infra.reference.glossary import glossary
from infra.reference.pages import docs_page, errors_page
from infra.reference.refusals import catalogue

DOCS: Final = Path(__file__).parents[2] / "docs"


def main() -> None:
    """Write the files. The style sheets are built before."""
    parser = argparse.ArgumentParser(prog="python -m infra.reference", description=__doc__)
    parser.add_argument(
        "--docs", action="store_true", help="write docs/errors.md and docs/events.md"
    )
    files = in_docs() if parser.parse_args().docs else built()
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")


def built() -> dict[Path, str]:
    """The files that are served. The document comes last: make looks at its time."""
    made, assets = document(app), asset_names()
    return {
        STATIC / "docs.html": docs_page(made, assets),
        STATIC / "errors.html": errors_page(catalogue(declarations(app)), assets),
        STATIC / "openapi.json": json.dumps(made, ensure_ascii=False, separators=(",", ":")),
    }


def in_docs() -> dict[Path, str]:
    """The pages of `docs/`."""
    return {
        DOCS / "errors.md": markdown.errors(catalogue(declarations(app))),
        DOCS / "events.md": markdown.events(document(app), glossary().route_events),
    }


if __name__ == "__main__":
    main()
