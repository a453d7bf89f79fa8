"""A small window over the page: type a value, or say yes or no."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from dsp.parameters.row import Param
from tui import desk as desks
from tui import link, theme, words
from tui.theme import Ink

WINDOW = "align: center middle; background: transparent;"
FRAME = "width: 64; height: auto; padding: 1 2; background: #000000; border: round #767676;"


class ValuePrompt(ModalScreen[bool]):
    """Type a value for one parameter, or turn it with the arrows; Enter keeps it, Escape puts it back."""

    DEFAULT_CSS = f"ValuePrompt {{ {WINDOW} }} ValuePrompt Vertical {{ {FRAME} }}"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back"),
        Binding("up", "turn(1)", "up"),
        Binding("down", "turn(-1)", "down"),
    ]

    def __init__(self, console: link.Link, address: str, name: str = "") -> None:
        super().__init__()
        self._link, self._address, self._strip = console, address, name
        self._before = console.desk.stored(address) if console.desk.knows(address) else None

    def compose(self) -> ComposeResult:
        """Stack title, help, the value now, and the line to type in."""
        param = self._link.desk.param(self._address)
        with Vertical():
            yield Static(Text(words.title(self._address, self._strip), style=theme.style(Ink.KEY)))
            yield Static(Text(param.help, style=theme.style(Ink.QUIET)))
            yield Static(Text(_range(param), style=theme.style(Ink.QUIET)))
            yield Static(id="now")
            yield Input(placeholder="a value, or ↑ ↓ to turn, ⏎ to keep, Esc to put back")
            yield Static(id="trouble")

    def on_mount(self) -> None:
        """Read the value while the window is open, and show it as it is."""
        self._link.ask(self._address)
        self.set_interval(0.1, self._show)
        self._show()

    def _show(self) -> None:
        if self._before is None and self._link.desk.knows(self._address):
            self._before = self._link.desk.stored(self._address)
        value = self._link.desk.text(self._address)
        self.query_one("#now", Static).update(Text(f"now {value}", style=theme.style(Ink.TEXT)))

    def action_turn(self, step: int) -> None:
        """One step, or a decibel where it is a level."""
        if not self._link.desk.knows(self._address):
            return
        param, stored = self._link.desk.param(self._address), self._link.desk.stored(self._address)
        if param.kind == "level":
            self._link.set(self._address, desks.louder(param, stored, float(step)))
        else:
            self._link.set(self._address, desks.turned(param, stored, step))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Set what was typed, or say what is wrong with it."""
        if event.value.strip():
            try:
                stored = desks.read(self._link.desk.param(self._address), event.value)
            except ValueError as error:
                self.query_one("#trouble", Static).update(Text(str(error), style=theme.style(Ink.LOST)))
                return
            self._link.set(self._address, stored)
        self.dismiss(True)

    def action_back(self) -> None:
        """Leave the value as it was."""
        if self._before is not None and self._link.desk.stored(self._address) != self._before:
            self._link.set(self._address, self._before)
        self.dismiss(False)


def _range(param: Param) -> str:
    """Ends of the range in words."""
    if param.choices:
        return " · ".join(param.choices[:12]) + (" …" if len(param.choices) > 12 else "")
    if param.kind == "text":
        return f"up to {param.highest:g} letters"
    if param.kind == "bitmap":
        return "bits, such as %00000101: the last one is 1"
    lowest = "−∞" if param.lowest == float("-inf") else f"{param.lowest:g}"
    return f"{lowest} … {param.highest:g} {param.unit}".strip()


class Question(ModalScreen[bool]):
    """Something that can't be taken back lightly: only `y` does it."""

    DEFAULT_CSS = f"Question {{ {WINDOW} }} Question Vertical {{ {FRAME} }}"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes"),
        Binding("n,escape,enter", "answer(False)", "no"),
    ]

    def __init__(self, question: str, details: str = "") -> None:
        super().__init__()
        self._question, self._details = question, details

    def compose(self) -> ComposeResult:
        """Stack the question, what it means, and the two keys."""
        with Vertical():
            yield Static(Text(self._question, style=theme.style(Ink.WAITING)))
            if self._details:
                yield Static(Text(self._details, style=theme.style(Ink.QUIET)))
            yield Static(Text("y  yes      n  no", style=theme.style(Ink.KEY)))

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.dismiss(yes)
