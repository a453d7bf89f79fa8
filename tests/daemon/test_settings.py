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


def test_the_entries_of_the_commented_example_are_valid(tmp_path: pathlib.Path) -> None:
    lines = (CONFIGS / "faderd.toml").read_text("utf-8").splitlines()
    path = tmp_path / "faderd.toml"
    path.write_text("\n".join(line.removeprefix("#:") for line in lines if line.startswith("#:")))
    read = settings.read(path)
    assert [(each.port, each.role) for each in read.listen] == [(10023, "engineer"), (10103, "musician")]
    assert read.stream == settings.Stream(["out/07", "out/08"])
    assert read.pins == {"engineer": "2468", "bus/03+bus/04": "1357"}
    assert (read.record.start, read.record.mixes) == ("signal", ["main", "print", "bus/01", "monitor"])


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
        ("[record]\nstart = 'now'", "start = 'now': this is one of hand, signal, always"),
        ("[record]\nmixes = ['bus/17']", "no signal is called 'bus/17'"),
        ("[record]\nmixs = ['main']", "did you mean 'mixes'"),
        ("outputs = 'main'", "outputs is a list of signals"),
        ("outputs = ['bus/17']", "no signal is called 'bus/17'"),
        ("ears = ['bus/17']", "no signal is called 'bus/17'"),
        ("outputs = ['main', 'bus/01']\nears = ['bus/02']", "ears: 'bus/02' is not among the outputs"),
        ("[stream]\noutputs = ['bus/02']", "stream: 'bus/02' is not among the outputs"),
        ("outputs = ['bus/01']\nears = ['bus/01']\n[stream]\noutputs = ['bus/01']", "'bus/01' feeds ears"),
        ("[stream]\noutputs = ['main', 'bus/01']", "a stream is one signal or a pair"),
        ("[stream]\nceiling = -1", "stream: unknown key 'ceiling'"),
        ("[stream]\nceiling_db = 3", "stream: ceiling_db = 3: this is between -60 and 0"),
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


LISTEN = """
[[listen]]
port = 10023
networks = ["192.168.1.0/24"]

[[listen]]
port = 10103
role = "musician"
bus = [3, 4]
max_db = 0
max_raise_db = 6.0
max_rate = 100

[pins]
engineer = "2468"
"""


def test_ports_are_given_to_roles(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "faderd.toml"
    path.write_text(LISTEN)
    (house, everything), (phones, own) = settings.entrances(settings.read(path))
    assert (house.port, [str(each) for each in house.networks]) == (10023, ["192.168.1.0/24"])
    assert (everything.role, everything.max_db) == ("engineer", None)
    assert (phones.port, str(own)) == (10103, "musician, bus 3 and 4")
    assert own[1:] == ((3, 4), 0, 6.0, 100)
    assert settings.read(path).pins == {"engineer": "2468"}


def test_without_entries_engineers_use_the_one_port() -> None:
    ((door, access),) = settings.entrances(settings.Settings(osc_port=7000))
    assert (door.port, access.role) == (7000, "engineer")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("listen = 3", r"write \[\[listen\]\]"),
        ('[[listen]]\nrole = "viewer"', "entry 1: say port = N"),
        ('[[listen]]\nport = 1\nrole = "guest"', "this is one of engineer, monitor, musician, viewer"),
        ("[[listen]]\nport = 1\nbuss = 3", "unknown key 'buss': did you mean 'bus'"),
        ('[[listen]]\nport = 1\nrole = "musician"', "say which bus or pair is the musician's"),
        ('[[listen]]\nport = 1\nrole = "musician"\nbus = 17', "this is a bus from 1 to 16"),
        ('[[listen]]\nport = 1\nnetworks = ["home"]', "this wants a list of networks"),
        ('[[listen]]\nport = 1\nmax_db = "loud"', "max_db = 'loud': this wants a number"),
        ("[pins]\nengineer = 2468", "this wants a text for each role"),
        ('[pins]\nmusician = "1"', "'musician' is not one of engineer, monitor, viewer"),
        ('[pins]\nengineer = "1"\nmonitor = "1"', "two of them are the same"),
        ('[pins]\n"bus/03" = "12345"', "the PIN of a mix is four digits"),
        ('[pins]\n"bus/17" = "1234"', "no mix such as"),
        ('[pins]\n"bus/04+bus/03" = "1234"', "no mix such as"),
    ],
)
def test_an_entry_that_cannot_be_meant_is_explained(tmp_path: pathlib.Path, text: str, reason: str) -> None:
    path = tmp_path / "faderd.toml"
    path.write_text(text)
    with pytest.raises(settings.SettingsError, match=reason):
        settings.read(path)


@pytest.mark.parametrize("start", ["resume", "muted", "scene:Sunday morning"])
def test_the_desk_begins_as_the_settings_say(tmp_path: pathlib.Path, start: str) -> None:
    assert settings.read(write(tmp_path, f'start = "{start}"')).start == start


@pytest.mark.parametrize("start", ['"loud"', '"scene:"', "3"])
def test_another_beginning_is_refused(tmp_path: pathlib.Path, start: str) -> None:
    with pytest.raises(settings.SettingsError, match='"resume", "muted" or "scene:NAME"'):
        settings.read(write(tmp_path, f"start = {start}"))


def test_pages_come_in_by_a_door_of_their_own_and_only_read(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "faderd.toml"
    path.write_text('web = true\n[pins]\nengineer = "2468"\n"bus/05" = "1357"\n')
    (_, house), (door, pages) = settings.entrances(settings.read(path))
    assert (house.role, pages.role) == ("engineer", "viewer")
    assert [str(each) for each in door.networks] == ["127.0.0.0/8"]
    assert door.bind == "127.0.0.1"


def test_only_a_musicians_port_without_a_pin_is_an_open_mix(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "faderd.toml"
    listen = '[[listen]]\nport = 10023\n[[listen]]\nport = {}\nrole = "musician"\nbus = {}\n'
    path.write_text(listen.format(7003, "[3, 4]") + listen.format(7005, 5) + '[pins]\n"bus/05" = "1357"\n')
    assert settings.read(path).open_mixes() == [("bus/03+bus/04", 7003)]
