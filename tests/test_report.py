import io

import numpy as np
import pytest
from PIL import Image

from gan_jax import charts, report
from gan_jax.data import Spec, open
from gan_jax.data.columns import Column

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


def test_as_many_columns_as_asked_for_and_white_where_there_is_none():
    images = np.full((6, 600, 600, 3), -1, np.float32)
    images[4] = np.nan
    drawn = report.grid(images, columns=3)
    assert drawn.shape == (2 * 601 - 1, 3 * 601 - 1, 3)
    assert (drawn[601:, 601:1202] == 255).all() and (drawn[601:, 1202:] == 0).all()


def test_all_sequences_in_columns_and_none_where_there_is_none():
    curves = np.sin(np.linspace(0, 6, 20, dtype=np.float32))[None, :, None].repeat(90, axis=0)
    curves[50:] = np.nan
    with Image.open(io.BytesIO(report.png(curves, spec(20, 1), columns=10))) as image:
        drawn = (np.asarray(image.convert("L")) < 200).any(axis=1)
    assert (np.diff(drawn.astype(int)) == 1).sum() == 5  # rows, though the first 36 have but four


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (10, 4, 3)])
def test_near_to_a_square(count, columns, rows):
    drawn = report.grid(np.zeros((count, 600, 600, 3), np.float32))
    assert drawn.shape == (rows * 601 - 1, columns * 601 - 1, 3)


def test_points_are_scattered_where_they_are(tmp_path):
    ring = open("ring")
    report.picture(ring.held_out["real"][:500], ring.spec, tmp_path / "ring.png")
    report.picture(np.zeros((500, 2), np.float32), ring.spec, tmp_path / "zero.png")
    ring, zero = (pixels(tmp_path / name)[..., :3] for name in ("ring.png", "zero.png"))
    assert blue(ring).sum() > 8 * blue(zero).sum() > 0


def test_of_points_in_more_dimensions_the_first_two(tmp_path):
    points = RANDOM.standard_normal((20, 3)).astype(np.float32)
    report.picture(points, spec(3), tmp_path / "three.png")
    report.picture(points[:, :2], spec(2), tmp_path / "two.png")
    np.testing.assert_array_equal(pixels(tmp_path / "three.png"), pixels(tmp_path / "two.png"))


def blue(image):
    """Pixels in the colour of the first line of a plot."""
    return (np.abs(image[..., :3] - np.float32([31, 119, 180])) < 2).all(-1)


def test_of_one_number_a_histogram(tmp_path):
    narrow = RANDOM.normal(size=(500, 1)).astype(np.float32)
    report.picture(narrow, spec(1), tmp_path / "one.png")
    even = np.linspace(0, 1, 500, dtype=np.float32)[:, None]
    report.picture(even, spec(1), tmp_path / "even.png")
    one, even = (blue(pixels(tmp_path / name)) for name in ("one.png", "even.png"))
    assert even.sum() > 1.5 * one.sum() > 0  # an even one fills its frame


@pytest.mark.parametrize(("channels", "mode"), [(2, "L"), (4, "RGB"), (7, "RGB")])
def test_images_of_other_numbers_of_channels_are_drawn_too(tmp_path, channels, mode):
    samples = RANDOM.uniform(-1, 1, (4, 8, 8, channels)).astype(np.float32)
    report.picture(samples, spec(8, 8, channels), tmp_path / "odd.png")
    shown = samples[..., : len(mode)]
    report.picture(shown, spec(8, 8, len(mode)), tmp_path / "even.png")
    np.testing.assert_array_equal(pixels(tmp_path / "odd.png"), pixels(tmp_path / "even.png"))


def test_no_picture_of_arrays_of_four_axes(tmp_path):
    with pytest.raises(ValueError, match=r"no picture of examples of shape \(2, 2, 2, 1\)"):
        report.picture(np.zeros((4, 2, 2, 2, 1)), spec(2, 2, 2, 1), tmp_path / "four.png")
    assert not list(tmp_path.iterdir())


def test_each_sequence_is_a_curve_in_its_place(tmp_path):
    rising = np.linspace(-1, 1, 30, dtype=np.float32)[:, None]
    samples = np.stack([rising, rising, -rising, -rising])
    report.picture(samples, spec(30, 1), tmp_path / "four.png")
    drawn = blue(pixels(tmp_path / "four.png"))
    rows, columns = (np.flatnonzero(drawn.any(axis)) for axis in (1, 0))
    drawn = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = (size // 2 for size in drawn.shape)
    for row, column, sign in ((0, 0, 1), (0, 1, 1), (1, 0, -1), (1, 1, -1)):
        tile = drawn[row * height : (row + 1) * height, column * width : (column + 1) * width]
        places = np.argwhere(tile)
        assert np.corrcoef(places.T)[0, 1] * sign < -0.95  # rows count from the top


def test_channels_have_colours_and_the_number_of_curves_a_bound(tmp_path):
    samples = RANDOM.normal(size=(charts.CURVES + 5, 9, 2)).astype(np.float32)
    report.picture(samples, spec(9, 2), tmp_path / "many.png")
    report.picture(samples[: charts.CURVES], spec(9, 2), tmp_path / "bound.png")
    many, bound = (pixels(tmp_path / name)[..., :3] for name in ("many.png", "bound.png"))
    np.testing.assert_array_equal(many, bound)
    orange = (np.abs(many - np.float32([255, 127, 14])) < 2).all(-1)
    assert blue(many).sum() > 50 and orange.sum() > 50


def test_constant_sequences_are_drawn(tmp_path):
    report.picture(np.zeros((3, 9, 1), np.float32), spec(9, 1), tmp_path / "flat.png")
    assert (pixels(tmp_path / "flat.png") != 255).any()


def test_of_text_a_page_beside(tmp_path):
    symbols = ("", "a", "\n", "\\", "é")
    text = Spec((3, 5), 1.0, 0.0, vocabulary=symbols)
    report.picture(text.decode(np.uint8([[1, 2, 4], [3, 1, 0]])), text, tmp_path / "0001.png")
    assert [path.name for path in tmp_path.iterdir()] == ["0001.txt"]
    assert (tmp_path / "0001.txt").read_bytes().decode() == "a\\né\n\\\\a\n"


@pytest.mark.parametrize("channels", [1, 3])
def test_an_animation_has_the_samples_as_frames(channels):
    samples = RANDOM.choice([-1.0, 1.0], (5, 4, 4, channels))
    with Image.open(io.BytesIO(report.animation(samples, "GIF"))) as image:
        assert image.n_frames == 5 and image.info["loop"] == 0
        for index, sample in enumerate(samples):
            image.seek(index)
            drawn = np.asarray(image.convert("RGB"))[::128, ::128]  # four pixels of 128
            np.testing.assert_array_equal(drawn, np.broadcast_to(sample > 0, (4, 4, 3)) * 255)


def test_rows_of_a_table_become_a_csv(tmp_path):
    column = Column("size", "categorical", categories=("S", "M"))
    table = Spec((2,), 1.0, 0.0, columns=(column,))
    report.picture(np.float32([[0.1, 0.9], [0.7, 0.3]]), table, tmp_path / "0000010.png")
    assert [path.name for path in tmp_path.iterdir()] == ["0000010.csv"]
    assert (tmp_path / "0000010.csv").read_text() == "size\nM\nS\n"


def test_columns_of_a_table_have_a_panel_each(tmp_path):
    column = Column("size", "categorical", categories=("S", "M"))
    areas = []
    for count in (1, 2, 4):
        columns = tuple(column._replace(name=f"c{place}") for place in range(count))
        table = Spec((2 * count,), 1.0, 0.0, columns=columns)
        (tmp_path / "x.png").write_bytes(report.png(np.eye(2 * count), table))
        areas.append(pixels(tmp_path / "x.png").size)
    assert areas == [areas[0], 2 * areas[0], 4 * areas[0]]
