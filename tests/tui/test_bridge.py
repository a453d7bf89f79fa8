"""The bridge on a simulated terminal: what an engineer sees, at every size."""

import asyncio

import pytest

from rigs import fake_console
from rigs.terminal import LARGE, SMALL, Stage, play
from tui import app, link, reading, terminal, theme
from tui.widgets import bridge_layout


@pytest.mark.parametrize("size", [SMALL, LARGE, (160, 30), (80, 50)])
def test_all_channels_and_mains_are_in_sight(size):
    async def scene(on):
        def numbers() -> list[str]:
            rows = [line for line in on.lines() if line.startswith("CH")]
            return [row[x : x + 2] for row in rows for x in _number_columns(size)]

        await on.until(lambda: numbers() == [f"{n:02}" for n in range(1, 33)])

    play(size, scene)


def _number_columns(size: tuple[int, int]) -> list[int]:
    columns = bridge_layout.arrange(*size).channels.columns
    return [left + (max(columns.plate, 2) - 2) // 2 for left in columns.lefts]


def test_the_console_is_named_with_its_address():
    async def scene(on):
        await on.shows("Fake desk  X32 4.06", f"127.0.0.1:{on.desk.port}", "last packet 0.1 s ago")

    play(SMALL, scene)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_louder_channel_has_a_taller_bar(size):
    async def scene(on):
        on.desk.levels[4] = 10 ** (-40 / 20)
        await on.until(lambda: on.bar(4) > 0)
        low = on.bar(4)
        on.desk.levels[4] = 10 ** (-6 / 20)
        await on.until(lambda: on.bar(4) > 2 * low)
        assert on.bar(5) == 0

    play(size, scene)


def test_a_held_peak_stays_above_the_falling_bar():
    async def scene(on):
        on.desk.levels[0] = 0.5
        await on.until(lambda: on.bar(0) > 5)
        on.desk.levels[0] = 1e-6
        await on.until(lambda: any(tick in on.text() for tick in "─▔"))

    play(SMALL, scene)


def test_gate_and_compressor_hang_below_the_bars_in_their_own_colours():
    async def scene(on):
        on.desk.gates[2], on.desk.compressors[9] = 10 ** (-13 / 20), 10 ** (-13 / 20)
        for ink in (theme.Ink.GATE_EDGE, theme.Ink.COMPRESSOR_EDGE):
            await on.until(lambda ink=ink: theme.STYLES[ink] in on.inks_of("▆"))

    play(SMALL, scene)


@pytest.mark.parametrize(("size", "word"), [(SMALL, "M"), (LARGE, "MUTE")])
def test_a_mute_is_a_word_on_red_below_its_strip(size, word):
    async def scene(on):
        assert theme.STYLES[theme.Ink.MUTE] not in on.inks_of(word)
        on.desk.set("/ch/03/mix/on", 0)
        await on.until(lambda: theme.STYLES[theme.Ink.MUTE] in on.inks_of(word))
        on.desk.set("/ch/03/mix/on", 1)
        await on.until(lambda: theme.STYLES[theme.Ink.MUTE] not in on.inks_of(word))

    play(size, scene)


@pytest.mark.parametrize(
    ("membership", "switch", "silent", "word"),
    [("grp/dca", "/dca/2/on", 0, "DCA"), ("grp/mute", "/config/mute/2", 1, "GRP")],
)
def test_a_strip_silenced_by_its_group_says_so(membership, switch, silent, word):
    async def scene(on):
        on.desk.set(f"/ch/03/{membership}", 0b10)
        on.desk.set(switch, silent)
        await on.until(lambda: theme.STYLES[theme.Ink.MUTE] in on.inks_of(word))

    play(LARGE, scene)


def test_names_stand_below_their_strips():
    async def scene(on):
        on.desk.set("/ch/01/config/name", "Snare Bottom")
        on.desk.set("/bus/16/config/name", "Lead Wedge")
        on.desk.set("/dca/8/config/name", "Playback")
        await on.shows("Snar", "Bttm", "Led", "Wdg", "Playback")

    play(LARGE, scene)


def test_names_are_words_on_narrow_strips_too():
    async def scene(on):
        names = {1: "Tom 1", 2: "Snare", 3: "Hi-Hat", 4: "Bass DI", 28: "Choir Left", 31: "Click", 32: "Talkback"}
        for number, name in names.items():
            on.desk.set(f"/ch/{number:02}/config/name", name)
        await on.shows("Tom 1", "Snare", "Hi-Hat", "Bass DI", "Click", "Tlkbc")
        rows = on.lines()[-7:-3]
        assert [row[3 + 2 * n :].startswith(names[n + 1]) for n, row in enumerate(rows)] == [True] * 4

    play(SMALL, scene)


@pytest.mark.parametrize(("size", "word"), [(SMALL, "C"), (LARGE, "CLIP")])
def test_a_clip_light_stays_until_it_is_cleared(size, word):
    async def scene(on):
        on.desk.levels[7] = 1.0
        await on.until(lambda: word in on.lines()[1])
        on.desk.levels[7] = 1e-6
        await on.pilot.pause(0.3)
        assert word in on.lines()[1]
        await on.pilot.press("c")
        await on.until(lambda: word not in on.lines()[1])

    play(size, scene)


def test_a_clip_on_the_hidden_page_is_named_in_the_status():
    async def scene(on):
        on.desk.levels[34] = 1.0
        await on.shows("CLIP B3")

    play(SMALL, scene)


def test_a_lost_console_is_announced_and_found_again(monkeypatch):
    monkeypatch.setattr(link, "LOST_S", 0.4)
    monkeypatch.setattr(reading, "RETRY_S", 0.1)

    async def scene(on):
        on.desk.stop()
        await on.shows(f"no answer from 127.0.0.1:{on.desk.port} – retrying", "silent for")
        on.desk.values["/main/st/config/name"] = "Other"
        await on.desk.start()
        await on.shows("Fake desk", "last packet")
        await on.until(lambda: on.bridge.mirror.strips.names[54] == "Other")

    play(SMALL, scene)


def test_a_console_that_never_answered_is_waited_for():
    async def main() -> None:
        async with fake_console.Console() as desk:
            desk.stop()
            bridge = terminal.BridgeApp("127.0.0.1", desk.port)
            async with bridge.run_test(size=SMALL) as pilot:
                await Stage(desk, bridge, pilot).shows(f"no answer from 127.0.0.1:{desk.port} yet – retrying")
                await desk.start()
                await Stage(desk, bridge, pilot).shows("Fake desk")

    asyncio.run(main())


def test_tab_turns_to_aux_and_returns_to_the_buses_and_back():
    async def scene(on):
        await on.pilot.press("tab")
        await on.shows("AUX", "A1", "F8")
        assert "CH 01" not in on.text()
        await on.pilot.press("tab")
        await on.shows("BUSB1 B2 B3")
        await on.pilot.press("tab")
        await on.shows("CH 0102")

    play(SMALL, scene)


def test_the_mains_stay_where_they_are_when_the_page_turns():
    async def scene(on):
        mains = on.bridge.screen.query_one("#mains")
        await on.until(lambda: mains.region.width > 0)
        before = mains.region
        await on.pilot.press("tab", "tab")
        await on.shows("BUS")
        assert mains.region == before

    play(SMALL, scene)


def test_a_long_name_gives_way_to_the_age_of_the_last_packet(monkeypatch):
    monkeypatch.setattr(link, "RENEW_S", 0.1)

    async def scene(on):
        on.desk.name = "The Grand Hall of Bytown"
        on.desk.levels[:3] = 1.0
        await on.shows("The Grand Hall of Bytown", "… CLIP 01 02 03   last packet 0.1 s ago")

    play(SMALL, scene)


def test_the_selected_strip_is_read_out_in_numbers():
    async def scene(on):
        on.desk.set("/ch/02/config/name", "Vox Lead")
        on.desk.set("/ch/02/mix/fader", 0.5)
        on.desk.levels[1], on.desk.gates[1], on.desk.compressors[1] = 0.5, 0.1, 0.5
        await on.pilot.press("right")
        await on.shows("02 Vox Lead", "peak  −6.0", "max  −6.0", "gate −20.0", "comp  −6.0", "fader −10.0")

    play(SMALL, scene)


def test_selecting_to_the_left_of_the_first_strip_reaches_the_last():
    async def scene(on):
        await on.pilot.press("left")
        await on.shows("M Main mono")

    play(SMALL, scene)


def test_the_bridge_follows_the_size_of_the_terminal():
    async def scene(on):
        on.desk.set("/bus/01/config/name", "Wedge")
        await on.pilot.resize_terminal(*LARGE)
        await on.shows("BUS", "Wdg", "CH  01   02")
        on.desk.levels[0] = 0.5
        await on.until(lambda: on.bar(0) > 5)
        await on.pilot.resize_terminal(*SMALL)
        await on.shows("CH 0102")
        assert "Wdg" not in on.text()
        assert [len(line) for line in on.lines()] == [80] * 24

    play(SMALL, scene)


def test_a_terminal_that_is_too_small_says_what_is_needed():
    async def scene(on):
        await on.pilot.resize_terminal(70, 20)
        await on.shows("needs 80 × 24", "is 70 × 20")
        await on.pilot.resize_terminal(*SMALL)
        await on.shows("CH 0102")

    play(SMALL, scene)


def test_the_help_opens_over_the_meters_and_any_key_closes_it():
    async def scene(on):
        await on.pilot.press("question_mark")
        await on.shows("mute channel 5", "The meters of all strips.")
        await on.pilot.press("x")
        await on.until(lambda: "mute channel 5" not in on.text())

    play(SMALL, scene)


@pytest.mark.parametrize(
    ("text", "target"),
    [("10.0.0.7", ("10.0.0.7", 10023)), ("desk.local:10024", ("desk.local", 10024))],
)
def test_a_target_is_a_host_with_or_without_a_port(text, target):
    assert app.parse_target(text) == target


@pytest.mark.parametrize(
    ("text", "reason"),
    [(":10023", "names no host"), ("desk:osc", "'osc' in 'desk:osc' is no port"), ("desk:70000", "to 65535")],
)
def test_a_wrong_target_is_explained(capsys, text, reason):
    with pytest.raises(SystemExit, match="2"):
        app.main([text])
    assert reason in capsys.readouterr().err


def test_without_a_terminal_the_reason_is_one_line(capsys):
    assert app.main(["127.0.0.1"]) == 2
    assert capsys.readouterr().err == "faderd tui: needs a terminal; over SSH, ask for one with `ssh -t`\n"


def test_an_unknown_host_is_named(monkeypatch, capsys):
    def fail(*_: object) -> None:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("socket.getaddrinfo", fail)
    assert app.main(["nowhere"]) == 2
    assert "cannot find 'nowhere' (Name or service not known)" in capsys.readouterr().err
