"""A console that is none of ours: an X32 knows no address below `/faderd`, and the terminal is whole there, too."""

import pytest

from rigs.terminal import LARGE, MEDIUM, SMALL, Stage, play

PAGES = {
    "2": "Channel 1", "3": "DCA 8", "4": "Ballad", "5": "Spectrum of main", "6": "Slots", "7": "Inputs",
    "8": "does not tell how it does", "9": "does not tell its loudness", "0": "does not record", "1": "CH",
}  # fmt: skip
"""What stands on each page there, by its key."""


def plainly(scene):
    """A scene at a console that is an X32."""

    async def played(on: Stage) -> None:
        on.desk.is_plain = True
        on.desk.set("/-show/showfile/scene/003/hasdata", 1)
        on.desk.set("/-show/showfile/scene/003/name", "Ballad")
        on.desk.set("/-stat/rtasource", 70)
        await scene(on)
        assert on.bridge.link.malformed == 0
        assert on.bridge.link.refused is None

    return played


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
def test_every_page_says_what_it_can(size):
    async def scene(on):
        for key, word in PAGES.items():
            await on.pilot.press(key)
            await on.shows(word, "Fake desk")

    play(size, plainly(scene))


def test_a_scene_is_recalled_though_nobody_tells_what_that_changes():
    async def scene(on):
        await on.pilot.press("4")
        await on.shows("▸ 03 Ballad", "does not tell what that would change")
        assert on.desk.asked.count(("/faderd/scene/diff", 3)) == 3  # and it is not pestered
        await on.pilot.press("x")
        assert "recall: at once" in on.text()
        await on.pilot.press("enter", "y")
        await on.until(lambda: on.desk.values.get("/-action/goscene") == 3)

    play(MEDIUM, plainly(scene))


def test_a_strip_is_mixed_copied_and_taken_back():
    async def scene(on):
        await on.until(lambda: all(map(on.bridge.link.desk.knows, ("/ch/01/mix/on", "/ch/01/mix/fader"))))
        await on.pilot.press("m", "up", "y")
        await on.until(lambda: on.bridge.hands.kept)
        await on.pilot.press("right", "p", "y")
        await on.until(lambda: on.desk.values["/ch/02/mix/on"] == 0 and on.desk.values["/ch/02/mix/fader"] > 0.75)
        await on.pilot.press("u")
        await on.until(lambda: on.desk.values["/ch/02/mix/on"] == 1)

    play(MEDIUM, plainly(scene))
