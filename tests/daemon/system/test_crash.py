"""An error that nobody expected: a sentence for people, a file for developers, and the loop goes on."""

import asyncio
import faulthandler
import logging
import subprocess
import sys
import threading

import pytest

from daemon.system import crash


@pytest.fixture
def reporter(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    own = crash.Reporter(tmp_path)
    own.attend()
    yield own
    faulthandler.disable()


def broken():
    raise RuntimeError("the cat is on the desk")


def test_an_error_in_a_thread_leaves_one_sentence_and_a_report(tmp_path, reporter, caplog):
    with caplog.at_level(logging.INFO, "faderd"):
        thread = threading.Thread(target=broken)
        thread.start()
        thread.join()
    (report,) = tmp_path.glob("crash-2*.txt")
    assert "in broken" in report.read_text("utf-8")
    assert str(report) in caplog.text
    assert "Traceback" not in caplog.text


def test_an_error_in_the_loop_is_reported_and_the_loop_goes_on(tmp_path, reporter, caplog):
    async def live():
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(reporter.of_loop)
        for _ in range(100):
            loop.call_soon(broken)
        await asyncio.sleep(0.05)
        return "alive"

    with caplog.at_level(logging.INFO, "faderd"):
        assert asyncio.run(live()) == "alive"
    assert caplog.text.count("the cat is on the desk") == 1
    assert len(list(tmp_path.glob("crash-2*.txt"))) == 1


def test_a_full_disk_does_not_hide_the_error(tmp_path, reporter, caplog, monkeypatch):
    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", full)
    with caplog.at_level(logging.INFO, "faderd"):
        thread = threading.Thread(target=broken)
        thread.start()
        thread.join()
    assert "the cat is on the desk" in caplog.text


def test_native_code_that_ends_the_process_says_where_at_the_next_start(tmp_path, caplog):
    code = (
        "import ctypes, pathlib; from daemon.system import crash\n"
        f"crash.Reporter(pathlib.Path({str(tmp_path)!r})).attend()\n"
        "ctypes.string_at(0)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode < 0
    with caplog.at_level(logging.INFO, "faderd"):
        monkey = sys.excepthook, threading.excepthook
        crash.Reporter(tmp_path).attend()
        sys.excepthook, threading.excepthook = monkey
        faulthandler.disable()
    (report,) = tmp_path.glob("crash-2*.txt")
    assert "string_at" in report.read_text()
    assert str(report) in caplog.text
