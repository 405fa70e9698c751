"""QR codes, for pages and for answers of the API."""

import io


def qr_svg(text: str, *, title: str) -> str:
    """A QR code as an SVG element, to be put into a page or printed; four modules of quiet zone."""
    import segno  # noqa: PLC0415 - only who draws one pays for it

    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, scale=4, light="#fff", title=title
    )
    return drawn.getvalue().decode().strip()
