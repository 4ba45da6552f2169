import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from gan_jax import charts


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image)


def test_a_panel_for_each_player(tmp_path):
    rows = [
        {"step": step, "seconds": 1.0, "critic/loss": step**2, "generator/loss": -step}
        for step in range(10)
    ]
    charts.curves(rows, tmp_path / "two.png")
    one = [{k: v for k, v in row.items() if not k.startswith("gen")} for row in rows]
    charts.curves(one, tmp_path / "one.png")
    two, one = (pixels(tmp_path / name) for name in ("two.png", "one.png"))
    assert two.shape[1] == 2 * one.shape[1]
    assert len(np.unique(one.reshape(-1, one.shape[-1]), axis=0)) > 10


def test_a_metric_that_came_later_is_drawn(tmp_path):
    rows = [{"step": 1, "critic/loss": 1.0}, {"step": 2, "critic/loss": 2.0, "critic/fid": 3.0}]
    charts.curves(rows, tmp_path / "curves.png")
    assert pixels(tmp_path / "curves.png").size


@pytest.mark.parametrize("rows", [[], [{"step": 1, "seconds": 1.0}]])
def test_nothing_to_draw(tmp_path, rows):
    charts.curves(rows, tmp_path / "curves.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("count", [3, 10, 300])
def test_every_class_has_a_colour_of_its_own(tmp_path, count):
    assert len({to_rgb(colour) for colour in charts._colours(count)}) == count
    points, labels = np.eye(count)[:, :2], np.arange(count)
    charts.scatter(points, tmp_path / "codes.png", labels, [f"class {i}" for i in range(count)])
    assert pixels(tmp_path / "codes.png").size
