"""What stands for a PIN: for a week, for one mix, on one machine."""

import pathlib

from daemon.commands import tickets
from daemon.desk.roles import Access
from daemon.wire.network import Client
from rigs.talk import Talk

PINS = {"engineer": "2468", "bus/03": "1357", "bus/07": "9753"}
PHONE, AGAIN = Client("127.0.0.1", 5002, door=1), Client("127.0.0.1", 5003, door=1)
NOW_S, WEEK_S = 1_796_000_000, 604_800


def talk() -> Talk:
    return Talk(roles=(Access(), Access("viewer")), pins=PINS)


def test_whoever_has_said_a_pin_logs_in_again_without_it() -> None:
    stage = talk()
    stage.say("/faderd/login", "1357", "bus/03", by=PHONE)
    ((_, ticket),) = stage.say("/faderd/login/ticket", by=PHONE)
    assert "1357" not in ticket
    assert stage.say("/faderd/login", ticket, "bus/03", by=AGAIN) == [("/faderd/login", "musician", 60.0, 3)]


def test_nobody_gets_a_ticket_without_a_pin_nor_one_mix_by_the_ticket_of_another() -> None:
    stage = talk()
    ((address, of, reason),) = stage.say("/faderd/login/ticket", by=PHONE)
    assert (address, of, reason) == ("/faderd/error", "/faderd/login/ticket", "say a PIN first, at /faderd/login")
    stage.say("/faderd/login", "1357", "bus/03", by=PHONE)
    ((_, ticket),) = stage.say("/faderd/login/ticket", by=PHONE)
    for name in ("bus/07", "engineer"):
        assert stage.say("/faderd/login", ticket, name, by=AGAIN)[0][2] == "this ticket has ended: say the PIN"


def test_a_ticket_waits_for_nobodys_wrong_pins_and_an_ended_one_counts_as_none() -> None:
    stage = talk()
    stage.say("/faderd/login", "1357", "bus/03", by=PHONE)
    ((_, ticket),) = stage.say("/faderd/login/ticket", by=PHONE)
    for number in range(6):
        stage.say("/faderd/login", "0000", "bus/03", f"10.0.1.{number}", by=AGAIN)
    assert stage.say("/faderd/login", ticket, "bus/03", by=AGAIN)[0][1] == "musician"
    for _ in range(6):
        stage.say("/faderd/login", f"{NOW_S}-{'0' * 32}", "bus/07", "10.0.2.1", by=AGAIN)
    assert stage.say("/faderd/login", "9753", "bus/07", "10.0.2.1", by=AGAIN)[0][1] == "musician"


def test_a_ticket_ends_after_a_week_with_its_pin_and_on_another_machine(tmp_path: pathlib.Path) -> None:
    own, other = tickets.Tickets(tmp_path), tickets.Tickets()
    ticket = own.write("bus/03", "1357", NOW_S)
    assert own.proves(ticket, "bus/03", "1357", NOW_S + WEEK_S)
    assert not own.proves(ticket, "bus/03", "1357", NOW_S + WEEK_S + 1)
    assert not own.proves(ticket, "bus/03", "1358", NOW_S)
    assert not other.proves(ticket, "bus/03", "1357", NOW_S)
    later = f"{NOW_S + 2 * WEEK_S}{ticket[10:]}"
    assert not own.proves(later, "bus/03", "1357", NOW_S)


def test_tickets_outlive_the_daemon_and_their_key_is_nobody_elses(tmp_path: pathlib.Path) -> None:
    ticket = tickets.Tickets(tmp_path).write("bus/03", "1357", NOW_S)
    assert tickets.Tickets(tmp_path).proves(ticket, "bus/03", "1357", NOW_S)
    (key,) = tmp_path.iterdir()
    assert key.stat().st_mode & 0o077 == 0
