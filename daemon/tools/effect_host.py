"""A program that plays others' effects by DawDreamer: float32, stereo, from its input to its output.

    python -m daemon.tools.effect_host '{"code": "re.mono_freeverb(…), …", "path": "", "settings": {}}'

A process of its own, as plugins are strangers: one that dies takes nobody with it.
"""

import importlib
import json
import os
import sys
from typing import Any

import numpy as np

from daemon.tools.effect_figures import RATE, Float

BLOCK = 512


def play(wanted: dict[str, Any], x: Float) -> Float:
    """A signal through code of Faust, or a VST2; a second of silence before it settles its controls."""
    engine = importlib.import_module("dawdreamer").RenderEngine(RATE, BLOCK)
    given = np.pad(x, ((RATE, 0), (0, 0))).T.astype(np.float32)
    source = engine.make_playback_processor("source", given)
    if wanted["code"]:
        effect = engine.make_faust_processor("effect")
        effect.set_dsp_string(f'import("stdfaust.lib"); process = {wanted["code"]};')
    else:
        effect = engine.make_plugin_processor("effect", wanted["path"])
        places = {each["name"]: each["index"] for each in effect.get_parameters_description()}
        for name, share in wanted["settings"].items():
            effect.set_parameter(places[name], share)
    engine.load_graph([(source, []), (effect, ["source"])])
    engine.render(given.shape[1] / RATE)
    return np.asarray(engine.get_audio()[:, RATE : given.shape[1]].T, np.float64)


if __name__ == "__main__":
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what native code says of its own work is no sound
    signal = np.frombuffer(sys.stdin.buffer.read(), "<f4").reshape(-1, 2)
    out.write(play(json.loads(sys.argv[1]), signal.astype(np.float64)).astype("<f4").tobytes())
    out.flush()
    os._exit(0)  # a plugin may not know how to leave
