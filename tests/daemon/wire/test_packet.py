"""What is let in from the network."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from daemon.wire import packet

FADER = packet.build("/ch/01/mix/fader", 0.75)


def bundle(*elements: bytes) -> bytes:
    return b"#bundle\0" + bytes(7) + b"\1" + b"".join(struct.pack(">i", len(e)) + e for e in elements)


def test_a_message_comes_in_with_its_arguments():
    assert packet.parse(packet.build("/ch/01/config", "Kick", 3, 0.5)) == [
        ("/ch/01/config", ["Kick", 3, 0.5])
    ]


@pytest.mark.parametrize("datagram", [b"/info\0\0\0", b"/info\0\0\0,\0\0\0"])
def test_a_message_needs_no_arguments_and_no_type_tags(datagram: bytes):
    assert packet.parse(datagram) == [("/info", [])]


def test_a_bundle_is_taken_apart_in_order_whatever_its_time():
    inner = bundle(packet.build("/b"), packet.build("/c"))
    messages = packet.parse(bundle(packet.build("/a"), inner, packet.build("/d")))
    assert [message.address for message in messages] == ["/a", "/b", "/c", "/d"]


def test_a_bundle_of_another_library_is_understood():
    builder, message = OscBundleBuilder(IMMEDIATELY), OscMessageBuilder("/info")
    builder.add_content(message.build())
    assert packet.parse(builder.build().dgram) == [("/info", [])]


@pytest.mark.parametrize(
    "datagram",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0", id="a zero"),
        pytest.param(b"info\0\0\0\0", id="no slash"),
        pytest.param(b"/info", id="an address without end"),
        pytest.param(b"/inf\0", id="an address without padding"),
        pytest.param(b"/ch/\0\0\0\0if\0\0", id="type tags without a comma"),
        pytest.param(FADER[:-4], id="a float that is not there"),
        pytest.param(FADER[:-1], id="a float that is not all there"),
        pytest.param(b"/x\0\0,sf\0text\0\0\0\0", id="a float missing behind a text"),
        pytest.param(b"/x\0\0,s\0\0text", id="a text without end"),
        pytest.param(b"/x\0\0,f\0\0\0\0\0\0" + struct.pack(">f", 0.5), id="zeros between tags and a float"),
        pytest.param(b"/x\0\0,i\0\0\0\0\0\0" + struct.pack(">i", 1), id="zeros between tags and a number"),
        pytest.param(b"/x\0\0,s\0\0\0\0\0\0Kick\0\0\0\0", id="zeros between tags and a text"),
        pytest.param(b"/x\0\0,ff\0" + struct.pack(">fff", 0, 0.5, 0), id="zeros before two floats, or behind them"),
        pytest.param(FADER + b"more", id="something behind the arguments"),
        pytest.param(b"/x\0\0,\0\0\0more", id="something behind no arguments"),
        pytest.param(b"/x\0\0,T\0\0", id="a type the dialect does not have"),
        pytest.param(b"/x\0\0,[i]\0\0\0\0" + bytes(4), id="an array"),
        pytest.param(b"/x\0\0,b\0\0\xff\xff\xff\xff", id="a blob of negative size"),
        pytest.param(b"/x\0\0" + b"," + b"i" * 5000, id="longer than any message"),
        pytest.param(b"#bundle\0", id="a bundle without a time"),
        pytest.param(bundle(packet.build("/a"))[:-4], id="a bundle cut short"),
        pytest.param(bundle() + struct.pack(">i", -4) * 9, id="a bundle that goes backwards"),
        pytest.param(bundle(packet.build("/a"), b""), id="a bundle with an empty part"),
        pytest.param(bundle(packet.build("/a"), FADER[:-4]), id="a bundle with one bad message"),
    ],
)
def test_what_is_not_right_is_refused_whole(datagram: bytes):
    with pytest.raises(packet.MalformedError):
        packet.parse(datagram)


@pytest.mark.parametrize("zeros", [4, 8, 40])
@pytest.mark.parametrize(
    "arguments", [(), (0.0,), (0.5,), (3,), ("Kick",), ("/meters/1", 5), (0.0, 0.0), (1, 0)]
)  # fmt: skip
def test_zeros_at_the_end_do_no_harm(arguments: tuple, zeros: int):
    whole = packet.build("/ch/01/x", *arguments)
    assert packet.parse(whole + bytes(zeros)) == packet.parse(whole) == [("/ch/01/x", [*arguments])]
    if not arguments:
        assert packet.parse(b"/ch/01/x\0\0\0\0" + bytes(zeros)) == [("/ch/01/x", [])]


def test_a_text_that_is_not_utf8_is_latin_1():
    assert packet.parse(b"/x\0\0,s\0\0Gr\xf6\xdfe\0\0\0") == [("/x", ["Größe"])]
    assert packet.parse(b"/inf\xff\0\0\0") == [("/infÿ", [])]


def test_bundles_within_bundles_within_bundles_are_no_trap():
    nest = packet.build("/a")
    while len(nest) < packet.LONGEST - 20:
        nest = bundle(nest)
    assert packet.parse(nest) == [("/a", [])]


@given(st.binary(max_size=200))
def test_random_bytes_give_messages_or_a_refusal_and_nothing_else(data: bytes):
    for datagram in (data, b"/x\0\0" + data, b"/x\0\0," + data, bundle(data)):
        messages = []
        with suppress(packet.MalformedError):
            messages = packet.parse(datagram)
        assert all(message.address.startswith("/") for message in messages)
