"""The application: the bridge, pages over it, and what its keys do."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from dsp.table import TABLE
from tui import actions, hands, link, loudness, mirror, palette, strips, theme, words
from tui.screens import bridge, help, prompt, silence
from tui.widgets import canvas, cells

COPY_S, LOOK_S = 10.0, 0.05
"""How long settings that are still to be read are waited for, and how often that is looked at."""


class BridgeApp(App[None]):
    """The terminal of one console: the bridge, and pages over it.

    Parameters
    ----------
    host, port
        Where the console answers.
    read_only : bool
        Only look.
    keys : dict of str to list of str
        Keys that the settings give to actions.
    look : str
        Name of a theme.

    Attributes
    ----------
    selected : int
        Strip that keys act on.
    sends_to : int
        Bus whose sends the faders are, counted from 1; 0 while they are faders.
    """

    TITLE = "faderd"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "quit", show=False, priority=True)]
    COMMANDS: ClassVar = {palette.Everything}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    CSS = """
    .-light Bridge, .-light Bridge Container { background: #ffffff; }
    .-light Page, .-light Page Horizontal, .-light Page Static { background: #ffffff; }
    .-light Question > *, .-light ValuePrompt > *, .-light Silence > *, .-light Help > * { background: #ffffff; }
    .-light Input { color: #000000; background: #ffffff; }
    .-plain Screen, .-plain Bridge Container { background: ansi_default; }
    .-plain Page Horizontal, .-plain Page Static { background: ansi_default; }
    .-plain ModalScreen > * { background: ansi_default; border: round ansi_default; }
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        read_only: bool = False,
        keys: dict[str, list[str]] | None = None,
        look: str = "dark",
    ) -> None:
        # Colours go to the terminal as palette numbers, not as true colour.
        super().__init__(ansi_color=True)
        self.mirror = mirror.Mirror()
        self.link = link.Link(host, port, self.mirror, read_only=read_only)
        self.hands = hands.Hands(self.mirror, self.link)
        self.loudness = loudness.Loudness(self.link)
        self.selected = 0
        self.sends_to = 0
        self.keys = keys or {}
        for binding in actions.bindings(self.keys):
            self.bind(binding.key, binding.action, description=binding.description, show=binding.show)
        self.brush = cells.Brush(self)
        self._wear("mono" if self.no_color else look)

    def get_default_screen(self) -> bridge.Bridge:
        """Show the bridge first."""
        return bridge.Bridge(self.mirror, self.link)

    def on_mount(self) -> None:
        """Start talking to the console."""
        self.run_worker(self.link.run())
        with contextlib.suppress(NotImplementedError):  # Windows has no such signals
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit)

    def _wear(self, look: str) -> None:
        self._look = look
        theme.wear(look)
        canvas.restyle()
        self.brush.restyle()
        self.set_class(not theme.LOOKS[look].coloured, "-plain")
        self.set_class(look == "light", "-light")
        self.theme = "textual-light" if look == "light" else "textual-dark"  # of the toolkit's own widgets

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        """The terminal has drawn all that it was sent before it was asked."""
        self.brush.pace.answered(asyncio.get_running_loop().time())

    def on_strip_chosen(self, message: bridge.StripChosen) -> None:
        """Select the strip that was pointed at."""
        self.select_row(message.row)

    # --- pages ----------------------------------------------------------------------------------------

    def action_page(self, name: str) -> None:
        """Show a page; the bridge is what is below all of them."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.link.watch(())
        if name != "bridge":
            self.push_screen(self._page(name))

    def _page(self, name: str) -> Screen[None]:
        # The bridge does not wait for pages that nobody has opened yet.
        from tui.screens import effects, groups, health, recorder, routing, scenes, spectrum, strip
        from tui.screens import loudness as loudness_page

        match name:
            case "strip":
                return strip.StripPage(self.mirror, self.link, self.selected)
            case "groups":
                return groups.GroupsPage(self.mirror, self.link)
            case "scenes":
                return scenes.ScenesPage(self.link)
            case "spectrum":
                return spectrum.SpectrumPage(self.link)
            case "effects":
                return effects.EffectsPage(self.link)
            case "loudness":
                return loudness_page.LoudnessPage(self.link, self.loudness)
            case "recorder":
                return recorder.RecorderPage(self.link)
            case "routing":
                return routing.RoutingPage(self.link)
            case _:
                return health.HealthPage(self.link)

    def action_help(self) -> None:
        """Explain keys and colours."""
        self.push_screen(help.Help(self.keys))

    def action_theme(self) -> None:
        """Go to the next theme."""
        looks = list(theme.LOOKS)
        self._wear(looks[(looks.index(self._look) + 1) % len(looks)])
        for screen in self.screen_stack:
            screen.post_message(bridge.Restyled())

    async def run_named(self, name: str) -> None:
        """Do an action of the register, for the palette."""
        await self.run_action(name)

    # --- strips ---------------------------------------------------------------------------------------

    def select_row(self, row: int) -> None:
        """Select a strip, on whatever page."""
        self.selected = row
        for screen in self.screen_stack:
            if isinstance(screen, bridge.ShowsSelected):
                screen.show_selected(row)

    def action_select(self, step: int) -> None:
        """Go some strips to the right, from the last one to the first."""
        here = strips.ORDER.index(self.selected)
        self.select_row(strips.ORDER[(here + step) % len(strips.ORDER)])

    def action_turn(self) -> None:
        """Go to the first strip of the next bank."""
        starts = [strips.INPUTS.start, strips.RETURNS.start, strips.GROUPS.start]
        here = next((n for n, rows in enumerate((strips.INPUTS, strips.RETURNS)) if self.selected in rows), 2)
        self.select_row(starts[(here + 1) % len(starts)])

    def action_fader(self, step_db: float) -> None:
        """Move the fader, or the send, of the selected strip."""
        self.hands.move(self.hands.fader(self.selected, self.sends_to), step_db)

    def action_level(self) -> None:
        """Type the level."""
        if address := self.hands.fader(self.selected, self.sends_to):
            self.edit(address)

    def action_mute(self) -> None:
        """Mute, or not."""
        self.hands.toggle(self.hands.mute(self.selected, self.sends_to))

    def action_solo(self) -> None:
        """Solo, or not."""
        self.hands.toggle(strips.solo_address(self.selected))

    def action_why(self) -> None:
        """Say why nothing is to be heard of the selected strip."""
        self.push_screen(silence.Silence(self.mirror, self.link, self.selected))

    def do_with(self, row: int, action: str) -> None:
        """Select a strip and do something with it."""
        self.select_row(row)
        {"mute": self.action_mute, "solo": self.action_solo, "why": self.action_why}[action]()

    def action_copy(self) -> None:
        """Keep the selected strip's settings; what has not been heard of them is read first."""
        self.run_worker(self._copy(self.selected), group="copy", exclusive=True)

    async def _copy(self, row: int) -> None:
        name = strips.STRIPS[row].title
        for _ in range(round(COPY_S / LOOK_S)):
            if self.hands.copy(row):
                self.notify(f"copied {name}")
                return
            await asyncio.sleep(LOOK_S)
        self.notify(f"{name} is not copied: the console does not tell all of it", severity="warning")

    def action_paste(self) -> None:
        """Put the kept settings on the selected strip, when that is what was meant."""
        if not self.hands.kept:
            self.notify("nothing has been copied")
            return
        row = self.selected
        name = f"{strips.STRIPS[row].title} {self.mirror.strips.names[row]}".strip()

        def answer(yes: bool | None) -> None:
            if yes:
                self.hands.paste(row, self.notify)

        details = "All its settings are overwritten, but not its name; u takes that back."
        self.push_screen(prompt.Question(f"Paste on {name}?", details), answer)

    def action_compare(self) -> None:
        """Swap the strip with how it was when its page was opened."""
        if isinstance(self.screen, bridge.Comparing):
            self.screen.compare()

    # --- desk -----------------------------------------------------------------------------------------

    def action_sends(self, step: int) -> None:
        """Make the faders the sends to the next bus."""
        self.turn_to_sends((self.sends_to + step) % (strips.BUSES + 1))

    def turn_to_sends(self, bus: int) -> None:
        """Make the faders the sends to a bus, counted from 1; with 0 they are faders again."""
        self.sends_to = bus
        if bus:
            rows = range(len(strips.STRIPS))
            sends = [find(row, bus) for find in (self.hands.fader, self.hands.mute) for row in rows]
            self.link.watch(address for address in sends if address)

    def action_clear_solo(self) -> None:
        """End all solos."""
        self.link.command("/-action/clearsolo", 1)

    def action_undo(self) -> None:
        """Take the last move back."""
        self.notify(f"taken back: {address}" if (address := self.link.undo()) else "nothing to take back")

    def action_redo(self) -> None:
        """Do it again."""
        self.notify(f"done again: {address}" if (address := self.link.redo()) else "nothing to do again")

    def action_recall_last(self) -> None:
        """Look at what recalling the last scene again would change."""
        self.action_page("scenes")

    def look_at_scene(self, number: int) -> None:
        """Show what recalling a scene would change; Enter there recalls it."""
        from tui.screens import scenes

        self.action_page("bridge")
        self.push_screen(scenes.ScenesPage(self.link, number))

    def action_clear(self) -> None:
        """Put out the clip lights."""
        self.mirror.clear()

    def edit(self, address: str) -> None:
        """Open a window to type or turn a value."""
        name = ""
        if (own := words.strip_of(address)) is not None:
            rows = [row for row, each in enumerate(strips.STRIPS) if each.path == own.path]
            name = self.mirror.strips.names[rows[0]]
        if address in TABLE.leaves:
            self.push_screen(prompt.ValuePrompt(self.link, address, name))
