import json
import os
import shutil
import tarfile
import tempfile
import warnings
import zipfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import gan_jax.data
from gan_jax import storage
from gan_jax.data import archives, arrays, decoded, images, source
from gan_jax.data.folder import folder
from tests.data import zoo
from tests.data.zoo import NOISE, encoded, grey, plant, refused, snapshot, tarred, zipped

GOOD = grey(9)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "gan_jax" / "images"


def files(*paths):
    """Images, each of a grey level of its own, by the paths."""
    return {path: grey(index) for index, path in enumerate(paths)}


PETS = files("cat/2.png", "dog/1.png", "cat/1.png", "dog/10.png", "dog/2.png", "ant/z/1.png")
PARTS = files("train/dog/1.png", "train/cat/1.png", "test/dog/1.png", "test/cat/1.png")


def levels(part):
    return part["real"][:, 0, 0, 0].tolist()


# --- folders to classes and parts


@pytest.mark.parametrize(
    "paths, classes, labels",
    [
        (["b.png", "a.png"], (), None),
        (["only/b.png", "only/a.png"], (), None),
        (["b/1.png", "a/1.png", "a/0.png"], ("a", "b"), [1, 0, 0]),
        (["pets/b/1.png", "pets/a/1.png"], ("a", "b"), [1, 0]),
        (["x/a/1.png", "y/a/1.png", "y/b/1.png"], ("x/a", "y/a", "y/b"), [0, 1, 2]),
        (["x/y/b/1.png", "x/a/1.png"], ("a", "y/b"), [1, 0]),
        (["train/b/1.png", "train/a/1.png"], ("a", "b"), [1, 0]),
        (["train/1.png", "bus/1.png", "car/1.png"], ("bus", "car", "train"), [2, 0, 1]),
    ],
)
def test_the_folders_are_the_classes(tmp_path, paths, classes, labels):
    data = folder(plant(tmp_path / "set", files(*paths)), held_out=0)
    assert data.spec.classes == classes and data.name == "set"
    assert sorted(levels(data.train)) == list(range(len(paths)))
    if labels is None:
        assert "label" not in data.train
    else:
        assert data.train["label"].tolist() == [labels[level] for level in levels(data.train)]


@pytest.mark.parametrize("name", ["test", "held_out", "validation", "val", "Test"])
@pytest.mark.parametrize("above", ["", "set/"])
def test_the_held_out_part_has_a_folder_of_its_own(tmp_path, name, above):
    paths = [above + path.replace("test", name) for path in PARTS]
    data = folder(plant(tmp_path / "set", files(*paths)))
    assert (levels(data.train), levels(data.held_out)) == ([1, 0], [3, 2])
    assert data.train["label"].tolist() == data.held_out["label"].tolist() == [0, 1]
    assert data.spec.classes == ("cat", "dog") and data.spec.frequencies == (0.5, 0.5)


def test_parts_without_classes(tmp_path):
    data = folder(plant(tmp_path / "set", files("train/1.png", "train/2.png", "test/1.png")))
    assert (levels(data.train), levels(data.held_out), data.spec.classes) == ([0, 1], [2], ())


def test_a_class_may_be_missing_in_the_held_out_part(tmp_path):
    data = folder(plant(tmp_path, files("train/a/1.png", "train/b/1.png", "test/b/1.png")))
    assert data.held_out["label"].tolist() == [1]


def test_a_share_is_held_out_where_there_is_no_such_folder(tmp_path):
    root = plant(tmp_path / "set", files(*(f"{index}.png" for index in range(20))))
    for share, count in ((None, 4), (0.5, 10), (0, 0)):
        data = folder(root, held_out=share)
        assert len(data.held_out["real"]) == count
        assert sorted(levels(data.train) + levels(data.held_out)) == list(range(20))


def test_grey_among_colours_becomes_rgb(tmp_path):
    root = plant(tmp_path / "set", {"a.png": GOOD, "b.webp": encoded(NOISE, "WEBP", lossless=True)})
    data = folder(root, held_out=0)
    assert data.spec.shape == (8, 8, 3) and (data.train["real"][0] == 9).all()
    np.testing.assert_array_equal(data.train["real"][1], NOISE)
    assert (data.spec.scale, data.spec.offset) == (2 / 255, -1.0)


def test_hidden_files_and_junk_are_passed_over(tmp_path):
    junk = [".DS_Store", "cat/._1.png", "Thumbs.db", "dog/desktop.ini", "__MACOSX/cat/._1.png"]
    root = plant(tmp_path / "set", PETS | dict.fromkeys([*junk, ".git/a/b.png"], b"junk"))
    assert folder(root).fingerprint == folder(plant(tmp_path / "pure", PETS)).fingerprint


def test_links_in_folders_are_followed(tmp_path):
    plant(tmp_path / "real", PETS)
    (tmp_path / "set" / "ant").mkdir(parents=True)
    for name in ("cat", "dog"):
        (tmp_path / "set" / name).symlink_to(tmp_path / "real" / name)
    (tmp_path / "set" / "ant" / "z").mkdir()
    (tmp_path / "set" / "ant" / "z" / "1.png").symlink_to(tmp_path / "real" / "ant" / "z" / "1.png")
    assert folder(tmp_path / "set").fingerprint == folder(tmp_path / "real").fingerprint


# --- the same data, however they lie there


@pytest.mark.parametrize("content", [PETS, PARTS, files("b.png", "a.png", "c.jpg")])
def test_folders_and_archives_in_any_order_are_the_same_data(tmp_path, monkeypatch, content):
    expected = folder(plant(tmp_path / "set", content))
    backwards = dict(reversed(content.items()))
    again = [
        zipped(tmp_path / "a.zip", content),
        zipped(tmp_path / "b.ZIP", {"": None} | backwards, within="set/"),
        zipped(tmp_path / "c.zip", backwards | {"__MACOSX/._a.png": b"junk"}),
        tarred(tmp_path / "a.tar", content),
        tarred(tmp_path / "b.tar", {"": None} | backwards, within="./"),
        tarred(tmp_path / "c.tar.gz", backwards, within="set/", mode="w:gz"),
        tarred(tmp_path / "d.tgz", content, mode="w:gz"),
        tarred(tmp_path / "e.tar", content, mode="w:gz"),
        tarred(tmp_path / "f.tar.gz", content),
        plant(tmp_path / "other", {f"deep/{path}": image for path, image in backwards.items()}),
    ]
    listed = os.scandir
    monkeypatch.setattr(
        os, "scandir", lambda path: sorted(listed(path), key=lambda e: e.name, reverse=True)
    )
    again.append(plant(tmp_path / "reversed", content))
    for root in again:
        data = folder(root)
        assert data.fingerprint == expected.fingerprint and data.name == root.name
        for part in ("train", "held_out"):
            for key, array in getattr(expected, part).items():
                np.testing.assert_array_equal(getattr(data, part)[key], array)


def test_the_fingerprint_follows_pixels_classes_and_size(tmp_path):
    root = plant(tmp_path / "set", PETS)
    renamed = plant(tmp_path / "b", {p.replace("cat", "cow"): image for p, image in PETS.items()})
    changed = plant(tmp_path / "c", PETS | {"cat/1.png": grey(77)})
    prints = [folder(root), folder(renamed), folder(changed), folder(root, size=4)]
    assert len({data.fingerprint for data in prints}) == 4


def test_archives_are_not_unpacked(tmp_path, cache):
    archive = zipped(tmp_path / "a.zip", PETS)
    folder(archive)
    assert sorted(path.suffix for path in cache.iterdir()) == [".json", ".npy"]
    assert {path for path in tmp_path.iterdir()} == {archive, tmp_path / "cache"}


# --- corrupt files


def test_ten_corrupt_files_are_named_of_many(tmp_path):
    bad = {f"{index:02}.png": b"text" for index in range(23)}
    said = refused(
        tmp_path, f"folder:{plant(tmp_path / 'set', bad | files('good.png'))}", "23 of 24 files"
    )
    assert all(f"{index:02}.png (no PNG" in said for index in range(10)) and "10.png" not in said
    assert "; and 13 more: " in said and "skip_corrupt=23" in said


def test_corrupt_files_are_left_out_if_asked(tmp_path):
    root = plant(tmp_path / "set", PETS | {"cat/0.png": b"", "dog/notes.txt": b"", "x\n.png": b""})
    (root / "x\n.png").rename(root / "dog" / "x\n.png")
    refused(tmp_path, f"folder:{root}?skip_corrupt=2", "3 of 9 files")
    for _ in range(2):  # decoded, and from the cache
        with pytest.warns(UserWarning, match=r"left out, 3 of 9 .*cat/0.png \(empty\)") as caught:
            data = gan_jax.data.open(f"folder:{root}?skip_corrupt=3")
        assert "\n" not in str(caught[0].message) and r"'dog/x\n.png'" in str(caught[0].message)
        assert data.fingerprint == folder(plant(tmp_path / "pure", PETS)).fingerprint
    refused(tmp_path, f"folder:{root}?skip_corrupt=2", "3 of 9 files")


# --- the cache


def is_mapped(array):
    while array is not None and not isinstance(array, np.memmap):
        array = getattr(array, "base", None)
    return array is not None


def test_what_was_decoded_is_mapped_into_memory(tmp_path, cache):
    root = plant(tmp_path / "set", PARTS)
    first = folder(root)
    kept = snapshot(cache)
    second = folder(root)
    assert not is_mapped(first.train["real"]) and is_mapped(second.train["real"])
    assert is_mapped(second.held_out["real"]) and first.fingerprint == second.fingerprint
    assert snapshot(cache) == kept and len(kept) == 2


@pytest.fixture
def all_is_large(monkeypatch):
    for module in (decoded, source, arrays):
        monkeypatch.setattr(module, "WHOLE", 0)


MIXED = {"b/2.png": grey(3), "a/1.png": encoded(NOISE), "a/0.png": b"torn", "b/1.png": grey(1)}


@pytest.mark.parametrize(
    "content, options",
    [(PETS, {}), (PARTS, {}), (MIXED, {"skip_corrupt": 1, "held_out": 0})],
)
@pytest.mark.filterwarnings("ignore:.*left out, 1 of 4")
def test_what_is_large_is_decoded_into_the_cache(tmp_path, cache, content, options, request):
    root = plant(tmp_path / "set", content)
    plain = folder(root, **options)
    shutil.rmtree(cache)
    request.getfixturevalue("all_is_large")
    for _ in range(2):  # decoded, and from the cache
        data = folder(root, **options)
        for part in ("train", "held_out"):
            found, known = (getattr(each, part) for each in (data, plain))
            assert found.keys() == known.keys()
            assert all(np.array_equal(found[key][:], known[key]) for key in known)
        assert data.fingerprint == plain.fingerprint  # fewer rows than are chosen of a large set
        assert sorted(path.suffix for path in cache.iterdir()) == [".json", ".npy"]
    assert is_mapped(data.train["real"]) or is_mapped(data.train["real"].source)


def test_what_a_killed_process_left_in_the_cache_is_removed_in_time(tmp_path, cache, all_is_large):
    root = plant(tmp_path / "set", PETS)
    folder(root)
    (kept,) = cache.glob("*.npy")
    abandoned, unfinished = (storage.unfinished(kept) for _ in range(2))
    for path in (abandoned, unfinished):
        path.touch()
    os.utime(abandoned, (0, 0))
    kept.unlink()
    folder(root)
    assert {path.name for path in cache.iterdir() if path.suffix != ".json"} == {
        kept.name,
        unfinished.name,
    }


def test_what_is_large_needs_a_cache_with_room(tmp_path, cache, monkeypatch, all_is_large):
    root = plant(tmp_path / "set", PETS)
    refused(root, f"folder:{plant(tmp_path / 'sizes', SIZES)}", "images of two sizes")
    refused(root, f"folder:{plant(tmp_path / 'torn', MIXED)}", "1 of 4 files")
    assert not list(cache.iterdir())
    usage = shutil.disk_usage(tmp_path)._replace(free=1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    refused(root, f"folder:{root}", "6 images of 8x8 pixels take .* room for 0.0 GB: .*size=N")
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    refused(root, f"folder:{root}", "cannot be written: .*XDG_CACHE_HOME")


@pytest.mark.parametrize("archive", [False, True])
def test_a_change_is_seen(tmp_path, archive):
    def write(content):
        return zipped(tmp_path / "a.zip", content) if archive else plant(tmp_path / "set", content)

    before = folder(write(PARTS))
    root = write(PARTS | {"train/cat/1.png": grey(200)})
    os.utime(root if archive else root / "train/cat/1.png", ns=(1, 1))
    after = folder(root)
    assert levels(after.train) == [200, 0] and before.fingerprint != after.fingerprint
    write(PARTS | files("train/cat/0.png"))
    assert len(folder(root).train["real"]) == 3


DAMAGES = {
    "no array": lambda array, about: array.unlink(),
    "no text": lambda array, about: about.unlink(),
    "array empty": lambda array, about: array.write_bytes(b""),
    "array cut": lambda array, about: array.write_bytes(array.read_bytes()[:-1]),
    "array flipped": lambda array, about: array.write_bytes(array.read_bytes()[:-1] + b"\xff"),
    "array of another kind": lambda array, about: np.save(array, np.arange(4)),
    "array pickled": lambda array, about: np.save(array, np.array([{}]), allow_pickle=True),
    "archive": lambda array, about: zipfile.ZipFile(array, "w").close(),
    "text cut": lambda array, about: about.write_bytes(about.read_bytes()[:-9]),
    "text of another kind": lambda array, about: about.write_text("[]"),
    "fewer paths": lambda array, about: about.write_text(
        json.dumps(json.loads(about.read_text()) | {"paths": ["a.png"]})
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_cache_is_made_again(tmp_path, cache, damage):
    root = plant(tmp_path / "set", PARTS)
    expected, kept = folder(root).fingerprint, snapshot(cache)
    damage(*(next(cache.glob(pattern)) for pattern in ("*.npy", "*.json")))
    assert snapshot(cache) != kept
    assert folder(root).fingerprint == expected and snapshot(cache) == kept


def test_without_a_place_for_the_cache_all_is_read_again(tmp_path, monkeypatch):
    root = plant(tmp_path / "set", PARTS)
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert folder(root).fingerprint == folder(root).fingerprint
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder(root)
    assert len(list((tmp_path / "home" / ".cache" / "gan_jax" / "images").iterdir())) == 2


# --- what is refused


def linked(path, target, kind):
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo("b.png")
        member.type, member.linkname = kind, target
        archive.addfile(member)
    return path


def zip_linked(path):
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("b.png")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return path


def fifo(root):
    os.mkfifo(root / "b.png")
    return root


def twice(path):
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        for _ in range(2):
            archive.writestr("a.png", GOOD)
    return path


def looped(root):
    (root / "a" / "b").symlink_to(root)
    return root


def dangling(root):
    (root / "a.png").symlink_to(root / "gone.png")
    return root


def cut(path, end):
    path.write_bytes(path.read_bytes()[:end])
    return path


SIZES = {"a.png": grey(1, (30, 20)), "b.png": grey(1, (20, 24))}
ZOO = {
    "missing": (lambda p: p / "none", r"none: not found, expected a folder of images"),
    "a file": (lambda p: plant(p, {"a.png": GOOD}) / "a.png", "a.png: no folder, expected"),
    "another archive": (
        lambda p: plant(p, {"a.rar": b"Rar"}) / "a.rar",
        r"\.zip, \.tar, \.tar\.gz",
    ),
    "below a file": (lambda p: plant(p, {"a": b""}) / "a" / "b", "not found"),
    "a name too long": (lambda p: p / ("x" * 300), "cannot be read .*too long"),
    "empty": (lambda p: plant(p, {"set": None}) / "set", "no images in it; expected files .jpg"),
    "only others": (lambda p: plant(p, {"a.gif": b"", "b": b""}), "no images in it, only a.gif, b"),
    "only hidden": (lambda p: plant(p, {".a.png": GOOD}), "no images in it"),
    "an empty class": (lambda p: plant(p, PETS | {"cow": None}), "folder cow holds no images"),
    "an empty class below": (
        lambda p: plant(p, PARTS | {"test/cow/young": None}),
        "folder test/cow holds no images",
    ),
    "a class of others": (lambda p: plant(p, PETS | {"cow/a.gif": b""}), "folder cow holds no im"),
    "other suffixes": (lambda p: plant(p, PETS | {"a.tif": GOOD}), r"1 of 7 .*a.tif \(its suffix"),
    "notes": (lambda p: plant(p, PETS | {"README.md": b"pets"}), "README.md .*skip_corrupt=1"),
    "flat beside classes": (lambda p: plant(p, PETS | {"a.png": GOOD}), r"both in the folder \. a"),
    "a class in a class": (
        lambda p: plant(p, PETS | {"cat/x/1.png": GOOD}),
        "folder cat and",
    ),
    "flat beside parts": (
        lambda p: plant(p, PARTS | {"a.png": GOOD}),
        "beside images in no folder, t",
    ),
    "two held-out parts": (
        lambda p: plant(p, PARTS | {"val/a/1.png": GOOD}),
        "beside test, val",
    ),
    "another part": (lambda p: plant(p, files("train/a/1.png", "dev/a/1.png")), "train beside dev"),
    "parts in capitals": (
        lambda p: plant(p, files("train/1.png", "TRAIN/1.png", "Test/1.png")),
        "TRAIN, Test, train, of which some differ in capitals only",
    ),
    "a class only held out": (
        lambda p: plant(p, PARTS | {"test/cow/1.png": GOOD}),
        "class cow has no sound image to train on",
    ),
    "two sizes": (lambda p: plant(p, SIZES), r"30x20 \(a.png\) and 20x24 \(b.png\).*\?size=20"),
    "one image": (lambda p: plant(p, {"a.png": GOOD}), "1 examples leave none for training"),
    "a fifo": (fifo, "'b.png' is a link or no plain file"),
    "a loop": (lambda p: looped(plant(p, {"a/1.png": GOOD})), "a/b leads back to a folder above"),
    "a dangling link": (dangling, "'a.png' is a link or no plain file"),
    "zip: text": (lambda p: plant(p, {"a.zip": b"text"}) / "a.zip", "cannot be read .*not a zip"),
    "zip: empty": (lambda p: plant(p, {"a.zip": b""}) / "a.zip", "cannot be read"),
    "zip: no members": (lambda p: zipped(p / "a.zip", {}), "no images in it"),
    "zip: cut": (lambda p: cut(zipped(p / "a.zip", PETS), -9), "cannot be read"),
    "zip: a link": (lambda p: zip_linked(p / "a.zip"), "'b.png' is a link"),
    "zip: climbs": (lambda p: zipped(p / "a.zip", files("../a.png")), "'../a.png' leads out"),
    "zip: climbs below": (lambda p: zipped(p / "a.zip", files("a/../../b.png")), "leads out"),
    "zip: from the root": (lambda p: zipped(p / "a.zip", files("/a.png")), "'/a.png' leads out"),
    "zip: backslashes": (lambda p: zipped(p / "a.zip", files("cat\\a.png")), "not written with sl"),
    "zip: twice": (lambda p: twice(p / "a.zip"), "holds 'a.png' twice"),
    "zip: an empty class": (lambda p: zipped(p / "a.zip", PETS | {"cow": None}), "cow holds no im"),
    "zip: corrupt": (lambda p: zipped(p / "a.zip", PETS | {"cat/3.png": b"x"}), "1 of 7 .*cat/3"),
    "zip: in a zip": (lambda p: zipped(p / "a.zip", PETS | {"b.zip": b"PK"}), "b.zip .its suffix"),
    "tar: text": (lambda p: plant(p, {"a.tar": b"text" * 999}) / "a.tar", "cannot be read"),
    "tar: empty": (lambda p: plant(p, {"a.tar": b""}) / "a.tar", "cannot be read"),
    "tar: cut": (lambda p: cut(tarred(p / "a.tar", PETS), 2000), "cannot be read"),
    "tar: cut between": (lambda p: cut(tarred(p / "a.tar", PETS), 4 * 1024), "cut short"),
    "tar: cut in a header": (lambda p: cut(tarred(p / "a.tar", PETS), 4 * 1024 + 99), "cut short"),
    "tar: gzip cut": (lambda p: cut(tarred(p / "a.tgz", PETS, mode="w:gz"), -9), "cannot be read"),
    "tar: another zip": (lambda p: tarred(p / "a.tar", PETS, mode="w:xz"), "cannot be read"),
    "tar: a link": (lambda p: linked(p / "a.tar", "/etc/passwd", tarfile.SYMTYPE), "is a link"),
    "tar: a hard link": (lambda p: linked(p / "a.tar", "x.png", tarfile.LNKTYPE), "is a link"),
    "tar: a device": (lambda p: linked(p / "a.tar", "", tarfile.CHRTYPE), "or no plain file"),
    "tar: climbs": (lambda p: tarred(p / "a.tar", files("../../a.png")), "leads out"),
    "tar: from the root": (lambda p: tarred(p / "a.tar", files("/a.png")), "leads out"),
}


@pytest.mark.parametrize("make, words", ZOO.values(), ids=ZOO)
def test_what_is_no_set_of_images_is_refused(tmp_path, make, words):
    (tmp_path / "zoo").mkdir()
    refused(tmp_path, f"folder:{make(tmp_path / 'zoo')}", words)


@pytest.mark.parametrize("make", ["plant", "zipped", "tarred"])
def test_a_file_too_large_is_not_read(tmp_path, monkeypatch, make):
    for module in (images, archives):
        monkeypatch.setattr(module, "FILE_LIMIT", 1000)
    content = {"a.png": GOOD, "b.png": GOOD + bytes(1000)}
    root = getattr(zoo, make)(tmp_path / f"a.{make[:3]}", content)
    refused(tmp_path, f"folder:{root}", r"1 of 2 .*b\.png \(more than 1000 bytes\)")


@pytest.mark.parametrize(
    "options, words",
    [
        ("size=0", "size=0, expected 1 to 8192"),
        ("size=99999", "expected 1 to 8192"),
        ("size=4.5", "size=4.5, expected a whole number"),
        ("size=", "size=, expected a whole number"),
        ("size", "size=, expected a whole number"),
        ("sise=4", "unknown option `sise`: did you mean size"),
        ("=4", "unknown option ``: there are size, resize, skip_corrupt, held_out"),
        ("Size=4&", "unknown option `Size`"),
        ("size=4&size=5", "size is given twice"),
        ("resize=crop", "says how, not to what: add size=N"),
        ("size=4&resize=squeeze", "resize=squeeze, expected crop, pad, stretch"),
        ("skip_corrupt=-1", "expected 0 or more"),
        ("held_out=1", "held_out=1.0, expected 0 <= held_out < 1"),
        ("held_out=nan", "held_out=nan"),
        ("held_out=a", "expected a number"),
        ("held_out=0.5", "has a held-out folder of its own: leave out held_out=0.5"),
        ("range=0,1", "unknown option `range`: .*there are size"),
    ],
)
def test_options_that_make_no_sense_are_refused(tmp_path, options, words):
    refused(tmp_path / "set", f"folder:{plant(tmp_path / 'set', PARTS)}?{options}", words)


def test_options_and_paths_with_question_marks(tmp_path):
    plant(tmp_path / "what?", PARTS)
    spec = f"folder:{tmp_path}/what??size=4&resize=pad"
    assert gan_jax.data.open(spec).spec.shape == (4, 4, 1)
    assert gan_jax.data.open(f"folder:{tmp_path}/what??").spec.shape == (8, 8, 1)


def test_the_last_sound_image_of_a_class_or_part_is_not_left_out(tmp_path):
    for name, path in (("class cat", "train/cat/1.png"), ("held-out folder", "test/cat/1.png")):
        content = files("train/dog/1.png", "train/cat/1.png", "test/cat/1.png") | {path: b"text"}
        with pytest.warns(UserWarning, match="left out, 1 of 3"):
            refused(
                tmp_path / name,
                f"folder:{plant(tmp_path / name, content)}?skip_corrupt=1",
                f"{name} has no sound image",
            )
    root = plant(tmp_path / "all", {"a.png": b"text"})
    with pytest.warns(UserWarning, match="left out, 1 of 1"):
        refused(root, f"folder:{root}?skip_corrupt=1", "training part has no sound image")


@contextmanager
def nobody():
    """As a user who may not read everything, where the tests run as one who may."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("closed", ["", "cat", "cat/1.png", "a.zip"])
def test_no_permission(closed):
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        root = plant(Path(place) / "set", PETS)
        if closed == "a.zip":
            root = zipped(Path(place) / closed, PETS)
        (root / closed if root.is_dir() else root).chmod(0)
        words = r"cat/1.png \(Permission denied\)" if closed.endswith("g") else "Permission denied"
        with nobody():
            refused(Path(place, "none"), f"folder:{root}", words)
        root.chmod(0o755)
        if closed and root.is_dir():
            (root / closed).chmod(0o755)


# --- real data


@pytest.mark.slow
def test_cifar_from_its_archive(real_data):
    data = gan_jax.data.open(f"folder:{real_data}/cifar10/cifar10-jpeg-half.zip")
    assert data.train["real"].shape == (25_000, 32, 32, 3)
    assert data.held_out["real"].shape == (5_000, 32, 32, 3)
    assert data.spec.classes[:3] == ("airplane", "automobile", "bird")
    assert data.spec.frequencies == (0.1,) * 10 and len(data.spec.classes) == 10
    # Aeroplanes are blue, and frogs are brown: the labels are those of the images.
    means = [data.train["real"][data.train["label"] == k].mean((0, 1, 2)) for k in range(10)]
    assert means[0][2] > means[0][0] + 5 and means[6][2] < means[6][0] - 10


@pytest.mark.parametrize("options, side", [("", 105), ("?size=28", 28), ("?size=128", 128)])
def test_omniglot_from_its_archive(real_data, options, side):
    path = f"{real_data}/omniglot/images_background_small1.zip"
    data = gan_jax.data.open(f"folder:{path}{options}")
    assert len(data.train["real"]) + len(data.held_out["real"]) == 2720
    assert data.spec.shape == (side, side, 1) and len(data.spec.classes) == 136
    assert data.spec.classes[0] == "Balinese/character01"
    levels = np.unique(data.train["real"])
    assert levels.tolist() == [0, 255] if side == 105 else len(levels) > 100
    assert 0.85 < data.train["real"].mean() / 255 < 0.99  # thin black strokes on white
