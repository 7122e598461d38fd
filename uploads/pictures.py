"""Pictures made anew from their bare pixels: nothing that was hidden in or behind the file that came is left.

Pure: bytes in, bytes out. What a file is called, and what it is said to be, is never asked.
"""

from io import BytesIO
from typing import NamedTuple

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageFile, ImageOps
from pillow_heif import register_heif_opener

register_heif_opener(thumbnails=False)

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")  # MPO, the JPEG of phones with two lenses, opens as JPEG
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
FEW_COLOURS = 128  # up to which a picture is a drawing: JPEG would blur it, PNG keeps it small
QUALITY = 85
_SRGB = ImageCms.createProfile("sRGB")


class Refused(Exception):
    """The file cannot be taken; `message` says what to send instead."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


class NotAPicture(Refused):
    """It is none of the formats we take, whatever it is called."""


class Picture(NamedTuple):
    data: bytes
    width: int
    height: int
    format: str  # "JPEG" or "PNG"

    @property
    def media_type(self) -> str:
        return f"image/{self.format.lower()}"

    @property
    def extension(self) -> str:
        return "jpg" if self.format == "JPEG" else "png"


def reencode(data: bytes, longest: int = LONGEST_SIDE) -> Picture:
    """The first frame of a picture, upright, in sRGB, at most `longest` pixels a side. Raises Refused."""
    if len(data) > MOST_BYTES:
        raise Refused(too_big())
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            _check_size(image)
            return _encode(_bare(_pixels(image, longest)))
    except Refused:
        raise
    except Image.DecompressionBombError:
        raise Refused(_too_large()) from None
    except Image.UnidentifiedImageError:
        raise NotAPicture(_("Send a photo in JPEG, PNG, WebP or HEIC.")) from None
    except Exception:  # decoders raise whatever they like on broken files: struct.error, SyntaxError, KeyError…
        raise Refused(_("This photo cannot be read: the file is broken. Choose another one.")) from None


def smaller(picture: Picture, longest: int) -> Picture:
    """The same picture, `longest` pixels a side at most."""
    with Image.open(BytesIO(picture.data), formats=FORMATS) as image:
        return _encode(_bare(_pixels(image, longest)))


def too_big() -> str:
    return _("This photo is too big: 10 MB at most. Choose a smaller one.")


def _too_large() -> str:
    return _("This photo has too many pixels: 40 million at most. Choose a smaller one.")


def _check_size(image: ImageFile.ImageFile) -> None:
    """Only the header was read so far: a bomb is refused before it takes any memory."""
    if image.width * image.height > MOST_PIXELS:
        raise Refused(_too_large())


def _pixels(image: ImageFile.ImageFile, longest: int) -> Image.Image:
    """Decoded, shrunk first so that the rest is cheap, upright, in sRGB."""
    image.draft(None, (longest, longest))  # JPEG decodes to about that size at once; others know no draft
    image.load()
    profile, small = image.info.get("icc_profile"), _plain(image)
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return _in_srgb(ImageOps.exif_transpose(small), profile)


def _plain(image: Image.Image) -> Image.Image:
    """In a mode that can be shrunk well: 8 bits a channel, no palette, transparency as a channel."""
    if image.mode in ("RGB", "RGBA", "L", "CMYK") and "transparency" not in image.info:
        return image
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value / 256).convert("L")
    if image.mode == "I":
        return image.point(lambda value: value / 256).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            out = "RGBA" if image.mode == "RGBA" else "RGB"
            image = ImageCms.profileToProfile(image, source, _SRGB, outputMode=out) or image
        except (ImageCms.PyCMSError, OSError, ValueError):  # a broken profile, or that of another kind of pixels
            pass
    return image if image.mode in ("RGB", "RGBA", "L") else image.convert("RGB")


def _bare(image: Image.Image) -> Image.Image:
    """A copy that knows pixels and nothing else: what Pillow keeps beside them it would write again."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    return Image.frombytes(image.mode, image.size, image.tobytes())


def _encode(image: Image.Image) -> Picture:
    out, (width, height) = BytesIO(), image.size
    if image.mode == "RGBA" or image.getcolors(FEW_COLOURS):
        image.save(out, "PNG", optimize=True)
        return Picture(out.getvalue(), width, height, "PNG")
    image.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return Picture(out.getvalue(), width, height, "JPEG")
