"""The callback is native to the end: no allocation, no exception, no Python.

A function compiled by numba says with a status whether it raised.  Here the compiled code itself is
read: every function the callback can reach calls only others like it and what the processor offers,
and none of them makes a status other than "all is well".  So none is ever returned, and the part of
the wrapper that would wake Python to tell about an exception is never entered.
"""

from __future__ import annotations

import ctypes
import threading

import numpy as np
import pytest
from llvmlite import binding

from daemon.audio import kernels, stage
from dsp.engine import memory
from rigs import harness

ALL_IS_WELL = "i32 0"
INTRINSICS = ("llvm.",)


@pytest.fixture(scope="module")
def functions():
    """Every function of the optimised code of the callback, by name."""
    kernels.load()
    from daemon.audio import callback

    module = binding.parse_assembly(str(callback.callback._library._get_module_for_linking()))
    return {function.name: function for function in module.functions if not function.is_declaration}


@pytest.fixture(scope="module")
def entry(functions):
    """The C function whose address PortAudio gets."""
    return next(function for name, function in functions.items() if name.startswith("cfunc."))


def instructions(function):
    """All instructions of a function."""
    return [instruction for block in function.blocks for instruction in block.instructions]


def callee(call):
    """Name of what a call calls: its last operand; empty if that is not known."""
    return list(call.operands)[-1].name


def is_status(call):
    """Whether a call returns a status: what is not an intrinsic does."""
    return call.opcode in ("call", "invoke") and not callee(call).startswith(INTRINSICS)


def reached(functions, entry):
    """Names of the functions that can be reached from behind the wrapper."""
    found: set[str] = set()
    waiting = {callee(call) for call in instructions(entry) if callee(call) in functions}
    while waiting:
        name = waiting.pop()
        found.add(name)
        calls = [i for i in instructions(functions[name]) if i.opcode in ("call", "invoke")]
        waiting |= {callee(call) for call in calls if callee(call) in functions} - found
    return found


def origins(value, made_by, seen=frozenset()):
    """Where a returned value comes from: constants, calls or other code, through any number of joins."""
    text = str(value)
    if value.is_constant:
        return {text}
    maker = made_by.get(text)
    if maker is None or maker.opcode not in ("phi", "select"):
        return {"status" if maker is not None and is_status(maker) else text}
    operands = list(maker.operands)[1 if maker.opcode == "select" else 0 :]
    return set().union(*(origins(o, made_by, seen | {text}) for o in operands if str(o) not in seen | {text}))


def test_nothing_but_kernels_and_instructions_of_the_processor_is_called(functions, entry):
    strangers = {
        callee(call)
        for name in reached(functions, entry)
        for call in instructions(functions[name])
        if call.opcode in ("call", "invoke")
        if callee(call) not in functions and not callee(call).startswith(INTRINSICS)
    }
    assert strangers == set()


def test_the_whole_engine_is_behind_the_wrapper(functions, entry):
    names = " ".join(reached(functions, entry))
    assert all(part in names for part in ("engine", "strip", "accept", "svf", "compressor", "gate", "mix", "patch"))


def test_no_function_makes_a_status_of_its_own(functions, entry):
    made = set()
    for name in reached(functions, entry):
        made_by = {str(instruction): instruction for instruction in instructions(functions[name])}
        returns = [instruction for instruction in made_by.values() if instruction.opcode == "ret"]
        assert returns
        made |= set().union(*(origins(value, made_by) for one in returns for value in one.operands))
    assert made <= {ALL_IS_WELL, "status"}


def test_python_is_only_woken_when_a_status_says_so(entry):
    blocks = {block.name: block for block in entry.blocks}
    first = next(iter(entry.blocks))
    *body, branch = first.instructions
    assert [callee(i).rpartition(".")[2][:3] for i in body if i.opcode == "call"] == ["_ZN"]
    condition, *_ = branch.operands
    assert "icmp eq i32" in str(condition)
    assert str(condition).strip().endswith(", 0")
    # Operands of a branch are the condition, then where to go if not, then where to go if so.
    well = blocks[list(branch.operands)[-1].name]
    assert [instruction.opcode for instruction in well.instructions] == ["phi", "ret"]


def test_blocks_are_mixed_while_another_thread_holds_the_gil():
    mixer = harness.Mixer(inputs=2, taps=["main"])
    mixer.console.publish()
    device = stage.Stage("native", harness.noise((48_000, 2)), harness.RATE, 64, outputs=2)
    player = threading.Thread(target=device.play, args=(kernels.load(), mixer.audio.address, 400_000))
    player.start()
    sleep_with_the_gil = ctypes.PyDLL(None).usleep
    try:
        while mixer.frame == 0:
            sleep_with_the_gil(100)
        before = mixer.frame
        sleep_with_the_gil(100_000)
        after = mixer.frame
    finally:
        device.stop()
        player.join()
    assert after - before > 1000 * 64
    assert np.isfinite(device.output).all()
    assert mixer.audio.count(memory.UNDERRUNS) == 0
