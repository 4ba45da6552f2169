import io
import struct
import warnings
import zipfile
import zlib
from functools import partial

import numpy as np
import pytest
from PIL import Image, ImageFile

from gan_jax.data.images import decode, decode_all
from gan_jax.data.source import check_memory
from gan_jax.errors import DataError
from tests.data.zoo import NOISE, RANDOM, encoded, grey, plant, raw_png, refused


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


# --- what is read

GREY = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4


@pytest.mark.parametrize("form, options", [("PNG", {}), ("WEBP", {"lossless": True}), ("BMP", {})])
def test_colours_are_read_as_they_are(form, options):
    np.testing.assert_array_equal(decode(encoded(NOISE, form, **options)), NOISE)


def test_jpeg_is_read_closely():
    smooth = np.stack([GREY, GREY.T, 255 - GREY], -1)
    read = decode(encoded(smooth, "JPEG", quality=100, subsampling=0)).astype(int)
    assert np.abs(read - smooth).max() < 8
    assert decode(encoded(GREY, "JPEG")).shape == (8, 8, 1)


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_every_depth_of_grey_spans_all_levels(depth):
    levels = np.arange(2**depth, dtype=np.uint8)
    bits = np.unpackbits(levels[:, None], axis=1)[:, 8 - depth :].ravel()
    rows = b"\0" + np.packbits(bits).tobytes()
    read = decode(raw_png(len(levels), 1, depth, 0, rows))
    np.testing.assert_array_equal(read[0, :, 0], levels * (255 // (2**depth - 1)))


def test_sixteen_bits_of_grey_are_scaled_and_rounded_and_never_clipped():
    values = np.arange(2**16, dtype=np.uint16).reshape(256, 256)
    read = decode(encoded(values))
    np.testing.assert_array_equal(read[..., 0], np.round(values / 257))
    assert np.bincount(read.ravel())[1:-1].tolist() == [257] * 254


def test_a_palette_becomes_its_colours():
    image = Image.fromarray(np.uint8([[0, 1], [2, 1]]), "P")
    image.putpalette([10, 20, 30, 200, 100, 0, 5, 5, 5])
    read = decode(encoded(image))
    assert read.tolist() == [[[10, 20, 30], [200, 100, 0]], [[5, 5, 5], [200, 100, 0]]]


def test_cmyk_becomes_rgb():
    inks = np.zeros((8, 8, 4), np.uint8)
    inks[:, :4, 0] = 255  # cyan on the left, paper on the right
    read = decode(encoded(Image.fromarray(inks, "CMYK"), "JPEG", quality=100, subsampling=0))
    assert np.abs(read[:, :3].astype(int) - [0, 255, 255]).max() < 8
    assert read[:, 5:].min() > 247


def test_alpha_is_composited_over_white():
    alpha = RANDOM.integers(0, 256, (8, 8, 1), dtype=np.uint8)
    read = decode(encoded(np.concatenate([NOISE, alpha], -1)))
    share = alpha / 255
    np.testing.assert_allclose(read, NOISE * share + 255 * (1 - share), atol=1)
    read = decode(encoded(Image.fromarray(np.concatenate([NOISE[..., :1], alpha], -1), "LA")))
    assert read.shape == (8, 8, 1)
    np.testing.assert_allclose(read, NOISE[..., :1] * share + 255 * (1 - share), atol=1)


@pytest.mark.parametrize(
    "colour, rows, key, expected",
    [
        (0, bytes([0, 7, 9]), struct.pack(">H", 7), [[255], [9]]),
        (2, bytes([0, 1, 2, 3, 4, 5, 6]), struct.pack(">HHH", 1, 2, 3), [[255] * 3, [4, 5, 6]]),
        (3, bytes([0, 0, 1]), bytes([255, 0]), [[1, 2, 3], [255] * 3]),
    ],
)
def test_transparent_colours_become_white(colour, rows, key, expected):
    extra = [(b"PLTE", bytes([1, 2, 3, 4, 5, 6]))] * (colour == 3) + [(b"tRNS", key)]
    assert decode(raw_png(2, 1, 8, colour, rows, *extra))[0].tolist() == expected


def test_the_content_decides_not_the_name(tmp_path):
    plant(tmp_path / "set", {"a.jpg": encoded(NOISE), "b.PNG": encoded(NOISE, "BMP")})
    images, faults = attempt(tmp_path / "set")
    assert not faults
    np.testing.assert_array_equal(images["a.jpg"], images["b.PNG"])


STORED = {
    1: lambda upright: upright,
    2: np.fliplr,
    3: lambda upright: np.rot90(upright, 2),
    4: np.flipud,
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: np.rot90(upright, 2).swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_images_stand_upright(orientation, form):
    upright = RANDOM.integers(0, 256, (4, 6, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(STORED[orientation](upright))
    options = {"lossless": True} if form == "WEBP" else {}
    np.testing.assert_array_equal(decode(encoded(stored, form, exif=exif, **options)), upright)


def test_of_a_camera_with_two_images_in_a_file_the_first_is_read():
    smooth = Image.fromarray(GREY)
    file = encoded(smooth, "MPO", save_all=True, append_images=[smooth.transpose(0)])
    with Image.open(io.BytesIO(file)) as image:
        assert image.format == "MPO" and image.n_frames == 2
    np.testing.assert_array_equal(decode(file), decode(encoded(smooth, "JPEG")))


# --- sizes

WIDE = RANDOM.integers(0, 256, (20, 41, 3), dtype=np.uint8)


def test_crop_takes_the_middle():
    np.testing.assert_array_equal(decode(encoded(WIDE), 20, "crop"), WIDE[:, 10:30])
    tall = np.ascontiguousarray(WIDE.swapaxes(0, 1))
    np.testing.assert_array_equal(decode(encoded(tall), 20, "crop"), tall[10:30])


def test_pad_adds_black():
    padded = decode(encoded(WIDE), 41, "pad")
    np.testing.assert_array_equal(padded[10:30], WIDE)
    assert not padded[:10].any() and not padded[30:].any()
    assert decode(encoded(np.full((1, 90), 9, np.uint8)), 8, "pad").any(axis=(1, 2)).sum() == 1


def test_stretch_keeps_all_of_it():
    halves = np.zeros((10, 40), np.uint8)
    halves[:, 20:] = 255
    read = decode(encoded(halves), 20, "stretch")[..., 0]
    assert not read[:, :7].any() and (read[:, 13:] == 255).all()


@pytest.mark.parametrize("resize", ["crop", "pad", "stretch"])
def test_making_smaller_is_antialiased(resize):
    chessboard = np.uint8(np.indices((256, 256)).sum(0) % 2 * 255)
    small = decode(encoded(chessboard), 32, resize)[4:-4, 4:-4].astype(int)
    assert np.abs(small - 127.5).max() < 4


def test_making_larger():
    large = decode(grey(77), 20)
    assert large.shape == (20, 20, 1) and (large == 77).all()


# --- what is refused

GOOD, JPEG = encoded(NOISE), encoded(NOISE, "JPEG")
LONG = encoded(RANDOM.integers(0, 256, (200, 200, 3), dtype=np.uint8))  # has many chunks
WEBP, BMP = encoded(NOISE, "WEBP"), encoded(NOISE, "BMP")
FRAMES = [Image.fromarray(NOISE), Image.fromarray(255 - NOISE)]
ROW = b"\0" + bytes(48)
ARCHIVE = io.BytesIO()
zipfile.ZipFile(ARCHIVE, "w").close()
UNKNOWN = "no PNG, JPEG, WebP or BMP, or damaged at its beginning"
BOMB = "decompression bomb"


def flipped(content, place):
    return content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :]


def resized_header(jpeg, side):
    start = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:start] + struct.pack(">HH", side, side) + jpeg[start + 4 :]


FAULTS = {
    "empty": (b"", "empty"),
    "text": (b"a cat, in words\n" * 40, UNKNOWN),
    "page": (b"<!DOCTYPE html><html>404</html>", UNKNOWN),
    "drawing": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', UNKNOWN),
    "zeros": (bytes(1000), UNKNOWN),
    "array": (b"\x93NUMPY\x01\x00" + bytes(100), UNKNOWN),
    "archive": (ARCHIVE.getvalue(), UNKNOWN),
    "pointer of git lfs": (b"version https://git-lfs.github.com/spec/v1\n", UNKNOWN),
    "gif": (encoded(NOISE[..., 0], "GIF"), UNKNOWN),
    "tiff": (encoded(NOISE, "TIFF"), UNKNOWN),
    "ppm": (encoded(NOISE, "PPM"), UNKNOWN),
    "eps": (encoded(NOISE, "EPS"), UNKNOWN),
    "png: signature": (GOOD[:8], UNKNOWN),
    "png: in its header": (GOOD[:20], "Truncated File Read"),
    "png: half": (GOOD[: len(GOOD) // 2], "truncated"),
    "png: last bytes": (GOOD[:-25], "truncated"),
    "png: header only": (GOOD[:33], UNKNOWN),
    "png: flipped in the data": (flipped(GOOD, len(GOOD) // 2), "broken data stream"),
    "png: a lost chunk": (LONG[: LONG.rindex(b"IDAT") - 4] + GOOD[-12:], "truncated"),
    "png: checksum": (raw_png(8, 8, 8, 0, bytes(72), wrong=1), UNKNOWN),
    "png: no pixels": (raw_png(0, 8, 8, 0), UNKNOWN),
    "png: bomb": (raw_png(60_000, 60_000, 8, 0), BOMB),
    "png: smaller bomb": (raw_png(10_000, 10_000, 8, 0), BOMB),
    "png: bomb of text": (
        raw_png(8, 8, 8, 0, bytes(72), (b"zTXt", b"a\0\0" + zlib.compress(b" " * 2**21))),
        "too large",
    ),
    "png: 16 bits of colour": (raw_png(8, 1, 16, 2, ROW), "16 bits a channel"),
    "png: 16 bits and alpha": (raw_png(8, 1, 16, 4, ROW), "16 bits a channel"),
    "png: 16 bits of colour and alpha": (raw_png(6, 1, 16, 6, ROW), "16 bits a channel"),
    "png: 16 bits and a key": (
        raw_png(24, 1, 16, 0, ROW, (b"tRNS", b"\1\1")),
        "transparent grey level",
    ),
    "png: 2 bits and a key": (raw_png(8, 1, 2, 0, ROW, (b"tRNS", b"\0\1")), "transparent grey"),
    "png: animated": (
        encoded(FRAMES[0], save_all=True, append_images=FRAMES[1:]),
        "animation of 2 frames",
    ),
    "jpeg: start": (JPEG[:2], UNKNOWN),
    "jpeg: in its header": (JPEG[:100], "Truncated File Read"),
    "jpeg: half": (JPEG[: JPEG.index(b"\xff\xda") + 20], "truncated"),
    "jpeg: last bytes": (JPEG[:-12], "truncated"),
    "jpeg: bomb": (resized_header(JPEG, 65_000), BOMB),
    "jpeg: no pixels": (resized_header(JPEG, 0), "."),
    "webp: start": (WEBP[:12], "."),
    "webp: half": (WEBP[: len(WEBP) // 2], "."),
    "webp: animated": (
        encoded(FRAMES[0], "WEBP", save_all=True, append_images=FRAMES[1:]),
        "animation of 2 frames",
    ),
    "bmp: start": (BMP[:2], "."),
    "bmp: half": (BMP[: len(BMP) // 2], "truncated"),
    "bmp: bomb": (BMP[:18] + struct.pack("<ii", 30_000, 30_000) + BMP[26:], BOMB),
}


@pytest.mark.parametrize("content, words", FAULTS.values(), ids=FAULTS)
def test_a_file_that_is_no_sound_image_is_named_with_the_reason(tmp_path, content, words):
    plant(tmp_path / "set", {"good.png": GOOD, "bad.png": content})
    said = refused(tmp_path, f"folder:{tmp_path}/set", rf"bad\.png \(.*({words}).*\): repair")
    assert "1 of 2 files are no sound images: bad.png (" in said and " at 0x" not in said


def attempt(folder):
    contents = [(path.name, partial(open, path, "rb")) for path in folder.iterdir()]
    outcomes = dict(decode_all(contents, None, "crop", "set"))
    faults = {path: said for path, said in outcomes.items() if isinstance(said, str)}
    return {path: outcomes[path] for path in outcomes.keys() - faults.keys()}, faults


def test_what_other_libraries_have_set_does_not_matter_and_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    bomb = FAULTS["png: smaller bomb"][0]
    plant(tmp_path / "set", {"a.png": GOOD, "b.jpg": JPEG[:-12], "c.png": bomb})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = list(warnings.filters)
        images, faults = attempt(tmp_path / "set")
        assert warnings.filters == before
    assert images.keys() == {"a.png"} and faults.keys() == {"b.jpg", "c.png"}
    assert ImageFile.LOAD_TRUNCATED_IMAGES


def test_many_files_are_given_back_by_their_own_paths(tmp_path):
    files = {f"{value:03}.png": grey(value) for value in range(200)} | {"x.png": b"text"}
    images, faults = attempt(plant(tmp_path, files))
    assert {path: image[0, 0, 0] for path, image in images.items()} == {
        f"{value:03}.png": value for value in range(200)
    }
    assert list(faults) == ["x.png"]


def test_more_than_the_memory_is_refused():
    check_memory(1, "one byte")
    with pytest.raises(
        DataError, match=r"all take 1000000000\.0 GB of memory, more than the .*size"
    ):
        check_memory(10**18, "all")
