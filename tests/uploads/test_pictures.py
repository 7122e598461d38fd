"""Pictures made anew: what is taken comes out clean, what is refused is refused in words, nothing else happens."""

import resource
import time
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from tests.factories import pictures as corpus
from uploads import pictures


@pytest.mark.parametrize("name", list(corpus.taken()))
def test_what_is_taken_comes_out_as_bare_pixels(name):
    data = corpus.taken()[name]
    picture = pictures.reencode(data)
    assert picture.format in ("JPEG", "PNG")
    for one in (picture, pictures.smaller(picture, 40)):
        assert corpus.metadata_in(one.data) == []
        with Image.open(BytesIO(one.data)) as image:
            assert image.size == (one.width, one.height)
            assert getattr(image, "n_frames", 1) == 1
    assert max(picture.width, picture.height) <= pictures.LONGEST_SIDE


def test_the_corpus_is_what_it_says():
    """Or the test above would prove nothing."""
    for name, data in corpus.with_metadata().items():
        with Image.open(BytesIO(data)) as image:
            assert image.getexif()[0x013B] == corpus.CANARY, name
            assert image.getexif().get_ifd(0x8825)[1] == "N", name
            assert image.info["icc_profile"], name
        assert corpus.metadata_in(data), name


@pytest.mark.parametrize("name", list(corpus.refused()))
def test_what_is_refused_is_refused_in_words(name):
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(pictures.Refused) as refusal:
        pictures.reencode(corpus.refused()[name])
    assert refusal.value.message.endswith(".")
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 300_000  # kB; the corpus is in it
    assert time.monotonic() - began < 10


def test_a_bomb_is_refused_before_anything_is_decoded(monkeypatch):
    bomb = corpus.png_of_zeros(10_000, 10_000)
    assert len(bomb) < 110_000
    decoded = []
    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", lambda self: decoded.append(self))
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(pictures.Refused, match="40 million|40 millions"):
        pictures.reencode(bomb)
    assert not decoded
    assert time.monotonic() - began < 0.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_more_than_ten_megabytes_is_not_looked_at(monkeypatch):
    monkeypatch.setattr(Image, "open", lambda *args, **kwargs: pytest.fail("looked at"))
    with pytest.raises(pictures.Refused, match="10"):
        pictures.reencode(b"\xff" * (pictures.MOST_BYTES + 1))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("orientation", "red_is"), [(1, "left"), (3, "right"), (6, "top"), (8, "bottom")])
def test_pictures_stand_upright(kind, orientation, red_is):
    data = corpus.saved(corpus.scene((80, 40)), kind, exif=corpus.exif(orientation), quality=95)
    picture = pictures.reencode(data)
    assert (picture.width, picture.height) == ((80, 40) if orientation < 5 else (40, 80))
    with Image.open(BytesIO(picture.data)) as image:
        rgb, (wide, high) = image.convert("RGB"), image.size
    at = {
        "left": (4, high // 2),
        "right": (wide - 5, high // 2),
        "top": (wide // 2, 4),
        "bottom": (wide // 2, high - 5),
    }
    red, green, _blue = rgb.getpixel(at[red_is])
    assert red > 200 > 80 > green


def test_colours_are_brought_to_srgb():
    """A picture in another profile would look wrong once the profile is dropped."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    linear = ImageCms.ImageCmsProfile(BytesIO(_linear_profile()))
    shown = ImageCms.profileToProfile(Image.new("RGB", (20, 20), (128, 128, 128)), srgb, linear)
    assert shown.getpixel((5, 5))[0] < 70
    picture = pictures.reencode(corpus.saved(shown, "PNG", icc_profile=linear.tobytes()))
    with Image.open(BytesIO(picture.data)) as image:
        assert image.convert("RGB").getpixel((5, 5))[0] == pytest.approx(128, abs=4)


def _linear_profile() -> bytes:
    """sRGB with straight curves: the profile's own curves replaced by identity."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = data.find(b"para")
    while at >= 0:
        data[at + 8 : at + 10] = b"\0\0"  # parametric curve of type 0: y = x^g
        data[at + 12 : at + 16] = (0x10000).to_bytes(4, "big")  # g = 1
        at = data.find(b"para", at + 1)
    return bytes(data)


def test_photographs_are_jpeg_and_drawings_stay_sharp():
    assert pictures.reencode(corpus.saved(corpus.scene((300, 200)), "PNG")).format == "JPEG"
    drawing = Image.new("RGB", (300, 200), "white")
    drawing.paste((0, 0, 145), (40, 40, 90, 90))
    assert pictures.reencode(corpus.saved(drawing, "PNG")).format == "PNG"
    see_through = pictures.reencode(corpus.with_metadata()["png see-through"])
    with Image.open(BytesIO(see_through.data)) as image:
        assert image.mode == "RGBA" and image.getextrema()[3][0] == 0


def test_a_big_photo_comes_out_at_its_longest_side():
    picture = pictures.reencode(corpus.saved(corpus.scene((4000, 3000)), quality=60))
    assert (picture.width, picture.height) == (1600, 1200)
