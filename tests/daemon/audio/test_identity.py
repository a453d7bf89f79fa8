"""The same device is found again wherever the system has put it."""

import pytest

from daemon.audio import identity, stream


def info(name, api="ALSA", index=0):
    return stream.Info(index, name, api, 18, 20, 48_000, 0.01)


@pytest.fixture
def cards(tmp_path):
    """Two cards of one make, with serial numbers."""
    for card, serial in ((1, "A-100"), (2, "B-200"), (3, "")):
        usb = tmp_path / "usb" / str(card)
        (usb / "interface").mkdir(parents=True)
        if serial:
            (usb / "serial").write_text(f"{serial}\n")
        (tmp_path / f"card{card}").mkdir()
        (tmp_path / f"card{card}" / "device").symlink_to(usb / "interface")
    return tmp_path


def test_a_card_that_got_another_number_is_the_same_one(cards):
    wanted = identity.of(info("Scarlett 18i20: USB Audio (hw:1,0)"), cards)
    (cards / "card1").rename(cards / "card5")
    infos = [info("HDMI: 0 (hw:0,3)"), info("Scarlett 18i20: USB Audio (hw:5,0)", index=7)]
    assert identity.again(wanted, infos, cards) == infos[1]


def test_of_two_of_a_make_the_serial_number_tells_which(cards):
    twins = [info("Scarlett 18i20: USB Audio (hw:1,0)"), info("Scarlett 18i20: USB Audio (hw:2,0)", index=1)]
    for twin in twins:
        assert identity.again(identity.of(twin, cards), twins, cards) == twin
    assert identity.again(identity.of(twins[0], cards), twins[1:], cards) is None


def test_where_two_might_be_it_none_is_opened(cards):
    wanted = identity.of(info("Mixer: USB Audio (hw:3,0)"), cards)
    assert identity.again(wanted, [info("Mixer: USB Audio (hw:3,0)"), info("Mixer: USB Audio (hw:9,0)")], cards) is None


@pytest.mark.parametrize("other", [info("system", "ALSA"), info("system 2", "JACK"), info("stage", "JACK")])
def test_another_name_or_host_is_another_device(other):
    wanted = identity.of(info("system", "JACK"))
    assert identity.again(wanted, [other]) is None
    assert identity.again(wanted, [other, info("system", "JACK")]) == info("system", "JACK")
