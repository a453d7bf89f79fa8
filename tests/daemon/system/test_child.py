"""A program beside this one: it comes back, and goes along."""

import asyncio
import logging
import sys

import pytest

from daemon.system import child

RUNS = "import pathlib, sys; p = pathlib.Path(sys.argv[1]); p.write_text(p.read_text() + '.'); sys.stdin.read()"


def test_a_program_that_was_killed_comes_back(tmp_path, caplog: pytest.LogCaptureFixture) -> None:
    """It reads its standard input to the end, so it lives until this one goes."""
    log = tmp_path / "runs"
    log.write_text("")
    script = RUNS.replace("sys.stdin.read()", "len(p.read_text()) > 2 and sys.stdin.read()")

    async def watched() -> None:
        keeping = asyncio.create_task(child.keep("it", [sys.executable, "-c", script, str(log)]))
        async with asyncio.timeout(60):
            while len(log.read_text()) < 3:
                await asyncio.sleep(0.02)
        keeping.cancel()
        await asyncio.wait([keeping])

    with caplog.at_level(logging.WARNING, "faderd"):
        asyncio.run(watched())
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["it has ended (0)"] * 2
