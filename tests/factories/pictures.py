"""Pictures as phones and people with bad intentions send them: full of metadata, broken, lying, or no pictures."""

import struct
import zlib
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

CANARY = "CANARI-Jeanne-Dupont"
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>{CANARY}</dc:creator></x:xmpmeta>'.encode()


def scene(size: tuple[int, int] = (96, 64), mode: str = "RGB") -> Image.Image:
    """Something with many colours, brighter on the left."""
    noise = Image.effect_noise(size, 60).convert("RGB")
    noise.paste((250, 20, 20), (0, 0, size[0] // 4, size[1]))
    return noise.convert(mode)


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """Who, where, with what, and a small picture inside."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x013B] = CANARY  # Artist
    tags[0x010F] = CANARY  # Make
    gps = tags.get_ifd(0x8825)
    gps |= {1: "N", 2: (48.0, 51.0, 29.0), 3: "E", 4: (2.0, 17.0, 40.0), 29: CANARY}
    tags.get_ifd(0x8769)[0x9286] = CANARY.encode()  # UserComment
    return tags


@cache
def with_metadata() -> dict[str, bytes]:
    """One picture of each format that is taken, with all the metadata the format has room for."""
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    chunks = PngInfo()
    chunks.add_text("Author", CANARY)
    chunks.add_itxt("XML:com.adobe.xmp", XMP.decode())
    chunks.add_text("Comment", CANARY * 10, zip=True)
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", 25) + b"\x1c\x02\x50\x00\x14" + CANARY.encode()
    app13 = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    more: dict[str, Any] = {"exif": exif(), "icc_profile": icc}
    jpeg = saved(scene(), comment=CANARY.encode(), xmp=XMP, quality=92, **more)
    return {
        "jpeg": jpeg[:2] + app13 + jpeg[2:],
        "png": saved(scene(), "PNG", pnginfo=chunks, **more),
        "png see-through": saved(scene(mode="RGBA").rotate(30), "PNG", pnginfo=chunks, **more),
        "webp": saved(scene(), "WEBP", xmp=XMP, **more),
        "heic": saved(scene(), "HEIF", xmp=XMP, **more),
    }


def png_of_zeros(width: int, height: int) -> bytes:
    """A valid grey PNG: some thousandths of the size of its pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compressobj(9)
    row = b"\0" * (width + 1)
    data = b"".join(body.compress(row) for _ in range(height)) + body.flush()
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def lying_png(width: int = 2**31 - 1, height: int = 2**31 - 1) -> bytes:
    """A header that promises more than there is."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 9))
        + _chunk(b"IEND", b"")
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert('CANARI')</script>"
ZIP = b"PK\x05\x06" + b"\0" * 18


@cache
def refused() -> dict[str, bytes]:
    jpeg, png = saved(scene()), saved(scene(), "PNG")
    webp, heic = saved(scene(), "WEBP"), saved(scene(), "HEIF")
    return {
        "svg": SVG,
        "html": HTML,
        "nothing": b"",
        "one byte": b"\xff",
        "jpeg cut": jpeg[: len(jpeg) // 3],
        "png cut": png[: len(png) // 2],
        "webp cut": webp[: len(webp) // 2],
        "heic cut": heic[: len(heic) // 2],
        "heic header": heic[:40],
        "gif": saved(scene(), "GIF"),
        "gif and script": b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)",
        "tiff": saved(scene(), "TIFF"),
        "bmp": saved(scene(), "BMP"),
        "pdf": b"%PDF-1.4\n%%EOF",
        "zip": ZIP,
        "50 megapixels": png_of_zeros(10_000, 5_000),
        "huge header": lying_png(),
        "wide header": lying_png(60_000, 60_000),
        "false header": lying_png(200, 200),
        "html before jpeg": HTML + jpeg,
        "text bomb": png[:33] + _chunk(b"zTXt", b"a\0\0" + zlib.compress(b"a" * 9_000_000, 9)) + png[33:],
        "jpeg of noise": jpeg[:2] + bytes(range(256)) * 40,
        "text": "é\x00\ud7ff".encode() * 99,
    }


@cache
def taken() -> dict[str, bytes]:
    """Unusual, and pictures all the same: what comes out of them must be clean."""
    jpeg = saved(scene())
    frames = [scene(), scene(mode="L").convert("RGB")]
    loud = exif()
    broken_exif = saved(scene(), exif=b"Exif\0\0MM\0\x2a\xff\xff\xff\xff" + CANARY.encode())
    return with_metadata() | {
        "jpeg and html": jpeg + HTML + CANARY.encode(),
        "jpeg and zip": jpeg + ZIP + CANARY.encode(),
        "png and zip": saved(scene(), "PNG") + ZIP + CANARY.encode(),
        "cmyk": saved(scene(mode="CMYK"), exif=loud),
        "grey": saved(scene(mode="L"), exif=loud),
        "palette": saved(scene().quantize(16), "PNG", exif=loud),
        "palette see-through": saved(scene().quantize(16), "PNG", transparency=0, exif=loud),
        "16 bit": saved(Image.new("I;16", (60, 40), 40_000), "PNG"),
        "1 bit": saved(scene(mode="1"), "PNG"),
        "1×1": saved(Image.new("RGB", (1, 1)), "PNG"),
        "animated webp": saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], exif=loud),
        "animated png": saved(frames[0], "PNG", save_all=True, append_images=frames[1:], exif=loud),
        "two lenses": saved(frames[0], "MPO", save_all=True, append_images=frames[1:], exif=loud),
        "long": saved(scene((8000, 3)), "PNG"),
        "broken exif": broken_exif,
        "broken profile": saved(scene(), icc_profile=b"no profile " + CANARY.encode()),
    }


# What Pillow tells of any picture, whether or not something was hidden in it.
PLAIN = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression", "transparency"} | {
    "loop",
    "background",
    "timestamp",
    "duration",  # WebP, always
}
MARKS = (b"CANARI", b"Exif", b"exif", b"http://ns.adobe", b"8BIM", b"ICC_PROFILE")


def metadata_in(data: bytes) -> list[str]:
    """Everything a picture file says beside its pixels; empty when it says nothing."""
    found = [mark.decode() for mark in MARKS if mark in data]
    with Image.open(BytesIO(data)) as image:
        image.load()
        found += [f"{image.format} {key}" for key in set(image.info) - PLAIN]
        found += [f"exif {tag}" for tag in image.getexif()]
        if image.format == "PNG":
            found += [f"chunk {kind!r}" for kind in _chunks(data) if kind not in (b"IHDR", b"IDAT", b"IEND")]
    return found


def _chunks(data: bytes) -> list[bytes]:
    kinds, at = [], 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kinds.append(data[at + 4 : at + 8])
        at += 12 + length
    return kinds
