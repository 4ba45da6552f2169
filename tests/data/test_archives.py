"""Archives are read by many threads at once."""

import struct
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from gan_jax.data.archives import opened


def test_threads_read_a_zip_at_once(tmp_path):
    """Members with extra fields, behind which zipfile seeks from where the file stands."""
    random = np.random.default_rng(0)
    contents = {f"{n}.png": random.bytes(2000) for n in range(400)}
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for name, content in contents.items():
            member = zipfile.ZipInfo(name)
            member.extra = struct.pack("<HHI", 0x7777, 4, 1)
            archive.writestr(member, content)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with opened(tmp_path / "set.zip") as (members, opening), ThreadPoolExecutor(8) as pool:
            files = {member.name: member.handle for member in members}
            read = lambda pair: (pair[0], pair[1]().read())
            found = dict(pool.map(read, opening(files)))
    finally:
        sys.setswitchinterval(usual)
    assert found == contents
