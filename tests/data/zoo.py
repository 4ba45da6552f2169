"""Images, archives and broken things, made by Pillow and NumPy."""

import io
import re
import struct
import tarfile
import zipfile
import zlib
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
from PIL import Image

from gan_jax.cli import main
from gan_jax.errors import DataError

RANDOM = np.random.default_rng(0)
NOISE = RANDOM.integers(0, 256, (8, 8, 3), dtype=np.uint8)


def encoded(array, form="PNG", **options):
    """The bytes of a file; an array or a Pillow image in."""
    image = array if isinstance(array, Image.Image) else Image.fromarray(array)
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def grey(value, size=(8, 8)):
    return encoded(np.full(size[::-1], value, np.uint8))


def raw_png(width, height, depth, colour, rows=b"", *extra, wrong=0):
    """A PNG of any kind, chunk by chunk; `wrong` is added to the header's checksum."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = [(b"IHDR", header), *extra, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    png = b"\x89PNG\r\n\x1a\n"
    for kind, body in chunks:
        check = zlib.crc32(kind + body) + wrong * (kind == b"IHDR")
        png += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check & 0xFFFFFFFF)
    return png


def plant(root, files):
    """Writes files by their paths below the root; None makes a folder."""
    for path, content in files.items():
        place = root / path
        (place if content is None else place.parent).mkdir(parents=True, exist_ok=True)
        if content is not None:
            place.write_bytes(content)
    return root


def zipped(path, files, within=""):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(
                f"{within}{name}/" if content is None else within + name, content or b""
            )
    return path


def tarred(path, files, within="", mode="w"):
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(within + name)
            member.type = tarfile.DIRTYPE if content is None else tarfile.REGTYPE
            member.size = len(content or b"")
            archive.addfile(member, io.BytesIO(content or b""))
    return path


def snapshot(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def words_of(columns):
    """The words of all rows, None where one is missing, by the names of columns of a table."""
    return {
        cells.name: [cells.words[place] if place >= 0 else None for place in cells.index]
        for cells in columns
    }


def complaint(folder, spec):
    """What the command says of a spec that it refuses, in one line; nothing of one that it takes.

    A refusal has the exit code 3, and nothing is written below the folder.
    """
    before = snapshot(folder)
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = main(["data", "describe", spec])
    if code == 0:
        return ""
    said = err.getvalue()
    assert code == DataError.code, said
    assert said.startswith("gan-jax: ") and said.count("\n") == 1 and len(said.split()) > 4
    assert not out.getvalue() and snapshot(folder) == before
    return said


def refused(folder, spec, words):
    """The complaint about a spec, which has these words."""
    said = complaint(folder, spec)
    assert re.search(words, said), said
    return said
