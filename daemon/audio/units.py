"""What is compiled together: all that runs in every console; effects have units of their own, see `dsp.effects`."""

from daemon.audio import callback, metronome
from dsp.native import control, objects

CONTROL = objects.Unit("control", [control.load, control.store, control.exchange, control.copy_at_rest])
CONSOLE = objects.Unit("console", [
    callback.callback, callback.play_again, callback.rehearse, callback.rehearse_again, metronome.play,
])  # fmt: skip
ALWAYS = (CONTROL, CONSOLE)
