"""An event loop that stands still is noticed."""

import asyncio
import logging
import time

from daemon.system import heart


def test_a_loop_that_stands_still_is_told_of_with_the_place(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(heart, "BEAT_S", 0.02)
    monkeypatch.setattr(heart, "STUCK_S", 0.3)

    def stand_still_here():
        caplog.clear()  # of what a busy machine let stand still before
        until = time.monotonic() + 30
        while "stuck, audio goes on" not in caplog.text and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.1)

    async def live():
        own = heart.Heart(tmp_path)
        beating = asyncio.create_task(own.beat())
        await asyncio.sleep(0.1)
        stand_still_here()
        while "goes on: it stood still" not in caplog.text:
            await asyncio.sleep(0.02)
        beating.cancel()
        return own.longest_s

    with caplog.at_level(logging.INFO, "faderd"):
        longest = asyncio.run(asyncio.wait_for(live(), 60))
    assert longest >= 0.3
    assert "stand_still_here" in (tmp_path / heart.REPORT).read_text()


def test_a_loop_that_beats_says_nothing(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(heart, "BEAT_S", 0.01)

    async def live():
        beating = asyncio.create_task(heart.Heart(tmp_path).beat())
        await asyncio.sleep(0.2)
        beating.cancel()

    asyncio.run(live())
    assert not caplog.text
    assert not (tmp_path / heart.REPORT).exists()
