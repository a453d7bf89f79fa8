"""The way of the signal as a page, drawn from the engine's own order: `python -m daemon.tools.signalpath`.

The order of everything on the page is read from the source of `block.process_block`, `flow.process`
and `strip.process`, and what takes which tap from where sends, outputs and solos are made.  Here are
only the words for it, where a processor does not bring its own: a step that has none is an error.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from dsp.design import levels, routing, strips
from dsp.engine import block, flow, layout, strip
from dsp.processors import registry
from dsp.table import TABLE

HEADER = """# The way of the signal

Drawn from the engine's own order by `python -m daemon.tools.signalpath > configs/signal-path.md`; do not edit.
"""

# --- words ------------------------------------------------------------------------------------------

DESK = {
    "rehearsal.keep": "inputs are kept: a recalled desk hears them again before it is heard",
    "flow.process desk": "",
    "playback.bring": "rows of a recording that are missing become silence",
    "take_in": "device inputs, or recorded tracks in their place: no NaN gets in; head amplifiers",
    "playback.take_tape": "both sides of the stereo player, as sources",
    "bring_back": "buses of the sub-block before, as sources",
    "gain.copy returned": "what the effects gave in the sub-block before, as a source",
    "make_tools": "oscillator, talkback",
    "patch_in": "patch: any source to channels 1–32, aux 1–8, effect returns 1–8",
    "strip.process": "their strips, see below",
    "mixed BUS": "sends of channels, aux and returns to buses 1–16; their strips",
    "give_back": "the buses are kept: next sub-block they are sources",
    "mixed MAIN": "channels, aux, returns and buses to main left, right and mono/centre; their strips",
    "mixed MATRIX": "sends of buses and mains to matrices 1–6; their strips",
    "hear_key": "what the gate or compressor of a strip listens to, where that is to be heard",
    "mix_to MONITOR": "solos or a source to the monitor and to listen buses 1–7",
    "delay.process_desk delay.MONITOR": "delay of the monitor",
    "send": "outputs of the console (16 main, 6 aux, AES, record, monitor, 16 personal): tap, gain, polarity, delay",
    "carry": "patch of the device's outputs",
    "flow.process other": "the recalled desk beside it",
    "crossfade.cross": "cross-fade to the recalled desk",
    "flow.feed desk": "what the effects are fed with: buses, mono/centre and inserts",
    "flow.feed other": "the same of the recalled desk",
    "rack.process": "the eight effects; they come back in the next sub-block",
    "coming.process": "those that the recall alters, as the recalled desk has them",
    "want": "what each limiter wants: both sides of a signal get one gain",
    "output": "limiter, fade, device outputs",
    "listen": "what the spectrum, the meters of sends and those of loudness look at, and what is recorded",
}
"""Steps of a block; the desk that is heard is told step by step."""

SILENT = {"strip.silence", "lanes.at", "lanes.at2", "range"}
"""Calls that are no steps."""

STRIP = {
    "trim": "trim, polarity",
    "delay.process_desk": "delay",
    "filters LOW_CUT": "low cut",
    "gate_stage": "gate, expander or ducker; key filter, key from anywhere",
    "insert PRE": "insert, where it is set to be before the EQ",
    "dynamics PRE": "dynamics, where they are set to be before the EQ",
    "filters EQ": "EQ",
    "filters pair": "EQ",
    "dynamics POST": "dynamics after the EQ",
    "insert POST": "insert after the EQ",
    "before_fader": "",
    "fader": "fader × DCAs × mute, mute groups",
}
CONDITIONS: dict[str, str] = {
    "": "",
    "group < delay.SENDS": "channels",
    "group == 0": "channels 1–8",
    "group * lanes.WIDTH < desk.inputs or desk.set.ring[playback.TRACKS] != 0": "",
    "desk.set.ring[playback.TAPES] != 0": "while it plays",
    "group * lanes.WIDTH < desk.outputs": "",
    "shared.forgetful == 0": "",
    "crossing": "while a recall cross-fades",
    "phase + frames == glide.SUB_BLOCK": "at the end of a sub-block",
    "rung_out(desk, group, desk.live.patch[group] != 0, frames)": "",
    "not rung_out(desk, group, desk.live.patch[group] != 0, frames)": "",
    "not is_silent and desk.shut == 0": "",
}
PLANES = {
    "INPUT": "input", "PRE_EQ": "before the EQ", "POST_EQ": "after the EQ",
    "PRE_FADER": "before the fader", "POST_FADER": "after the fader",
}  # fmt: skip
NUMBERS = dict(zip(PLANES, "①②③④⑤", strict=True))
METERS = {
    "input": "meter: input", **{each.name: "meter: gain" for each in registry.ALL if each.is_metered},
    "post": "meter: output",
}  # fmt: skip

LEAVES = {each.words: each.leaf for each in (*registry.ALL, *registry.STAGES) if each.words}
PROCESSORS = {
    "trim": "preamp/trim", "polarity": "preamp/invert", "delay": LEAVES["delay"], "low cut": "preamp/hpon",
    "gate": LEAVES["gate"], "insert": "insert/on", "dynamics": LEAVES["dynamics"], "EQ": LEAVES["EQ"],
    **{each.words: each.leaf for each in strip.BEFORE_FADER},
    "to mains": "mix/st", "to buses": "mix/{bus}/level", "to matrices": "mix/{mtx}/level",
}  # fmt: skip
"""Columns of the table of strips, and the row that shows that a strip has it."""

STRIPS = {"channels": strips.CHANNEL, "aux inputs": strips.AUX, "effect returns": strips.EFFECT, "buses": strips.BUS,
          "main left/right": strips.STEREO, "mono/centre": strips.MONO, "matrices": strips.MATRIX}  # fmt: skip


# --- reading the engine -----------------------------------------------------------------------------


class Step(NamedTuple):
    """A call in a kernel, and when it happens."""

    call: str
    """What is called, and the one of its arguments that the words depend on."""
    condition: str
    source: str


def steps(kernel: Any, words: dict[str, str]) -> list[Step]:
    """Steps of a kernel, in order; beginnings of planes are steps too.

    Raises
    ------
    LookupError
        If there are no words for a step.
    """
    tree = ast.parse(inspect.getsource(kernel.py_func)).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return list(_steps(tree.body, "", words))


def _steps(statements: list[ast.stmt], condition: str, words: dict[str, str]) -> Iterator[Step]:
    for statement in statements:
        if isinstance(statement, ast.For):
            yield from _steps(statement.body, condition, words)
        elif isinstance(statement, ast.If):
            test = statement.test
            if isinstance(test, ast.UnaryOp) and isinstance(test.operand, ast.Call):
                step = _step(test.operand, condition, words)
                if step is not None:  # whether a processor is out is what it answers
                    yield step
                    continue
            asked = ast.unparse(test)
            yield from _steps(statement.body, asked, words)
            yield from _steps(statement.orelse, f"not {asked}", words)
        elif isinstance(statement, ast.Expr | ast.Assign) and isinstance(statement.value, ast.Call):
            step = _step(statement.value, condition, words)
            if step is not None:
                yield step


def _step(call: ast.Call, condition: str, words: dict[str, str]) -> Step | None:
    name, source = ast.unparse(call.func), ast.unparse(call)
    if source.startswith("lanes.at2(desk.planes, group,"):
        return Step(ast.unparse(call.args[2]), "", source)
    if name in SILENT or name == "rung_out":
        return None
    for argument in ("", *(f" {ast.unparse(each)}" for each in call.args), *_names(call)):
        if name + argument in words:
            return Step(name + argument, condition, source)
    raise LookupError(f"no words for {source}")


def _names(call: ast.Call) -> list[str]:
    """Names inside of arguments."""
    return [f" {node.id}" for each in call.args for node in ast.walk(each) if isinstance(node, ast.Name)]


# --- drawing ----------------------------------------------------------------------------------------


def text() -> str:
    """Make the whole page, in Markdown."""
    sections = (
        HEADER, "## A block", desk_picture(), "## A strip", strip_picture(), taps(), "## The strips", table_of_strips(),
    )  # fmt: skip
    return "\n".join(sections)


def desk_picture() -> str:
    """What happens to a block, step by step."""
    diagram = inspect.cleandoc(str(flow.__doc__)).split("\n\n")[1]
    ordered = []
    for step in steps(block.process_block, DESK):
        ordered += steps(flow.process, DESK) if step.call == "flow.process desk" else [step]
    lines = [
        f"{number:>2}  {DESK[step.call]}" + _when(step) for number, step in enumerate(ordered, 1)
    ]
    return "\n".join(("", _block(diagram), "In this order:", "", _block("\n".join(lines))))


def _when(step: Step) -> str:
    condition = CONDITIONS[step.condition]
    return f" ({condition})" if condition else ""


def strip_picture() -> str:
    """A strip from top to bottom, with its taps."""
    lines = ["   from the patch, or a mix", "   │"]
    plane, last = "", ""
    for step in _steps_of_strip():
        begun = step.call if step.call in PLANES else _plane_of(step)
        if begun and plane:
            lines += _tap(plane)
        plane = begun or plane
        words = STRIP.get(step.call, "" if step.call in PLANES else step.call)
        if words and words != last:
            lines.append(f"   {words}{_when(step)}".ljust(68) + _meter(step))
        last = words or last
    return "\n".join(("", _block("\n".join(line.rstrip() for line in [*lines, *_tap(plane)]))))


def _steps_of_strip() -> Iterator[Step]:
    """Its steps, with those of the processors that stand before the fader by their own words."""
    for step in steps(strip.process, STRIP):
        if step.call == "before_fader":
            for each in strip.BEFORE_FADER:
                own = steps(each.before_fader, {"process": each.words})
                yield from (found._replace(call=each.words) for found in own)
        else:
            yield step


def _tap(plane: str) -> list[str]:
    return ["   │", f" {NUMBERS[plane]} ├──▶ {PLANES[plane]}", "   │"]


def _called(step: Step) -> str:
    """Source of what a step of the strip calls, if it is the strip's own, and of how a processor stands there."""
    called: Any = getattr(strip, step.call.split(" ")[0], None)
    if not hasattr(called, "py_func"):
        return step.source
    source = inspect.getsource(called.py_func)
    stands = [getattr(strip, module).process_strip for module in re.findall(r"(\w+)\.process_strip\(", source)]
    return "".join((source, *(inspect.getsource(each.py_func) for each in stands)))


def _plane_of(step: Step) -> str:
    """Plane that a step itself begins."""
    found = re.findall(r"planes, group, (\w+)\)", _called(step))
    return next((plane for plane in found if plane in PLANES), "")


def _meter(step: Step) -> str:
    found = re.search(r"page\.(\w+)", _called(step))
    return METERS[found[1]] if found else ""


def taps() -> str:
    """What takes which tap."""
    send_types = TABLE.rows["ch/{ch}/mix/{odd}/type"].choices
    positions = TABLE.rows["outputs/main/{out}/pos"].choices
    sends = [
        "POST_FADER" if number >= levels.POST_FADER_TYPE else _plane(levels.SEND_TAPS[number])
        for number in range(len(send_types))
    ]
    outputs = [_plane(plane) for plane in routing.OUTPUT_PLANES]
    spectrum = {_plane_at(routing.spectrum_places(source)[0]): word
                for source, word in ((0, "pre"), (routing.SPECTRUM_POST, "post"))}  # fmt: skip
    solo = {"PRE_FADER": "PFL", "POST_FADER": "AFL"}
    rows = [
        f"| {NUMBERS[plane]} {words} | {_list(send_types, sends, plane)} | {_list(positions, outputs, plane)} | "
        f"{solo.get(plane, '')} | {spectrum.get(plane, '')} |"
        for plane, words in PLANES.items()
    ]
    obeying = ", ".join(f"`{name}`" for name, obeys in zip(positions, routing.OUTPUT_MUTED, strict=True) if obeys)
    head = ("", "| tap | sends of type | outputs at position | solo | spectrum |", "|---|---|---|---|---|")
    mute = f"Sends obey the mute of their strip at every tap, outputs before the fader only at {obeying}."
    return "\n".join((*head, *rows, "", mute, ""))


def _plane(number: int) -> str:
    return next(plane for plane in PLANES if getattr(layout, plane) == number)


def _plane_at(place: int) -> str:
    """Plane of a place in the first group."""
    return next(plane for plane in PLANES if int(layout.place(0, getattr(layout, plane), 0)) == place)


def _list(names: tuple[str, ...], planes: list[str], plane: str) -> str:
    return ", ".join(f"`{name}`" for name, where in zip(names, planes, strict=True) if where == plane)


def table_of_strips() -> str:
    """Which strips have which processors."""
    lines = ["", f"| | {' | '.join(PROCESSORS)} |", "|---" * (len(PROCESSORS) + 1) + "|"]
    for name, kind in STRIPS.items():
        rows = TABLE.rows.keys()
        cells = {column: "●" if f"{kind.prefix}/{leaf}" in rows else "" for column, leaf in PROCESSORS.items()}
        cells["EQ"] = "6 bands" if f"{kind.prefix}/eq/{{band6}}/g" in rows else "4 bands"
        lines.append(f"| {name} | {' | '.join(cells.values())} |")
    return "\n".join(lines) + "\n"


def _block(lines: str) -> str:
    return f"```\n{lines}\n```\n"


if __name__ == "__main__":
    print(text(), end="")
