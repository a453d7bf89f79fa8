"""Names cut to fit: a strip has between one and seven columns, a name up to twelve letters."""

from __future__ import annotations

import textwrap

from rich.cells import cell_len


def plain(name: str) -> str:
    """Return `name` without what would not take exactly one cell, and without outer blanks."""
    return "".join(letter for letter in name if letter.isprintable() and cell_len(letter) == 1).strip()


def squeeze(word: str, width: int) -> str:
    """Shorten one word to `width`: small vowels go first, from the end, then the tail."""
    while len(word) > width:
        vowels = [place for place, letter in enumerate(word) if place > 0 and letter in "aeiou"]
        if not vowels:
            return word[:width]
        word = word[: vowels[-1]] + word[vowels[-1] + 1 :]
    return word


def abbreviate(name: str, width: int) -> str:
    """Shorten a name to one line of `width`, keeping what tells neighbours apart.

    The last word often does that (``Snare Top``, ``Snare Bottom``, ``Tom 1``),
    so its first letter, or all of it if it is a number, is kept.
    """
    if len(name) <= width:
        return name
    *words, last = name.split()
    joined = "".join(words)
    if not joined:
        return squeeze(last, width)
    if len(joined) + len(last) <= width:
        return joined + last
    tail = last if last.isdigit() else last[0]
    return (squeeze(joined, max(width - len(tail), 1)) + tail)[:width]


def wrap(name: str, width: int, rows: int) -> list[str]:
    """Write a name in at most `rows` lines of `width`: words are kept whole if they can be, else squeezed."""
    lines = textwrap.wrap(name, width, break_long_words=False)
    if len(lines) <= rows and all(len(line) <= width for line in lines):
        return lines
    words = name.split()
    if len(words) == 1:
        rest = len(name) % width
        room = len(name) - rest if rest < 3 else len(name)  # no line for one or two letters
        return textwrap.wrap(squeeze(name, min(max(room, width), width * rows)), width)
    if len(lines) > rows:
        lines = [*words[: rows - 1], " ".join(words[rows - 1 :])]
    return [abbreviate(line, width) for line in lines]
