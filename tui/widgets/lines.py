"""Lines of text around the banks: who is connected, the selected strip in numbers, the DCAs, the keys."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from tui import actions, icons, link, mirror, strips, theme
from tui.theme import Ink
from tui.widgets import canvas, cells, label

Words = Iterable[tuple[str, int]]

MUTE_REASONS = {
    mirror.MUTED: "M",
    mirror.MUTED_BY_DCA: "M DCA",
    mirror.MUTED_BY_GROUP: "M GRP",
}


class Line(cells.Cells):
    """One row of words, each in its ink; the last ones may stand at the right end."""

    DEFAULT_CSS = "Line { height: 1; width: 100%; }"
    _shown: object = None

    def show(self, left: Words, right: Words = (), ground: int = Ink.SURROUND) -> None:
        """Write the words on `ground`, and repaint if that changed anything; the left ones give way."""
        width, left, right = self.size.width, list(left), list(right)
        if self._shown == (shown := (width, left, right, ground)):
            return
        self._shown = shown
        drawing = canvas.Canvas(width, 1)
        drawing.inks[:] = ground
        room = max(width - 1 - sum(len(word) for word, _ in right), 1)
        end = room if right else width
        _write(drawing, 1, left)
        if 1 + len("".join(word for word, _ in left).rstrip()) > end:
            _write(drawing, end - 1, [("…", Ink.QUIET)])
        _write(drawing, room, right)
        self.put(drawing)


def _write(drawing: canvas.Canvas, x: int, words: Words) -> int:
    """Write words from a column on; the column behind them."""
    for word, ink in words:
        drawing.write(0, x, word, ink)
        x += len(word)
    return x


class StatusLine(Line):
    """Which console this is, whether it answers, and what needs a look elsewhere."""

    def draw(self, console: link.Link, source: mirror.Mirror, now: float, sends_to: int = 0) -> None:
        """Say how the link to `console` stands at `now`, in seconds of the loop's clock, and what faders are."""
        where = f"{console.host}:{console.port}"
        silent_s = now - console.heard_at
        lost = console.lost_device() if console.connected else None
        if lost is not None:
            self.show([(f"✖ NO SOUND: the audio device has gone – {lost}", Ink.LOST)],
                      [(f" {where} ", Ink.LOST)], ground=Ink.LOST)  # fmt: skip
        elif console.connected:
            who = label.plain(console.name) or "console"
            what = f"{label.plain(console.model)} {label.plain(console.firmware)}"
            left = [("● ", Ink.GOOD), (f"{who}  {what}  ", Ink.TEXT), (where, Ink.QUIET)]
            if console.read_only:
                left.append(("  only looking", Ink.WAITING))
            if sends_to:
                name = label.plain(source.strips.names[strips.CHANNELS + sends_to - 1])
                left.append((f"  SENDS TO BUS {sends_to} {name} ".replace("  ", " "), Ink.SOLO))
            if refusal := console.refusal(now):
                left = [(f" {refusal.address}: {refusal.reason} ", Ink.LOST)]
            self.show(left, self._notes(console, source, silent_s))
        elif math.isinf(silent_s):
            self.show([(f"○ no answer from {where} yet – retrying", Ink.WAITING)])
        else:
            text = f"✖ no answer from {where} – retrying"
            self.show([(text, Ink.LOST)], [(f"silent for {silent_s:.0f} s", Ink.LOST)], ground=Ink.LOST)

    @staticmethod
    def _notes(console: link.Link, source: mirror.Mirror, silent_s: float) -> Words:
        if clips := np.flatnonzero(source.clipped).tolist():
            names = " ".join(strips.STRIPS[row].number for row in clips[:3])
            yield f" CLIP {names}{' …' if len(clips) > 3 else ''} ", Ink.CLIP
        if console.malformed:
            yield f"  {console.malformed} malformed", Ink.WAITING
        yield f"  last packet {max(silent_s, 0.1):.1f} s ago", Ink.QUIET


class Readout(Line):
    """The selected strip in numbers."""

    def draw(self, console: link.Link, source: mirror.Mirror, row: int, faders_db: mirror.Floats, now: float) -> None:
        """Write what the mirror knows of strip `row`, whose fader may be a send; or what was refused of it."""
        labels, strip = source.strips, strips.STRIPS[row]
        if (refusal := console.refusal(now)) and refusal.address.startswith(f"/{strip.path}/"):
            self.show([(f"{strip.number:>3} ", Ink.QUIET), (f" refused: {refusal.reason} ", Ink.LOST)])
            return
        ink = Ink.TEXT if console.connected else Ink.QUIET  # numbers from before must not look as if they were live
        name = label.plain(labels.names[row]) or strip.title
        words: list[tuple[str, int]] = [
            (f"{strip.number:>3} ", Ink.QUIET),
            (f"{name:12}", Ink.NAME + int(labels.colours[row])),
        ]
        for title, value in (
            ("peak", theme.decibels(source.hold_dbfs[row], mirror.SILENCE_DBFS)),
            ("max", theme.decibels(source.highest_dbfs[row], mirror.SILENCE_DBFS)),
            ("gate", theme.decibels(-source.gate_db[row], mirror.SILENCE_DBFS)),
            ("comp", theme.decibels(-source.compressor_db[row], mirror.SILENCE_DBFS)),
            ("fader", theme.decibels(faders_db[row])),
        ):
            words += [(f" {title} ", Ink.QUIET), (f"{value:>5}", ink)]
        words.append((f"  {icons.icon(int(labels.icons[row])).name}", Ink.QUIET))
        reason = int(source.silenced()[row])
        muted = [(f" {MUTE_REASONS[reason]} ", Ink.MUTE)] if reason != mirror.UNMUTED else []
        self.show(words, muted)


class DcaLine(Line):
    """The eight DCAs: number, name, fader if there is room, and M when muted."""

    def draw(self, source: mirror.Mirror) -> None:
        """Write the DCAs of the mirror."""
        width = self.size.width // strips.DCAS
        words: list[tuple[str, int]] = []
        for number in range(strips.DCAS):
            words += self._cell(source.dcas, number, width)
        self.show(words)

    @staticmethod
    def _cell(dcas: mirror.Labels, number: int, width: int) -> Words:
        fader = theme.decibels(dcas.fader_db[number]) if width >= 20 else ""
        room = width - 4 - (6 if fader else 0)
        name = label.abbreviate(label.plain(dcas.names[number]) or f"DCA {number + 1}", room)
        on = bool(dcas.on[number])
        yield f"{number + 1} ", Ink.QUIET
        yield name.center(room), Ink.NAME + int(dcas.colours[number]) if on else Ink.NAME_SILENCED
        yield ("M", Ink.MUTE) if not on else (" ", Ink.SURROUND)
        yield f"{fader:>6} " if fader else " ", Ink.TEXT


class KeyLine(Line):
    """What the keys do."""

    def draw(self, keys: Mapping[str, list[str]]) -> None:
        """Write the actions that ask to be shown, with the keys of the settings where they name others."""
        words: list[tuple[str, int]] = []
        for action in actions.REGISTER:
            if action.shown and (own := keys.get(action.name, action.keys)):
                words.append((actions.shown(own[0]), Ink.KEY))
                words.append((f" {action.title}  ", Ink.QUIET))
        self.show(words)
