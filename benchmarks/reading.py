"""How fast files of images are read: `python -m benchmarks.reading`, from a folder and archives.

Files of noise, which nothing compresses, in ten classes. They have just been written, so that the
system still holds them in memory; "again" is from what was decoded the first time.
"""

import argparse
import io
import os
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.timing import timed
from gan_jax import data


def images(count: int, side: int, form: str) -> Iterator[tuple[str, bytes]]:
    """Paths `class/number.form` and the files' contents."""
    random = np.random.default_rng(0)
    for number in range(count):
        noise = random.integers(0, 256, (side, side, 3), dtype=np.uint8)
        file = io.BytesIO()
        Image.fromarray(noise).save(file, form)
        yield f"{number % 10}/{number:06}.{form}", file.getvalue()


def write(place: Path, count: int, side: int, form: str) -> list[Path]:
    """The same files in a folder, in a zip and in a tar.gz."""
    made = [place / "folder", place / "set.zip", place / "set.tar.gz"]
    with zipfile.ZipFile(made[1], "w") as zipped, tarfile.open(made[2], "w:gz") as tarred:
        for path, content in images(count, side, form):
            (made[0] / path).parent.mkdir(parents=True, exist_ok=True)
            (made[0] / path).write_bytes(content)
            zipped.writestr(path, content)
            member = tarfile.TarInfo(path)
            member.size = len(content)
            tarred.addfile(member, io.BytesIO(content))
    return made


def read(path: Path) -> tuple[float, float]:
    """Seconds, and seconds of all processors together, which other programs do not change much."""
    before = time.process_time()
    return timed(lambda: data.open(f"folder:{path}")), time.process_time() - before


def main() -> None:
    """Writes the files to a temporary folder, reads each twice and prints the seconds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--form", choices=("png", "jpeg", "webp", "bmp"), default="png")
    count, side, form = vars(parser.parse_args()).values()
    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_CACHE_HOME"] = f"{place}/cache"
        print(f"{count} files .{form} of {side}x{side}, {os.cpu_count()} cores")
        for path in write(Path(place), count, side, form):
            (first, work), (again, _) = read(path), read(path)
            rate = f"{first:.1f} s ({work:.1f} s of processors), {count / first:.0f} files/s"
            print(f"{path.name}: {rate}; again {again:.2f} s", flush=True)


if __name__ == "__main__":
    main()
