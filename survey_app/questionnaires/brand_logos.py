"""A logo as somebody uploads it, and as it is shown: decoded, made small and written anew, so that only pixels remain.

What a picture file may carry besides (places, names, previews, scripts) does not survive.
"""

from __future__ import annotations

import hashlib
import struct
import warnings
from dataclasses import dataclass
from io import BytesIO

from flask_babel import gettext as _
from PIL import Image, ImageFile, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 2 * 1024 * 1024
# Known before anything is decoded; 24 MB once it is.
MOST_PIXELS = 6_000_000
LARGEST_RESULT = 20 * 1024
MEDIA_TYPE = "image/png"
# Twice the size at which pages show it, for fine screens.
WIDEST, HIGHEST = 480, 144
SHOWN = 2
FEWEST_PIXELS = 16
MOST_COLOURS = 256
SMALLER = 0.8
DIGEST_LENGTH = 32


class LogoError(ValueError):
    """A file that cannot be shown as a logo; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A logo as it is kept, and the size at which pages show it."""

    content: bytes
    width: int
    height: int

    def digest(self, survey_id: int) -> str:
        """Return the name under which a survey keeps it: equal pictures of two surveys are two."""
        return hashlib.sha256(b"%d:%b" % (survey_id, self.content)).hexdigest()[:DIGEST_LENGTH]


def read_logo(content: bytes) -> Picture:
    """Return an uploaded picture as pages may show it; raise LogoError where it is none, or too large."""
    if len(content) > MOST_BYTES:
        raise LogoError(_("This file is larger than 2 MB. Save the logo smaller, then choose it again."))
    image = _fitted(_decoded(content))
    written = _written(image)
    while len(written) > LARGEST_RESULT:
        image = image.resize((max(1, int(image.width * SMALLER)), max(1, int(image.height * SMALLER))))
        written = _written(image)
    return Picture(written, max(1, image.width // SHOWN), max(1, image.height // SHOWN))


def _decoded(content: bytes) -> Image.Image:
    """Return the first picture of a file as plain pixels, the right way up."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            # Half a picture is none; a library beside us may have told Pillow to be content with it.
            ImageFile.LOAD_TRUNCATED_IMAGES = False
            with Image.open(BytesIO(content), formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise LogoError(_("This picture has more than 6 million pixels. Make it smaller, then try again."))
                upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise LogoError(_("This picture has more than 6 million pixels. Make it smaller, then try again.")) from error
    # Pillow's readers raise these, and no others, for what is broken, cut off or of another kind.
    except (OSError, SyntaxError, EOFError, LookupError, TypeError, ValueError, AttributeError, struct.error) as error:
        if isinstance(error, LogoError):
            raise
        raise LogoError(_("This is no PNG, JPEG or WebP picture, or it is damaged. Choose another file.")) from error
    # Colour profiles and notes of the file it came from, which writing would hand on.
    upright.info = {}
    if min(upright.size) < FEWEST_PIXELS:
        raise LogoError(_("This picture is too small to be seen. Choose one of at least 16 by 16 pixels."))
    return upright


def _fitted(image: Image.Image) -> Image.Image:
    """Return a picture without its empty margins, no larger than pages need."""
    box = image.getchannel("A").getbbox()
    if box is None:
        raise LogoError(_("This picture is wholly transparent. Choose one in which something can be seen."))
    image = image.crop(box)
    image.thumbnail((WIDEST, HIGHEST), Image.Resampling.LANCZOS)
    return image


def _written(image: Image.Image) -> bytes:
    """Return a picture as PNG: with all its colours where they fit, else with the 256 that suit it best."""
    is_opaque = image.getchannel("A").getextrema() == (255, 255)
    plain = image.convert("RGB") if is_opaque else image
    written = _png(plain)
    if len(written) <= LARGEST_RESULT:
        return written
    return _png(image.quantize(MOST_COLOURS, method=Image.Quantize.FASTOCTREE))


def _png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
