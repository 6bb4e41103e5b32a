"""PNG and JPEG: only what they show is kept, no larger than paper can tell."""

from __future__ import annotations

import io
import warnings
from typing import Literal

from PIL import Image, ImageOps

from survey.register.logos.errors import LogoRefused

MOST_PIXELS = 3_000
"""Each way, of what is uploaded: a picture of a few kilobytes can fill the memory."""
LEAST_PIXELS = 100
"""Of the longer side: fewer are seen one by one on a poster."""
KEPT_PIXELS = (1_200, 600)
"""On the largest cover a logo is 80 mm wide and 28 high: 380 dots to the inch."""
ENDS, LAST = (b"IEND", b"\xff\xd9"), 4_096
"""Of a whole file, and how far from the end programs write things of their own behind it. Looked for by us:
Pillow lets half a picture pass where WeasyPrint has told it to."""
FORMATS = ("PNG", "JPEG")


def redrawn(file: bytes) -> tuple[bytes, Literal["image/png", "image/jpeg"], float, float]:
    """Anew, with its kind, width and height in pixels. Raises LogoRefused."""
    if not any(end in file[-LAST:] for end in ENDS):
        raise LogoRefused("broken")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about its size, which is looked at next
            opened = Image.open(io.BytesIO(file), formats=FORMATS)
            _check_size(opened)
            picture = ImageOps.exif_transpose(opened)
            picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    except Image.DecompressionBombError as error:
        raise LogoRefused("pixels", most=MOST_PIXELS) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise LogoRefused("broken") from error
    picture = _seen(picture)
    picture.thumbnail(KEPT_PIXELS, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    own = Image.frombytes(picture.mode, picture.size, picture.tobytes())  # and no word that came with it
    if opened.format == "PNG":
        own.save(out, "PNG", optimize=True)
        return out.getvalue(), "image/png", *own.size
    own.save(out, "JPEG", quality=90, optimize=True)
    return out.getvalue(), "image/jpeg", *own.size


def _check_size(picture: Image.Image) -> None:
    """By what its first bytes say, before anything is unpacked."""
    if max(picture.size) > MOST_PIXELS:
        raise LogoRefused("pixels", most=MOST_PIXELS)
    if max(picture.size) < LEAST_PIXELS:
        raise LogoRefused("few_pixels", least=LEAST_PIXELS)


def _seen(picture: Image.Image) -> Image.Image:
    """Without the edges that nobody sees."""
    if picture.mode != "RGBA":
        return picture
    shown = picture.getchannel("A").getbbox()
    if shown is None:
        raise LogoRefused("empty")
    return picture.crop(shown)
