"""The blobs of `/meters`."""

import struct

import numpy as np
import pytest
from desk import ANN, BEN, Talk, heard, words

from dsp import wall

NUMBERS = {
    name: 1000 * place + np.arange(wall.METERS[name].shape[0]) for place, name in enumerate(wall.METERS.names)
}
IN, GATE, DYN, POST, BUS, BUS_DYN, MAIN, MAIN_DYN, OUT = NUMBERS.values()


def page(**fields: float) -> np.ndarray:
    """A page in which every signal is another number, or one number for each field."""
    new = np.zeros((), wall.METERS)
    for name, numbers in NUMBERS.items():
        new[name] = fields.get(name, 0) if fields else numbers
    return new


NONE = np.zeros(64)
MATRIX = slice(3, 9)


@pytest.mark.parametrize(
    ("number", "arguments", "parts"),
    [
        (0, (), [IN[:48], BUS[:16], MAIN[MATRIX]]),
        (1, (), [IN[:32], GATE[:32], DYN[:32]]),
        (2, (), [BUS[:16], MAIN[MATRIX], MAIN[:3], BUS_DYN[:16], MAIN_DYN[MATRIX], MAIN_DYN[[0, 2]]]),
        (3, (), [NONE[:6], IN[32:48]]),
        (4, (), [IN[:40], OUT[:16], NONE[:26]]),
        (5, (0, 0), [IN[:16], NONE[:8], MAIN[:3]]),
        (5, (1, 1), [IN[16:32], BUS[:8], MAIN[:3]]),
        (5, (2, 2), [IN[32:48], BUS[8:16], MAIN[:3]]),
        (5, (3, 3), [BUS[:16], MAIN[MATRIX], NONE[:2], MAIN[:3]]),
        (6, (16,), [[IN[16]], [GATE[16]], [DYN[16]], [POST[16]]]),
        (6, (49,), [[BUS[1]], [1], [BUS_DYN[1]], [BUS[1]]]),
        (6, (64,), [[MAIN[3]], [1], [MAIN_DYN[3]], [MAIN[3]]]),
        (6, (70,), [[MAIN[1]], [1], [MAIN_DYN[0]], [MAIN[1]]]),
        (6, (71,), [[MAIN[2]], [1], [MAIN_DYN[2]], [MAIN[2]]]),
    ],
)
def test_a_meter_shows_what_the_desk_shows(number: int, arguments: tuple[int, ...], parts: list):
    talk = Talk()
    talk.say("/meters", f"/meters/{number}", *arguments)
    talk.dialect.feed(page())
    (datagram,) = talk.raw()
    assert words(datagram).tolist() == np.concatenate(parts).tolist()


@pytest.mark.parametrize(("number", "count"), [(0, 70), (1, 96), (2, 49), (3, 22), (4, 82), (5, 27), (6, 4)])
def test_a_meter_has_the_length_of_the_desk(number: int, count: int):
    talk = Talk()
    talk.say("/meters", f"/meters/{number}")
    talk.dialect.feed(page())
    assert words(talk.raw()[0]).size == count


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
    assert [words(datagram)[0] for datagram in talk.raw()] == [4]


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
        ("/meters/7",),
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
