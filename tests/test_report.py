import numpy as np
import pytest
from PIL import Image

from gan_jax import report
from gan_jax.data import Spec, open

RANDOM = np.random.default_rng(0)


def spec(*shape):
    return Spec(shape=shape, scale=1.0, offset=0.0)


def pixels(path):
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.asarray(image)


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_every_sample_stands_in_its_place(tmp_path, channels, mode):
    path, height, width = tmp_path / "grid.png", 200, 160
    samples = RANDOM.uniform(-1, 1, (5, height, width, channels)).astype(np.float32)
    report.picture(samples, spec(height, width, channels), path)
    with Image.open(path) as image:
        assert image.mode == mode
        assert image.size == (3 * width + 2, 2 * height + 1)  # a line of one pixel between
    drawn = pixels(path).reshape(2 * height + 1, 3 * width + 2, channels)
    for index, sample in enumerate(samples):
        top, left = index // 3 * (height + 1), index % 3 * (width + 1)
        tile = drawn[top : top + height, left : left + width]
        np.testing.assert_array_equal(tile, np.round(sample * np.float32(127.5) + 127.5))
    assert (drawn[height] == 255).all()
    assert (drawn[height + 1 :, 2 * (width + 1) :] == 255).all()  # no sixth sample


def test_the_ends_of_the_range_and_what_is_beyond():
    images = np.float32([-7, -1, 0, 1, 7]).reshape(1, 1, 5, 1)
    drawn = report.grid(images)
    assert drawn.dtype == np.uint8
    factor = report.SIDE // 5
    assert drawn[0, ::factor, 0].tolist() == [0, 0, 128, 255, 255]


def test_small_images_are_enlarged_by_a_whole_factor():
    images = RANDOM.uniform(-1, 1, (64, 8, 8, 1)).astype(np.float32)
    drawn = report.grid(images)
    factor = report.SIDE // 71
    assert drawn.shape == (71 * factor, 71 * factor, 1)
    np.testing.assert_array_equal(drawn[:factor, :factor], drawn[0, 0, 0])


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (10, 4, 3)])
def test_near_to_a_square(count, columns, rows):
    drawn = report.grid(np.zeros((count, 600, 600, 3), np.float32))
    assert drawn.shape == (rows * 601 - 1, columns * 601 - 1, 3)


def test_points_are_scattered_where_they_are(tmp_path):
    ring = open("ring")
    report.picture(ring.held_out["real"][:500], ring.spec, tmp_path / "ring.png")
    report.picture(np.zeros((500, 2), np.float32), ring.spec, tmp_path / "zero.png")
    ring, zero = (pixels(tmp_path / name)[..., :3] for name in ("ring.png", "zero.png"))
    blue = lambda image: (np.abs(image - np.float32([31, 119, 180])) < 2).all(-1).sum()
    assert blue(ring) > 8 * blue(zero) > 0


def test_of_points_in_more_dimensions_the_first_two(tmp_path):
    points = RANDOM.standard_normal((20, 3)).astype(np.float32)
    report.picture(points, spec(3), tmp_path / "three.png")
    report.picture(points[:, :2], spec(2), tmp_path / "two.png")
    np.testing.assert_array_equal(pixels(tmp_path / "three.png"), pixels(tmp_path / "two.png"))


def test_no_picture_of_one_number(tmp_path):
    with pytest.raises(ValueError, match=r"no picture of examples of shape \(1,\)"):
        report.picture(np.zeros((4, 1), np.float32), spec(1), tmp_path / "one.png")
    assert not list(tmp_path.iterdir())


def test_a_panel_for_each_player(tmp_path):
    rows = [
        {"step": step, "seconds": 1.0, "critic/loss": step**2, "generator/loss": -step}
        for step in range(10)
    ]
    report.curves(rows, tmp_path / "two.png")
    one = [{k: v for k, v in row.items() if not k.startswith("gen")} for row in rows]
    report.curves(one, tmp_path / "one.png")
    two, one = (pixels(tmp_path / name) for name in ("two.png", "one.png"))
    assert two.shape[1] == 2 * one.shape[1]
    assert len(np.unique(one.reshape(-1, one.shape[-1]), axis=0)) > 10


def test_a_metric_that_came_later_is_drawn(tmp_path):
    rows = [{"step": 1, "critic/loss": 1.0}, {"step": 2, "critic/loss": 2.0, "critic/fid": 3.0}]
    report.curves(rows, tmp_path / "curves.png")
    assert pixels(tmp_path / "curves.png").size


@pytest.mark.parametrize("rows", [[], [{"step": 1, "seconds": 1.0}]])
def test_nothing_to_draw(tmp_path, rows):
    report.curves(rows, tmp_path / "curves.png")
    assert not list(tmp_path.iterdir())
