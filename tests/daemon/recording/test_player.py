"""Virtual soundcheck: what was recorded is what is heard, bit by bit, without a click on the way."""

import pathlib
import threading

import numpy as np
import pytest

from daemon import errors
from daemon.demo import band
from daemon.recording import deck, player, recorder, tracks
from dsp.table import TABLE
from rigs import harness, played

RATE = 48_000


@pytest.fixture
def bench(tmp_path: pathlib.Path):
    made = []

    def build(sound=None, **more):
        if sound is not None:
            played.make_gig(tmp_path, sound)
        made.append(played.Bench(tmp_path, **more))
        return made[-1]

    yield build
    for each in made:
        each.close()


def test_the_mix_of_the_tracks_is_the_mix_that_was_heard_to_the_last_bit(bench) -> None:
    """With gates, compressors, automatic mix and effects, after five seconds of them and with noise at the inputs."""
    loop = band.signal(RATE)
    x = np.resize(loop, (9 * RATE, loop.shape[1])).astype(np.float32)
    desk = bench(x, inputs=x.shape[1])
    desk.band()
    live = desk.mix(x)
    desk.open("gig")
    noise = harness.noise((RATE, x.shape[1]), -30)
    desk.mix(noise)
    desk.deck.swap(True)
    desk.deck.player.play()
    again = desk.mix(np.resize(noise, (9 * RATE, x.shape[1])))
    begin = _begin(desk)
    after, whole = 6 * RATE, len(again) - begin
    difference = again[begin + after :] - live[after:whole]
    assert np.abs(difference).max() == 0
    assert np.abs(live[after:whole]).max() > 0.05


def _begin(desk) -> int:
    """Frame of the playback's beginning within the last nine seconds that were mixed."""
    (span,) = [each for each in desk.deck.player._spans if each.position == 0]
    return span.frame - (desk.frame - 9 * RATE)


def test_swapping_to_a_tone_and_back_makes_no_click(bench) -> None:
    tone = harness.sine(200, -12, 4 * RATE)[:, np.newaxis].astype(np.float32)
    desk = bench(tone, inputs=1, taps=["ch/01"])
    desk.unity()
    desk.open("gig")
    desk.deck.player.locate(0)
    desk.deck.player.play()
    live = harness.sine(300, -12, 3 * RATE)[:, np.newaxis]
    moments = {RATE: lambda: desk.deck.swap(True), 2 * RATE: lambda: desk.deck.swap(False)}
    first = desk.frame
    heard = desk.mix(live, 240, lambda: moments.get(desk.frame - first, lambda: None)())[:, 0]
    for moment in moments:
        assert harness.click_db(heard, moment + 240) < -80
    steady = heard[RATE + 4800 : 2 * RATE]
    assert harness.click_db(steady, len(steady) // 2) < -80
    np.testing.assert_allclose(np.abs(steady).max(), 10 ** (-12 / 20), rtol=0.01)
    np.testing.assert_array_equal(heard[2 * RATE + 4800 :], live[2 * RATE + 4800 :, 0].astype(np.float32))


def test_the_desks_own_routing_switch_swaps_the_channels_to_the_tracks(bench) -> None:
    sound = harness.noise((3 * RATE, 4), -12)
    desk = bench(sound, inputs=4, taps=["ch/01", "ch/04"])
    desk.unity()
    desk.open("gig")
    desk.deck.player.play()
    desk.mix(np.zeros((RATE, 4)))
    desk.console.set(TABLE.leaves["/config/routing/routswitch"], 1)
    desk.console.publish()
    heard = desk.mix(np.zeros((RATE, 4)))
    (span,) = [each for each in desk.deck.player._spans if each.position == 0]
    at = desk.frame - RATE - span.frame
    np.testing.assert_array_equal(heard[4800:], sound[at + 4800 : at + RATE][:, [0, 3]])
    desk.console.set(TABLE.leaves["/config/routing/routswitch"], 0)
    desk.console.publish()
    assert np.abs(desk.mix(np.zeros((RATE, 4)))[4800:]).max() == 0


def test_inputs_that_are_wanted_live_stay_live_and_the_talkback_always(bench) -> None:
    sound = harness.noise((3 * RATE, 4), -12)
    desk = bench(sound, inputs=4, taps=["ch/01", "ch/02", "ch/03", "ch/04"])
    desk.console._desk.plan.talk_input = 4
    desk.unity()
    desk.open("gig")
    desk.deck.choose(deck.inputs_of("1,3-4"))
    desk.deck.swap(True)
    desk.deck.player.play()
    live = harness.noise((RATE, 4), -20, seed=5)
    heard = desk.mix(live)[9600:]
    np.testing.assert_array_equal(heard[:, [1, 3]], live[9600:, [1, 3]])
    assert (heard[:, [0, 2]] == live[9600:, [0, 2]]).mean() < 0.001


def test_head_amps_act_on_the_tracks_as_they_do_on_the_inputs(bench) -> None:
    sound = harness.noise((2 * RATE, 1), -30)
    desk = bench(sound, inputs=1, taps=["ch/01"])
    desk.set("/headamp/000/gain", 12.0)
    desk.unity()
    desk.open("gig")
    desk.deck.swap(True)
    desk.deck.player.play()
    heard = desk.mix(np.zeros((RATE, 1)))[9600:]
    assert np.abs(heard).max() == pytest.approx(10 ** (-18 / 20), rel=0.02)


def test_a_loop_begins_again_without_a_click_and_a_place_is_where_it_says(bench) -> None:
    tone = harness.sine(200, -12, 4 * RATE)[:, np.newaxis].astype(np.float32)
    desk = bench(tone, inputs=1, taps=["ch/01"])
    desk.unity()
    desk.open("gig")
    desk.deck.swap(True)
    play = desk.deck.player
    play.loop(RATE, RATE + 12_077)
    play.locate(RATE)
    play.play()
    heard = desk.mix(np.zeros((2 * RATE, 1)))[:, 0]
    assert RATE <= play.position() < RATE + 12_077
    loud = heard[9600:]
    for centre in range(4096, len(loud) - 4096, 2048):
        assert harness.click_db(loud, centre) < -60
    assert np.abs(loud).max() < 10 ** (-12 / 20) * 1.001


def test_a_disk_that_is_late_is_silence_with_a_ramp_and_is_counted(bench) -> None:
    sound = np.full((6 * RATE, 1), 0.5, np.float32)
    desk = bench(sound, inputs=1, taps=["ch/01"])
    desk.unity()
    desk.open("gig")
    desk.deck.swap(True)
    play = desk.deck.player
    play.play()
    desk.mix(np.zeros((RATE, 1)))
    with play._lock:  # nothing is prepared any more
        late = desk.run(np.zeros((3 * RATE, 1)))[:, 0]
    assert late[0] == 0.5
    assert late[-1] == 0
    assert np.abs(np.diff(late)).max() <= 0.5 / 256 + 1e-6
    heard = desk.mix(np.zeros((RATE, 1)))[:, 0]
    assert np.abs(np.diff(heard)).max() <= 0.5 / 128
    assert heard[-1] == 0.5
    assert play.report().missed == 1


def test_nobody_waits_for_a_disk_that_does_not_answer(bench, monkeypatch) -> None:
    desk = bench(harness.noise((2 * RATE, 1), -12), inputs=1)
    desk.open("gig")
    play, answers, asked = desk.deck.player, threading.Event(), threading.Event()

    def read(tape, first: int, frames: int):
        asked.set()
        answers.wait(60)
        return np.zeros((frames, 1), np.float32)

    monkeypatch.setattr(tracks.Gig, "read", read)
    play.play()
    assert asked.wait(30)
    others = threading.Thread(target=lambda: (play.report(), play.locate(RATE), play.pause(), play.stop()))
    others.start()
    others.join(30)
    waits = others.is_alive()
    answers.set()
    assert not waits


def test_a_recall_during_a_soundcheck_leaves_alone_what_it_does_not_alter(bench) -> None:
    """The desk to come hears again the tracks that were played, not what came in meanwhile."""
    sound = harness.noise((6 * RATE, 2), -20)
    heard = []
    for recalls in (False, True):
        desk = bench(sound if not heard else None, inputs=2, taps=["ch/01", "ch/02"])
        for leaf, value in (("preamp/hpon", True), ("preamp/hpf", 200.0), ("dyn/on", True), ("dyn/thr", -40.0)):
            desk.set(f"/ch/02/{leaf}", value)
        for channel in ("01", "02"):
            desk.set(f"/ch/{channel}/mix/fader", 0.0)
            desk.set(f"/ch/{channel}/eq/on", True)
        desk.open("gig")
        desk.deck.swap(True)
        desk.deck.player.play()
        noise = harness.noise((RATE, 2), -6, seed=9)
        desk.mix(np.resize(noise, (3 * RATE, 2)))
        if recalls:
            desk.set("/ch/01/eq/1/g", 12.0)
            desk.console.change_at_once()
        heard.append(desk.mix(np.resize(noise, (2 * RATE, 2))))
    assert np.abs(heard[0]).max(0).min() > 0.01
    np.testing.assert_array_equal(heard[0][:, 1], heard[1][:, 1])
    assert (heard[0][-RATE:, 0] != heard[1][-RATE:, 0]).mean() > 0.9


def test_a_reel_that_is_missing_or_cut_is_told_with_its_name_and_the_rest_is_played(tmp_path, bench) -> None:
    sound = harness.noise((2 * RATE, 2), -12)
    desk = bench(sound, inputs=2, taps=["ch/01"])
    reel = tmp_path / "gig" / "inputs-001.wav"
    whole = reel.read_bytes()
    reel.write_bytes(whole[: len(whole) // 2])
    tape = tracks.Gig(tmp_path / "gig")
    assert any("inputs-001.wav" in each and "is cut" in each for each in tape.problems())
    np.testing.assert_array_equal(tape.read(0, RATE // 2), sound[: RATE // 2])
    tape.close()
    reel.write_text("no audio")
    with pytest.raises(errors.Refusal, match=r"inputs-001\.wav"):
        desk.open("gig")
    with pytest.raises(errors.Refusal, match="no gig is called"):
        desk.open("nothing like it")


def test_a_soundcheck_is_refused_while_the_inputs_are_recorded(bench, monkeypatch) -> None:
    desk = bench(harness.noise((RATE, 2)), inputs=2)
    desk.open("gig")
    told = recorder.Report(recorder.RECORDING)
    monkeypatch.setattr(recorder.Recorder, "report", lambda _: told)
    with pytest.raises(errors.Refusal, match="being recorded"):
        desk.deck.swap(True)
    told.state = recorder.IDLE
    desk.deck.swap(True)
    told.state = recorder.RECORDING
    desk.deck.tick()
    assert not desk.deck.swaps
    assert desk.deck.player.report().state == player.STOP


@pytest.mark.parametrize(("said", "meant"), [("all", "all"), ("1-8, 12", "1-8,12"), ("3 2 1 7", "1-3,7")])
def test_inputs_are_said_as_people_say_them(said: str, meant: str) -> None:
    assert deck.words_of(deck.inputs_of(said)) == meant
