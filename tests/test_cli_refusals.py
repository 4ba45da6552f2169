import pytest

from gan_jax.cli import main
from tests.command import files, train, write_experiment


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a trained run, experiments good and bad, and things that are neither."""
    place = tmp_path_factory.mktemp("place")
    assert train(write_experiment(place), place / "run", "--steps", 3) == 0
    (place / "broken.py").write_text("def build(:\n")
    (place / "empty.py").write_text("")
    write_experiment(place, "clash", "steps: int = 40", "seed: int = 1\n    steps: int = 40")
    write_experiment(place, "latents", "priors.normal(4),\n        c", "priors.normal(0), c")
    write_experiment(place, "bare")
    write_experiment(place, "typo", "families.wgan_gp", "families.wgan_pg")
    write_experiment(place, "unlike", "prior=priors.normal(4)", "prior=priors.normal(5)")
    for name in ("other", "hollow", "idx"):
        (place / name).mkdir()
    (place / "other" / "thesis.tex").write_text("years of work")
    (place / "idx" / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03")
    (place / "torn").mkdir()
    (place / "torn" / ".lock").write_text("")
    (place / "torn" / "config.json").write_text('{"experi')
    for name in ("taken.npz", "taken.csv"):
        (place / name).write_text("mine")
    return place


@pytest.fixture
def here(place, monkeypatch):
    monkeypatch.chdir(place)
    return place


WRONG = """
2  nonsense                                            | no command 'nonsense'
2  trian small.py                                      | Did you mean train?
2  -x                                                  | no command '-x'
2  list all                                            | gan-jax list
2  runs a b                                            | gan-jax runs [FOLDER]
2  runs --all                                          | --all
2  new                                                 | Give one name
2  new a b                                             | Give one name
2  new not-a-name                                      | Python identifier
2  new ../up                                           | Python identifier
2  new class                                           | Python identifier
2  train                                               | Name an experiment first digits_dcgan
2  train --steps 3                                     | Name an experiment
2  train digits_wgan_g                                 | did you mean digits_wgan_gp
2  train nowhere.py                                    | no experiment file nowhere.py
2  train other                                         | .py path
2  train broken.py                                     | cannot be imported SyntaxError
2  train empty.py                                      | frozen dataclass `Config`
2  train clash.py                                      | rename seed
2  train latents.py                                    | cannot be built 1 dimension or more
2  train typo.py                                       | typo.py, line AttributeError: wgan_pg
2  train unlike.py                                     | cannot be played inputs
2  train bare.py --steps 0                             | --steps is 0 1 or more
2  train bare.py --batch-size -4                       | --batch-size is -4
2  train bare.py --log-every 0                         | --log-every is 0
2  train bare.py --checkpoint-every 0                  | --checkpoint-every is 0
2  train bare.py --sample-every -1                     | --sample-every is -1
2  train bare.py --keep 0                              | --keep is 0
2  train bare.py --seed -1                             | --seed is -1 4294967295
2  train bare.py --seed 4294967296                     | --seed is 4294967296
2  train bare.py --minutes -1                          | --minutes is -1.0
2  train bare.py --minutes nan                         | --minutes is nan
2  train bare.py --device-data -1                      | --device-data is -1
2  train bare.py --device-data 0 --seeds 0..2          | many seeds raise one --seed at a time
3  data describe taken.csv                             | did you mean csv:taken.csv?
3  data describe other                                 | did you mean folder:other?
3  data describe digits?per_clas=3                     | did you mean per_class?
3  data describe csv:nowhere.csv                       | nowhere.csv: there is no such file in
3  data describe npz:nowhere.npz                       | nowhere.npz: there is no such file in
2  train bare.py --widths -1                           | cannot be built
2  train bare.py --widths 0                            | cannot be built 1 wide or more
2  train digits_dcgan --width 0                        | gan-jax: digits_dcgan cannot be built
2  train digits_dcgan --data ring                      | cannot be built a multiple of 4
2  train bare.py --batch-size 1438                     | use 1 to 1437
2  train small.py --run run --steps 2 --resume         | at step 3 already
3  train bare.py --data digit                          | did you mean digits
3  train bare.py --data idx:                           | unknown data
3  train bare.py --data idx:nowhere                    | nowhere not found train-images-idx3-ubyte
3  train bare.py --data idx:small.py                   | is a file
3  train bare.py --data idx:idx                        | idx
3  train bare.py --data idx:$NO_SUCH_FOLDER/x          | NO_SUCH_FOLDER not set
6  train bare.py --resume --overwrite                  | give one of them
6  train bare.py --run other                           | is no run .lock
6  train bare.py --run other --overwrite               | is no run .lock
6  train bare.py --run run                             | --resume --overwrite
6  train bare.py --run x[1]                            | Orbax
6  train bare.py --run torn --resume                   | config.json is damaged
7  train bare.py --run small.py                        | is a file
7  train bare.py --run small.py/deep/run               | small.py is a file
2  train small.py --run run --resume --batch-size 8    | batch_size was 16 and is now 8
2  train small.py --run run --resume --seed 1          | seed was 0 and is now 1
2  train small.py --run run --resume --widths 8 8      | widths was [16] and is now (8, 8)
2  train small.py --run run --resume --data ring       | data was 'digits' and is now 'ring'
2  sample                                              | Name a run
2  sample --n 3                                        | Name a run
2  sample run --n 0                                    | --n is 0
2  sample run --batch-size 0                           | --batch-size is 0
2  sample run --seed -1                                | --seed is -1
2  sample run --out out.jpg                            | .npz .png
2  sample run --out out                                | ends in none
4  sample run --step 2                                 | no checkpoint of step 2; there are: 3
4  evaluate run --step -1                              | step -1
7  runs nowhere                                        | no folder nowhere
6  sample nowhere                                      | is no run config.json
6  sample small.py                                     | is no run
6  sample .                                            | runs in it are run
6  evaluate run/samples                                | name that, and --replica samples
6  sample other                                        | is no run
6  sample torn                                         | config.json is damaged
6  sample run --out taken.npz                          | taken.npz exists --overwrite
7  sample run --out nowhere/out.npz                    | nowhere does not exist
2  evaluate                                            | Name a run
2  evaluate run --seed 4294967296                      | --seed is
2  evaluate run --features pixel                       | --features pixel: did you mean pixels?
2  evaluate run --features inception                   | did you mean inception:PATH?
3  evaluate run --features inception:nowhere.npz       | there is no file nowhere.npz
2  evaluate run --features random random               | --features names one twice
2  evaluate run --features random --figures frechett   | --figures frechett: did you mean frechet?
2  evaluate run --figures frechet                      | --figures and --n are those of --features
2  evaluate run --features random --n 19               | --n is 19: it must be 20 or more
2  evaluate run --features pixels --n 20               | covariance of 64 needs more than the 20
2  evaluate run --features pixels --figures score      | No figure score have no classes
6  evaluate hollow                                     | is no run
2  compare run                                         | Name two runs or more
2  compare run run --out table.txt                     | a .md or a .csv
6  compare run run --out taken.csv                     | taken.csv exists --overwrite
6  compare run hollow                                  | hollow is no run
6  compare run torn                                    | config.json is damaged
"""
TABLE = [
    (line.partition("|")[0].split(), line.partition("|")[2]) for line in WRONG.split("\n")[1:-1]
]


@pytest.mark.parametrize(("words", "said"), TABLE, ids=[" ".join(words) for words, _ in TABLE])
def test_what_is_wrong_is_one_line_and_changes_nothing(here, capfd, words, said):
    code, *words = words
    before = files(here)
    assert main(words) == int(code)
    out, err = capfd.readouterr()
    assert err.startswith("gan-jax: ")
    assert err.count("\n") == 1
    assert [word for word in said.split() if word not in err] == []
    assert "Traceback" not in out + err
    assert files(here) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("train bare.py --setps 3", "--setps --steps"),
        ("train bare.py --step 3", "--step"),
        ("train bare.py --steps", "--steps"),
        ("train bare.py --steps three", "--steps 'three'"),
        ("train bare.py --learning-rate fast", "--learning-rate 'fast'"),
        ("train bare.py more", "more"),
        ("train bare.py --resum", "--resume"),
        ("sample run --weights best", "'best' --weights 'average'"),
        ("sample run --nn 3", "--nn"),
        ("sample run more", "more"),
        ("evaluate run --sede 1", "--sede --seed"),
        ("evaluate run --n 3", "--n"),
    ],
)
def test_flags_are_refused_by_name(here, capsys, words, said):
    before = files(here)
    assert main(words.split()) == 2
    out, err = capsys.readouterr()
    assert [word for word in said.split() if word not in err] == []
    assert "Traceback" not in out + err
    assert files(here) == before
