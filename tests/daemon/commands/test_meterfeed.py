"""The blobs of `/meters`."""

import struct

import numpy as np
import pytest

from rigs.pages import NUMBERS, page
from rigs.talk import ANN, BEN, Talk, heard, words

IN, GATE, DYN, POST = (NUMBERS[name] for name in ("input", "gate", "dyn", "post"))
BUS, BUS_DYN, MAIN, MAIN_DYN = (NUMBERS[name] for name in ("bus", "bus_dyn", "main", "main_dyn"))
BUS_INPUT, MAIN_INPUT, REC = NUMBERS["bus_input"], NUMBERS["main_input"], NUMBERS["rec"]
OUT, AUX, MONITOR, EFFECT_GAINS = (NUMBERS[name] for name in ("out", "aux", "monitor", "effect_gain"))


NONE = np.full(80, 10 ** (-128 / 20), np.float32)
MATRIX = slice(3, 9)


@pytest.mark.parametrize(
    ("number", "arguments", "parts"),
    [
        (0, (), [IN[:48], BUS[:16], MAIN[MATRIX]]),
        (1, (), [IN[:32], GATE[:32], DYN[:32]]),
        (2, (), [BUS[:16], MAIN[MATRIX], MAIN[:3], BUS_DYN[:16], MAIN_DYN[MATRIX], MAIN_DYN[[0, 2]]]),
        (3, (), [AUX, IN[32:48]]),
        (4, (), [IN[:40], OUT, NUMBERS["p16"], AUX, NUMBERS["aes"], MONITOR]),
        (5, (0, 0), [IN[:16], NONE[:8], MAIN[:3]]),
        (5, (1, 1), [IN[16:32], BUS[:8], MAIN[:3]]),
        (5, (2, 2), [IN[32:48], BUS[8:16], MAIN[:3]]),
        (5, (3, 3), [BUS[:16], MAIN[MATRIX], NONE[:2], MAIN[:3]]),
        (6, (16,), [[IN[16]], [GATE[16]], [DYN[16]], [POST[16]]]),
        (6, (49,), [[BUS_INPUT[1]], [1], [BUS_DYN[1]], [BUS[1]]]),
        (6, (64,), [[MAIN_INPUT[3]], [1], [MAIN_DYN[3]], [MAIN[3]]]),
        (6, (70,), [[MAIN_INPUT[1]], [1], [MAIN_DYN[0]], [MAIN[1]]]),
        (6, (71,), [[MAIN_INPUT[2]], [1], [MAIN_DYN[2]], [MAIN[2]]]),
        (10, (), [EFFECT_GAINS[:, :4].ravel()]),
        (12, (), [REC, NONE[:2]]),
        (13, (), [IN[:48]]),
        (14, (), [EFFECT_GAINS.ravel()]),
    ],
)
def test_a_meter_shows_what_the_desk_shows(number: int, arguments: tuple[int, ...], parts: list):
    talk = Talk()
    talk.say("/meters", f"/meters/{number}", *arguments)
    talk.dialect.feed(page())
    (datagram,) = talk.raw()
    assert words(datagram).tolist() == np.concatenate(parts).tolist()


COUNTS = [70, 96, 49, 22, 82, 27, 4, 16, 6, 32, 32, 5, 4, 48, 80, 50, 48]


@pytest.mark.parametrize(("number", "count"), list(enumerate(COUNTS)))
def test_a_meter_has_the_length_of_the_desk(number: int, count: int):
    talk = Talk()
    talk.say("/meters", f"/meters/{number}")
    talk.dialect.feed(page())
    assert words(talk.raw()[0]).size == count


def shorts(datagram: bytes) -> np.ndarray:
    """Values of 16 bits in a meter's datagram."""
    return words(datagram).view("<i2")


def test_the_analyser_comes_in_256ths_of_a_decibel_and_0_is_a_clip():
    talk = Talk()
    talk.say("/meters", "/meters/15")
    new = page(input=0)
    new["rta"][:5] = [-128, -64, -0.004, 0, 3]
    new["rta"][5:] = -200
    talk.dialect.feed(new)
    assert shorts(talk.raw()[0]).tolist() == [-32768, -16384, -1, 0, 0] + [-32768] * 95


def test_gains_come_in_16_bits_and_automixes_as_doublings():
    talk = Talk()
    talk.say("/meters", "/meters/16")
    new = page(gate=0.5, dyn=1, bus_dyn=0.25, main_dyn=2, automix=1)
    new["automix"][:3] = [0.5, 0.125, 0]
    talk.dialect.feed(new)
    expected = [16384] * 32 + [32767] * 32 + [8192] * 16 + [32767] * 8 + [-256, -768, -32768] + [0] * 5
    assert shorts(talk.raw()[0]).tolist() == expected


def test_the_smallest_gain_of_several_pages_is_shown():
    talk = Talk()
    talk.say("/meters", "/meters/16", 2)
    talk.dialect.feed(page(gate=0.5, dyn=1, automix=1))
    talk.dialect.feed(page(gate=1, dyn=0.5, automix=1))
    assert set(shorts(talk.raw()[0])[:64]) == {16384}


@pytest.mark.parametrize("level", [0.0, 1e-9, 8.5, 1e30])
def test_a_level_is_shown_from_the_desks_silence_to_its_loudest(level: float):
    talk = Talk()
    talk.say("/meters", "/meters/13")
    talk.dialect.feed(page(input=level))
    assert set(words(talk.raw()[0])) == {np.float32(np.clip(level, 10 ** (-128 / 20), 8))}


def test_a_gain_is_shown_as_it_is():
    talk = Talk()
    talk.say("/meters", "/meters/1")
    talk.dialect.feed(page(gate=0, dyn=9))
    shown = words(talk.raw()[0])
    assert (set(shown[32:64]), set(shown[64:])) == ({0}, {9})


def test_a_blob_is_laid_out_byte_by_byte_as_the_desk_does():
    talk = Talk()
    talk.say("/meters", "/meters/6", 0)
    talk.dialect.feed(page(input=0.5, gate=1, dyn=0.25, post=2))
    head = b"/meters/6\0\0\0,b\0\0" + struct.pack(">i", 20) + struct.pack("<i", 4)
    assert talk.raw() == [head + struct.pack("<4f", 0.5, 1, 0.25, 2)]


def test_the_name_may_lack_its_slash():
    talk = Talk()
    talk.say("/meters", "meters/1")
    talk.dialect.feed(page())
    assert heard(talk.raw()[0])[0] == "/meters/1"


def pages_until(talk: Talk, most: int) -> int:
    """Pages until the client hears something."""
    for count in range(1, most + 1):
        talk.dialect.feed(page())
        if talk.raw():
            return count
    return most + 1


@pytest.mark.parametrize(
    ("arguments", "factor"),
    [
        (("/meters/1",), 1),
        (("/meters/1", 4), 4),
        (("/meters/1", 0, 0, 3), 3),
        (("/meters/1", 0), 1),
        (("/meters/1", 100), 1),
        (("/meters/6", 9), 1),
        (("/meters/6", 9, 5), 5),
        (("/meters/6", 9, 0, 5), 5),
        (("/meters/5", 1, 1), 1),
        (("/meters/5", 1, 1, 2), 2),
    ],
)
def test_the_time_factor_says_how_many_pages_make_one_message(arguments: tuple, factor: int):
    talk = Talk()
    talk.say("/meters", *arguments)
    assert pages_until(talk, 10) == factor
    assert pages_until(talk, 10) == factor


def test_no_peak_and_no_reduction_is_lost_between_two_messages():
    talk = Talk()
    talk.say("/meters", "/meters/1", 3)
    for level, gain in ((0.1, 1.0), (0.9, 0.2), (0.3, 0.7)):
        talk.dialect.feed(page(input=level, gate=gain, dyn=gain))
    shown = words(talk.raw()[0])
    assert set(shown[:32]) == {np.float32(0.9)}
    assert set(shown[32:]) == {np.float32(0.2)}


def test_asking_again_goes_on_without_starting_over():
    talk = Talk()
    talk.say("/meters", "/meters/1", 3)
    talk.dialect.feed(page(input=0.9))
    talk.say("/meters", "/meters/1", 3)
    talk.dialect.feed(page(input=0.1))
    talk.dialect.feed(page(input=0.1))
    assert words(talk.raw()[0])[0] == np.float32(0.9)


def test_asking_for_another_channel_replaces_the_first():
    talk = Talk()
    talk.say("/meters", "/meters/6", 3)
    talk.say("/meters", "/meters/6", 4)
    talk.dialect.feed(page())
    assert [words(datagram)[0] for datagram in talk.raw()] == [IN[4]]


def test_a_meter_ends_after_ten_seconds_unless_asked_for_again():
    talk = Talk()
    talk.say("/meters", "/meters/1")
    talk.now += 9.9
    talk.dialect.feed(page())
    assert len(talk.raw()) == 1
    talk.now += 0.2
    talk.dialect.feed(page())
    assert talk.raw() == []


def test_clients_and_meters_do_not_disturb_each_other():
    talk = Talk()
    talk.say("/meters", "/meters/1", by=ANN)
    talk.say("/meters", "/meters/2", by=ANN)
    talk.say("/meters", "/meters/1", by=BEN)
    talk.dialect.feed(page())
    assert [heard(datagram)[0] for datagram in talk.raw(ANN)] == ["/meters/1", "/meters/2"]
    assert [heard(datagram)[0] for datagram in talk.raw(BEN)] == ["/meters/1"]


def test_unsubscribing_ends_one_meter_or_all():
    talk = Talk()
    for number in (1, 2, 3):
        talk.say("/meters", f"/meters/{number}")
    talk.say("/unsubscribe", "meters/2")
    talk.say("/unsubscribe", "meters/99")
    talk.dialect.feed(page())
    assert [heard(datagram)[0] for datagram in talk.raw()] == ["/meters/1", "/meters/3"]
    talk.say("/unsubscribe")
    talk.dialect.feed(page())
    assert talk.raw() == []


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (1,),
        ("/meters/17",),
        ("/meters/99",),
        ("/meters/6", 72),
        ("/meters/6", -1),
        ("/meters/5", 4),
        ("/meters/1", "x"),
        ("/meters/1", 0.5),
    ],
)
def test_a_meter_that_does_not_exist_is_refused(arguments: tuple):
    talk = Talk()
    talk.say("/meters", *arguments)
    talk.dialect.feed(page())
    assert talk.raw() == []
    assert talk.counters.refused == 1
