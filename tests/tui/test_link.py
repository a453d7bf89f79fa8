"""The link: an X32 client that reads, follows, retries and survives."""

import asyncio
import contextlib
import math
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine

import numpy as np
import pytest

from rigs import fake_console
from tui import datagrams, link, reading, strips
from tui.mirror import Mirror

PATIENCE_S = 120.0


async def until(condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Wait until something holds; fail the test if it does not happen."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def linked(desk: fake_console.Console) -> AsyncIterator[link.Link]:
    """Run a link to the desk until the end of the block."""
    console = link.Link("127.0.0.1", desk.port, Mirror())
    task = asyncio.create_task(console.run())
    try:
        yield console
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def conversation(talk: Callable[[fake_console.Console, link.Link], Coroutine[None, None, None]]) -> None:
    """Start a desk and a link to it, and let them talk."""

    async def main() -> None:
        async with fake_console.Console() as desk, linked(desk) as console:
            await until(lambda: console.connected)
            await talk(desk, console)

    asyncio.run(main())


def read_everything(desk: fake_console.Console) -> Callable[[], bool]:
    """Whether the link has asked for every leaf at least once."""
    return lambda: set(strips.LEAVES) <= {request[0] for request in desk.asked}


def test_the_console_is_known_by_name_model_and_firmware():
    async def talk(desk, console):
        await until(lambda: bool(console.name))
        assert (console.name, console.model, console.firmware) == ("Fake desk", "X32", "4.06")

    conversation(talk)


def test_every_label_is_read():
    async def main() -> None:
        async with fake_console.Console() as desk:
            desk.values |= {"/ch/32/config/name": "Talk", "/bus/16/mix/on": 0, "/main/m/mix/fader": 0.5}
            desk.values |= {"/dca/8/config/name": "Choir", "/mtx/06/config/color": 5, "/config/mute/6": 1}
            async with linked(desk) as console:
                mirror = console.mirror
                await until(lambda: bool(mirror.mute_groups.on[5]))
                await until(read_everything(desk))
                assert mirror.strips.names[31] == "Talk"
                assert not mirror.strips.on[47]
                assert mirror.strips.fader_db[56] == pytest.approx(-10)
                assert mirror.dcas.names[7] == "Choir"
                assert mirror.strips.colours[53] == 5

    asyncio.run(main())


def test_a_change_at_the_desk_is_followed():
    async def talk(desk, console):
        desk.set("/ch/07/mix/on", 0)
        await until(lambda: not console.mirror.strips.on[6])

    conversation(talk)


def test_every_word_of_the_meters_finds_its_strip():
    async def talk(desk, console):
        mirror = console.mirror
        desk.levels[:] = 10 ** (-np.arange(1, 58) / 20)
        desk.gates[:32] = 10 ** (-np.arange(32) / 20)
        desk.compressors[:] = 10 ** (-np.arange(57) / 40)
        desk.compressors[55] = desk.compressors[54]  # left and right share one compressor
        reductions = np.arange(57) / 2
        reductions[55] = reductions[54]
        desk.returns[:] = 10 ** (-np.arange(1, 17) / 20)
        for row, dbfs in ((0, -1), (56, -57), (72, -16)):
            await until(lambda row=row, dbfs=dbfs: math.isclose(mirror.highest_dbfs[row], dbfs, abs_tol=0.01))
        assert mirror.highest_dbfs[:57] == pytest.approx(-np.arange(1, 58), abs=0.01)
        assert mirror.highest_dbfs[57:] == pytest.approx(-np.arange(1, 17), abs=0.01)
        assert mirror.gate_db[:32] == pytest.approx(np.arange(32), abs=0.01)
        assert mirror.compressor_db[:57] == pytest.approx(reductions, abs=0.01)

    conversation(talk)


def test_two_renewals_fit_into_a_lease():
    assert 2 * link.RENEW_S < fake_console.LEASE_S


def test_leases_are_renewed(monkeypatch):
    monkeypatch.setattr(link, "RENEW_S", 0.1)

    async def talk(desk, console):
        requests = [("/xremote",), ("/meters", "/meters/1", 0, 0, 1), ("/meters", "/meters/2", 0, 0, 1)]
        for request in requests:
            await until(lambda request=request: desk.asked.count(request) >= 4)

    conversation(talk)


def test_a_parting_link_gives_its_leases_back():
    async def main() -> None:
        async with fake_console.Console() as desk:
            async with linked(desk):
                await until(lambda: bool(desk.clients()))
            await until(lambda: not desk.clients())

    asyncio.run(main())


def test_a_lost_push_is_healed_by_reading_again(monkeypatch):
    monkeypatch.setattr(reading, "BURST", 200)
    monkeypatch.setattr(link, "TICK_S", 0.002)

    async def talk(desk, console):
        await until(read_everything(desk))
        desk.values["/ch/11/config/name"] = "Ride"  # changed without a push
        await until(lambda: console.mirror.strips.names[10] == "Ride")

    conversation(talk)


def test_malformed_datagrams_are_counted_and_change_nothing():
    async def talk(desk, console):
        await until(read_everything(desk))
        await asyncio.sleep(0.2)
        dice = random.Random(1)
        (client,) = desk.clients()
        revision, before = console.mirror.revision, console.malformed
        for _ in range(2_000):
            desk.transport.sendto(dice.randbytes(dice.randrange(1, 400)), client)
            await asyncio.sleep(0)
        desk.send(client, "/meters/1", b"\x60\0\0\0short")
        desk.send(client, "/meters/2", 3)
        desk.send(client, "/xinfo", "too", "few")
        desk.send(client, "/ch/01/config/name", 5)
        desk.send(client, "/ch/01/mix/fader", "loud")
        desk.transport.sendto(b"/ch/01/config/name\0\0,s\0\0\xff\xfe\0\0", client)
        desk.set("/ch/01/config/name", "Kick")
        await until(lambda: console.mirror.strips.names[0] == "Kick")
        assert console.mirror.revision == revision + 1
        assert console.malformed >= before + 6

    conversation(talk)


def test_a_console_that_comes_later_is_found(monkeypatch):
    monkeypatch.setattr(reading, "RETRY_S", 0.1)

    async def main() -> None:
        desk = fake_console.Console()
        await desk.start()
        desk.stop()
        async with linked(desk) as console:
            await asyncio.sleep(0.3)
            assert not console.connected
            await desk.start()
            await until(lambda: console.connected)
            desk.stop()

    asyncio.run(main())


def test_after_a_restart_everything_is_read_again(monkeypatch):
    monkeypatch.setattr(link, "LOST_S", 0.3)
    monkeypatch.setattr(reading, "RETRY_S", 0.1)

    async def talk(desk, console):
        await until(read_everything(desk))
        desk.stop()
        await until(lambda: not console.connected)
        desk.asked.clear()
        desk.values["/bus/04/config/name"] = "Drums"
        await desk.start()
        await until(lambda: console.mirror.strips.names[35] == "Drums")
        await until(read_everything(desk))

    conversation(talk)


def test_a_silent_console_gets_a_new_socket(monkeypatch):
    monkeypatch.setattr(link, "LOST_S", 0.2)
    monkeypatch.setattr(reading, "RETRY_S", 0.05)
    monkeypatch.setattr(link, "REOPEN_S", 0.4)

    async def talk(desk, console):
        (before,) = desk.clients()
        way = console._transport
        desk.stop()
        await until(lambda: console._transport not in (None, way))
        await desk.start()
        await until(lambda: bool(desk.clients()))
        assert desk.clients() != {before}

    conversation(talk)


def test_all_is_asked_in_bursts():
    asked = reading.Reading(strips.LEAVES)
    bursts = [asked.next(0.0) for _ in range(-(-len(strips.LEAVES) // reading.BURST))]
    assert [address for burst in bursts for address in burst] == list(strips.LEAVES)


def test_what_stays_unanswered_is_asked_again():
    asked = reading.Reading(["/a", "/b", "/c"])
    assert asked.next(0.0) == ["/a", "/b", "/c"]
    asked.answered("/a")
    asked.answered("/c")
    assert asked.next(reading.RETRY_S / 2) == []
    assert asked.next(reading.RETRY_S) == ["/b"]


def test_a_console_that_never_answers_a_question_is_not_pestered():
    asked = reading.Reading(["/a", "/b"])
    asked.answered("/a")
    hurried = [asked.next(round_ * reading.RETRY_S) for round_ in range(reading.ROUNDS)]
    unhurried = [asked.next(60.0 + second) for second in range(3)]
    assert hurried == [["/a", "/b"], *[["/b"]] * (reading.ROUNDS - 1)]
    assert unhurried == [["/a", "/b"] * (reading.CALM // 2)] * 3


# --- hands --------------------------------------------------------------------------------------------


FADER = "/ch/05/mix/fader"


async def known(console: link.Link, address: str) -> None:
    console.watch([address])
    await until(lambda: console.desk.knows(address))


def test_a_move_reaches_the_console_and_is_believed_at_once():
    async def talk(desk, console):
        await known(console, FADER)
        assert console.set(FADER, console.desk.param(FADER).nearest(-6.0))
        assert console.desk.text(FADER) == "−6.0 dB"
        await until(lambda: desk.values[FADER] == pytest.approx(0.6002, abs=1e-3))

    conversation(talk)


def test_what_the_console_makes_of_a_move_stands_a_moment_later():
    async def talk(desk, console):
        await known(console, FADER)
        console.set(FADER, 1023)
        await until(lambda: desk.values[FADER] == 1.0)
        desk.values[FADER] = 0.5  # a console that holds a limit says nothing of it
        await until(lambda: console.desk.text(FADER) == "−10.0 dB")

    conversation(talk)


def test_a_value_that_left_the_console_before_a_lost_move_does_not_confirm_it():
    on = "/ch/05/mix/on"

    async def talk(desk, console):
        await known(console, on)
        hears, answers = desk.datagram_received, desk.send
        late = []
        desk.send = lambda client, address, *told: (
            late.append((client, address, *told)) if address == on else answers(client, address, *told)
        )
        console.read([on])
        await until(lambda: bool(late))  # asked, and answered with 1, which is still on its way
        desk.send = answers
        console.set(on, 0)
        await until(lambda: desk.values[on] == 0)
        lost = []
        desk.datagram_received = lambda data, client: (
            lost.append(data) if not lost and data == datagrams.datagram(on, 1) else hears(data, client)
        )
        console.set(on, 1)
        await until(lambda: bool(lost))
        desk.send(*late[0])
        await until(lambda: desk.values[on] == 1)

    conversation(talk)


def test_one_that_is_asked_for_again_has_all_its_rounds_whatever_was_lost_before():
    asked = reading.Reading(["/a", "/b"])
    for round_ in range(reading.ROUNDS):
        asked.next(round_ * reading.RETRY_S)
    asked.answered("/b")
    asked.again("/b")
    assert [asked.next(60.0), asked.next(60.0 + reading.RETRY_S)] == [["/b"], ["/b"]]


def test_a_refusal_is_told_with_its_reason_and_the_old_value_comes_back():
    async def talk(desk, console):
        await known(console, FADER)
        desk.refuses[FADER] = "a musician may not do this"
        console.set(FADER, 1023)
        await until(lambda: console.refused is not None and console.refused.reason == "a musician may not do this")
        await until(lambda: console.desk.text(FADER) == "0.0 dB")

    conversation(talk)


def test_moves_are_taken_back_one_by_one_and_done_again():
    async def talk(desk, console):
        await known(console, FADER)
        await known(console, "/ch/05/mix/on")
        console.set(FADER, 700)
        console.set(FADER, 600)  # a knob that is turned on is one move
        console.set("/ch/05/mix/on", 0)
        assert console.undo() == "/ch/05/mix/on"
        assert console.undo() == FADER
        assert console.undo() is None
        await until(lambda: desk.values["/ch/05/mix/on"] == 1 and desk.values[FADER] == pytest.approx(0.75, abs=1e-3))
        assert console.redo() == FADER
        await until(lambda: desk.values[FADER] == pytest.approx(600 / 1023))

    conversation(talk)


def test_who_may_only_look_changes_nothing():
    async def main() -> None:
        async with fake_console.Console() as desk:
            console = link.Link("127.0.0.1", desk.port, Mirror(), read_only=True)
            task = asyncio.create_task(console.run())
            await until(lambda: console.connected)
            assert not console.set(FADER, 0)
            assert not console.command("/-action/goscene", 1)
            assert console.refused is not None
            assert "only look" in console.refused.reason
            await asyncio.sleep(0.2)
            assert not [asked for asked in desk.asked if asked[0] in (FADER, "/-action/goscene") and len(asked) > 1]
            task.cancel()

    asyncio.run(main())


def test_the_open_page_is_read_first():
    async def talk(desk, console):
        page = [f"/ch/09/eq/{band}/{leaf}" for band in range(1, 5) for leaf in "fgq"]
        asked, send = [], console._send
        console._send = lambda address, *arguments: (asked.append(address), send(address, *arguments))
        console.watch(page)
        await until(lambda: all(console.desk.knows(address) for address in page))
        assert set(page) <= set(asked[: len(page) + 10])

    conversation(talk)


def test_an_answer_from_before_a_move_does_not_take_it_back():
    async def talk(desk, console):
        await until(lambda: console.desk.knows("/ch/01/mix/fader"))
        console.set("/ch/01/mix/fader", 500)
        (client,) = {client for _, client in desk.leases}
        desk.send(client, "/ch/01/mix/fader", 0.75)
        await asyncio.sleep(0.1)
        assert console.desk.stored("/ch/01/mix/fader") == 500

    conversation(talk)


def test_a_move_that_is_lost_on_the_way_is_sent_again():
    async def talk(desk, console):
        await known(console, "/ch/01/mix/on")
        takes, lost = desk.datagram_received, []

        def loses(data, client):
            if data.startswith(b"/ch/01/mix/on\0") and b",i" in data and not lost:
                lost.append(data)
            else:
                takes(data, client)

        desk.datagram_received = loses
        console.set("/ch/01/mix/on", 0)
        await until(lambda: desk.values.get("/ch/01/mix/on") == 0)
        assert lost
        assert console.desk.stored("/ch/01/mix/on") == 0

    conversation(talk)
