import pytest

from gan_jax import experiment
from gan_jax.data import Spec
from gan_jax.errors import UsageError
from tests.command import EXPERIMENT, write_experiment

POINTS = Spec(shape=(2,), scale=1.0, offset=0.0)


def test_every_name_is_a_file_that_loads():
    assert "digits_wgan_gp" in experiment.names()
    for name in experiment.names():
        module = experiment.load(experiment.find(name))
        assert module.__doc__
        assert isinstance(module.QUICK, module.Config)


def test_finds_a_file_by_its_path(tmp_path, monkeypatch):
    path = write_experiment(tmp_path)
    assert experiment.find(str(path)) == path
    monkeypatch.setenv("HOME", str(tmp_path))
    assert experiment.find("~/small.py") == path


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("digits_wgan_g", "did you mean .*digits_wgan_gp"),
        ("digit_wgan_gp", "did you mean digits_wgan_gp"),
        ("qqqq", "there are .*digits_wgan_gp"),
        ("", "there are .*digits_wgan_gp"),
        ("../digits_wgan_gp", "no experiment '../digits_wgan_gp'"),
        ("nowhere/mine.py", "There is no experiment file nowhere/mine.py"),
    ],
)
def test_names_what_is_near(name, words):
    with pytest.raises(UsageError, match=words):
        experiment.find(name)


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(UsageError, match="There is no experiment file"):
        experiment.find(str(tmp_path / "folder.py"))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def build(config, spec:\n", "cannot be imported: SyntaxError"),
        ("import no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("1 / 0\n", "ZeroDivisionError: division by zero"),
        ("\0", "cannot be imported"),
        ("", "is no experiment: it needs a frozen dataclass `Config`"),
        (EXPERIMENT.replace("def build", "def built"), "is no experiment"),
        (EXPERIMENT.replace("@dataclass(frozen=True)", ""), "is no experiment|cannot be imported"),
        ("Config = 3\nbuild = print\n", "is no experiment"),
        (EXPERIMENT.replace("steps: int = 40", "").replace("steps=2", ""), "lacks steps"),
        (EXPERIMENT.replace("batch_size", "batch").replace("data:", "datum:"), "batch_size, data"),
    ],
)
def test_what_does_not_load_is_said(tmp_path, source, words):
    path = tmp_path / "mine.py"
    path.write_text(source)
    with pytest.raises(UsageError, match=words) as caught:
        experiment.load(path)
    assert str(path) in str(caught.value)


def test_bytes_that_are_no_text_are_said(tmp_path):
    (tmp_path / "mine.py").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be imported"):
        experiment.load(tmp_path / "mine.py")


def test_two_files_of_one_name_are_two_modules(tmp_path):
    folders = [tmp_path / name for name in "ab"]
    for folder, steps in zip(folders, ("1", "2"), strict=True):
        folder.mkdir()
        write_experiment(folder, old="steps: int = 40", new=f"steps: int = {steps}")
    modules = [experiment.load(folder / "small.py") for folder in folders]
    assert [module.Config().steps for module in modules] == [1, 2]


def test_a_configuration_comes_back_from_json(tmp_path):
    module = experiment.load(write_experiment(tmp_path))
    config = experiment.configured(module, {"steps": 3, "widths": [8, 4]})
    assert config == module.Config(steps=3, widths=(8, 4))
    with pytest.raises(UsageError, match=r"no field learn, wid; it has .*widths"):
        experiment.configured(module, {"steps": 3, "wid": 1, "learn": 2})


def test_builds(tmp_path):
    module = experiment.load(write_experiment(tmp_path))
    built = experiment.build(module, module.Config(), POINTS)
    assert set(built.game.networks) == {"generator", "critic"}
    assert built.watch == {"gap": "critic/gap"}
    assert built.on_chunk is None


def test_what_cannot_be_built_is_said(tmp_path):
    path = write_experiment(tmp_path, old="priors.normal(4),\n        c", new="priors.normal(0), c")
    module = experiment.load(path)
    with pytest.raises(UsageError, match=r"small\.py, line \d+, cannot be built: A prior has 1"):
        experiment.build(module, module.Config(), POINTS)
