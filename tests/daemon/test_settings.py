"""The settings file: refused with a sentence that helps, or read whole."""

import pathlib

import pytest

from daemon import settings

CONFIGS = pathlib.Path(__file__).parents[2] / "configs"


def write(folder: pathlib.Path, text: str) -> pathlib.Path:
    path = folder / "faderd.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_everything_has_its_default() -> None:
    chosen = settings.read(None)
    assert chosen.device is None
    assert chosen.osc_port == 10023


def test_the_commented_example_is_a_valid_file() -> None:
    assert settings.read(CONFIGS / "faderd.toml") == settings.read(None)


def test_every_key_of_the_example_stands_for_a_real_one() -> None:
    lines = (CONFIGS / "faderd.toml").read_text("utf-8").splitlines()
    keys = {line.split("=")[0].strip("# ") for line in lines if line.startswith("# ") and " = " in line}
    assert keys == {name for name in vars(settings.read(None))}


def test_the_example_of_an_interface_is_read() -> None:
    chosen = settings.read(CONFIGS / "rehearsal-18i20.toml")
    assert chosen.device == "18i20"
    assert chosen.outputs[:2] == ["main", "bus/01"]


def test_a_misspelt_key_is_met_with_the_right_one() -> None:
    with pytest.raises(settings.SettingsError, match=r"broken\.toml: unknown key 'devise': did you mean 'device'"):
        settings.read(CONFIGS / "broken.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rate = 'fast'", "rate = 'fast': this wants a whole number"),
        ("local = 1", "local = 1: this wants true or false"),
        ("osc_port = 70000", "osc_port = 70000"),
        ("clients = 0", "clients = 0"),
        ("outputs = 'main'", "outputs is a list of signals"),
        ("outputs = ['bus/17']", "no signal is called 'bus/17'"),
        ("ears = ['bus/17']", "no signal is called 'bus/17'"),
        ("outputs = ['main', 'bus/01']\nears = ['bus/02']", "ears: 'bus/02' is not among the outputs"),
        ("ceiling_db = 1", "ceiling_db = 1"),
        ("rate = ", "Invalid value"),
    ],
)
def test_an_impossible_value_is_named_with_its_file(tmp_path: pathlib.Path, text: str, words: str) -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.read(write(tmp_path, text))
    assert words in str(caught.value)
    assert "faderd.toml" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: pathlib.Path) -> None:
    with pytest.raises(settings.SettingsError, match="nowhere"):
        settings.read(tmp_path / "nowhere.toml")


def test_a_binary_file_is_no_settings_file(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(settings.SettingsError, match="not a text file"):
        settings.read(path)
