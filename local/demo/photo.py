"""A photo as proof: a parcel in front of a door. It is drawn, so it shows nobody's home."""

import io
import random
from typing import Final

from PIL import Image, ImageDraw

WIDTH_PX: Final = 800
HEIGHT_PX: Final = 600
_DOORS: Final = ("#7a2e2e", "#2e4a6b", "#2f5d46", "#5a4632", "#40404a", "#8a6d2f")
_WALLS: Final = ("#d9cfc1", "#cdd5d8", "#e3dccf", "#c9c4bd")
_CARDBOARD: Final = "#c69c6d"


def doorstep_jpeg(chance: random.Random) -> bytes:
    """A JPEG of about 15 kB; the colours and the parcel's place depend on chance."""
    wall, door = chance.choice(_WALLS), chance.choice(_DOORS)
    image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), wall)
    draw = ImageDraw.Draw(image)
    _draw_wall(draw, wall)
    _draw_door(draw, door)
    draw.rectangle((0, 500, WIDTH_PX, HEIGHT_PX), fill="#8d8a86")  # the step
    draw.rectangle((0, 500, WIDTH_PX, 508), fill="#a5a29d")
    draw.rounded_rectangle((270, 515, 590, 560), radius=6, fill="#4a4744")  # the mat
    _draw_parcel(draw, left=chance.randint(300, 470), width=chance.randint(130, 190))
    content = io.BytesIO()
    image.save(content, format="JPEG", quality=80)
    return content.getvalue()


def _draw_wall(draw: ImageDraw.ImageDraw, wall: str) -> None:
    red, green, blue = (int(wall[place : place + 2], 16) - 12 for place in (1, 3, 5))
    for row, top in enumerate(range(0, 500, 40)):
        draw.line((0, top, WIDTH_PX, top), fill=(red, green, blue), width=2)
        for left in range(-40 if row % 2 else 0, WIDTH_PX, 80):
            draw.line((left, top, left, top + 40), fill=(red, green, blue), width=2)


def _draw_door(draw: ImageDraw.ImageDraw, colour: str) -> None:
    draw.rectangle((250, 40, 610, 500), fill="#efece6")
    draw.rectangle((270, 60, 590, 500), fill=colour)
    for left in (300, 445):
        for top, bottom in ((90, 250), (280, 460)):
            draw.rounded_rectangle((left, top, left + 115, bottom), 6, outline="#22222a", width=3)
    draw.ellipse((558, 285, 578, 305), fill="#d8b45a")


def _draw_parcel(draw: ImageDraw.ImageDraw, *, left: int, width: int) -> None:
    top, right, bottom = 555 - width * 3 // 4, left + width, 555
    draw.ellipse((left - 8, bottom - 8, right + 8, bottom + 10), fill="#3a3836")  # its shadow
    draw.rectangle((left, top, right, bottom), fill=_CARDBOARD, outline="#9a7446", width=3)
    middle = (left + right) // 2
    draw.rectangle((middle - 10, top, middle + 10, bottom), fill="#dcbf98")
    draw.rectangle((left + 12, bottom - 46, left + 62, bottom - 14), fill="#fbfaf7")
    for line in range(4):
        x = left + 18 + line * 10
        draw.line((x, bottom - 40, x, bottom - 20), fill="#222222", width=3 if line % 2 else 5)
