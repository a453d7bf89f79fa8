"""Where compiled code is kept, when it fits, and that checkouts that share a home leave each other alone."""

from __future__ import annotations

import importlib
import os
import pathlib

import pytest

from daemon.audio import units
from dsp.native import control, objects

DAY_S = 24 * 3600


@pytest.fixture
def kept(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A folder for compiled code that is still empty."""
    monkeypatch.setattr(objects, "folder", lambda: tmp_path)
    return tmp_path


def unit() -> objects.Unit:
    return objects.Unit("words", [control.load])


def test_what_is_compiled_once_is_found_again(kept: pathlib.Path) -> None:
    assert unit().path() is None
    finished: list[str] = []
    made = unit().make(finished.append)
    assert finished == ["dsp.native.control.load"]
    assert unit().path() == made
    assert unit().make(finished.append) == made
    assert len(finished) == 1


def test_checkouts_that_share_a_home_keep_each_others_kernels(kept: pathlib.Path) -> None:
    theirs, forgotten = kept / "console-of-another-checkout.so", kept / "console-of-last-year.so"
    theirs.write_bytes(b"theirs")
    forgotten.write_bytes(b"nobody's")
    now = theirs.stat().st_mtime
    os.utime(theirs, (now - 30 * DAY_S,) * 2)
    os.utime(forgotten, (now - 100 * DAY_S,) * 2)
    unit().make()
    assert theirs.exists()
    assert not forgotten.exists()


def test_what_came_with_the_program_is_taken_before_what_was_compiled(
    kept: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = unit().make()
    shipped = tmp_path / "built"
    shipped.mkdir()
    monkeypatch.setattr(objects, "SHIPPED", shipped)
    monkeypatch.setattr(objects, "levels", lambda: ["x86-64-v3", "x86-64-v2"])
    for level in ("x86-64-v4", "x86-64-v2"):
        (shipped / f"words-{unit().digest}-{level}.so").write_bytes(made.read_bytes())
    found = unit().path()
    assert found is not None
    assert found.name.endswith("x86-64-v2.so")


def test_a_wheel_has_code_for_every_level_of_both_machines(tmp_path: pathlib.Path) -> None:
    unit().ship(tmp_path)
    levels = sorted(path.stem.partition(f"{unit().digest}-")[2] for path in tmp_path.iterdir())
    assert levels == ["aarch64", "x86-64-v2", "x86-64-v3", "x86-64-v4"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("_maker", ("3.13.0", "x86_64")), ("_processor", ("model name : another",))],
    ids=["another Python or compiler", "another processor"],
)
def test_what_another_made_is_another_file(monkeypatch: pytest.MonkeyPatch, name: str, value: tuple[str, ...]) -> None:
    before = objects._key("source")
    assert objects._key("source") == before
    assert objects._key("edited source") != before
    monkeypatch.setattr(objects, name, lambda: value)
    assert objects._key("source") != before


def test_the_key_knows_python_numba_llvmlite_the_machine_and_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("importlib.metadata.version", lambda name: asked.append(name) or f"{name} 1")
    monkeypatch.setattr("platform.python_version", lambda: "3.99.1")
    monkeypatch.setattr("platform.machine", lambda: "a machine")
    assert objects._maker.__wrapped__()[:2] == ("3.99.1", "a machine")
    assert {"numba", "llvmlite"} <= set(asked)
    assert any(line.startswith(("flags", "Features")) for line in objects._processor())


@pytest.mark.parametrize(
    ("without", "levels"),
    [
        (set(), ["x86-64-v4", "x86-64-v3", "x86-64-v2"]),
        ({"avx512bw"}, ["x86-64-v3", "x86-64-v2"]),
        ({"avx512bw", "fma"}, ["x86-64-v2"]),
        ({"avx512bw", "fma", "ssse3"}, []),
    ],
)
def test_the_level_of_a_pc_is_what_its_processor_can_do(
    monkeypatch: pytest.MonkeyPatch, without: set[str], levels: list[str]
) -> None:
    flags = "avx avx2 avx512bw avx512cd avx512dq avx512f avx512vl bmi1 bmi2 f16c fma abm movbe " \
        "cx16 lahf_lm popcnt sse4_1 sse4_2 ssse3"  # fmt: skip
    able = " ".join(flag for flag in flags.split() if flag not in without)
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr(objects, "_processor", lambda: (f"flags\t\t: fpu {able}",))
    assert objects.levels() == levels


def test_an_edit_is_another_digest(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "near_kernel.py"
    path.write_text("from dsp.native import kernel\n\n\n@kernel.kernel\ndef one():\n    return 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    declared = importlib.import_module("near_kernel").one
    before = objects.digest_of([declared])
    assert objects.digest_of([declared]) == before
    path.write_text(path.read_text().replace("1", "2"))
    assert objects.digest_of([declared]) != before


def test_an_edit_of_a_processor_is_another_digest_of_the_console_and_one_of_the_table_is_not() -> None:
    seen: dict[str, bytes] = {}
    objects._read(units.CONSOLE.entries[0].kernel.py_func.__module__, seen)
    for module in ("daemon.audio.callback", "dsp.engine.flow", "dsp.processors.gate", "dsp.engine.memory"):
        assert module in seen
    assert not any(module.startswith(("dsp.table", "dsp.parameters", "dsp.design")) for module in seen)
