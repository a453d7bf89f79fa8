"""The complete table over UDP: every parameter of the desk as the facts have it, none left out.

Each is asked for, set to its lowest, middle and highest value and to one off its grid, read back
exactly, read as text, and set by that text.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from oracles import language
from rigs.app import App
from rigs.talk import Net

PARAMETERS = language.parameters()
EFFECTS = language.effects()
TYPES = language.rows("effect_types.tsv")


class Client(App):
    """A client that asks for many things at once."""

    def get(self, addresses: list[str]) -> dict[str, language.Wire]:
        """Value of each address; each is answered once."""
        answers = self.ask_all([(address,) for address in addresses])
        assert [address for address, _ in answers] == addresses
        return dict(answers)

    def texts(self, addresses: list[str]) -> dict[str, str]:
        """Line of text of each address."""
        answers = self.ask_all([("/node", address[1:]) for address in addresses])
        assert [line.partition(" ")[0] for _, line in answers] == addresses
        assert {name for name, _ in answers} == {"node"}
        return {address: line for address, (_, line) in zip(addresses, answers, strict=True)}


@pytest.fixture
def client() -> Iterator[Client]:
    with Net() as net:
        yield Client(net)
        assert net.faults == []


def check(client: Client, addresses: list[str], fact: language.Fact) -> list[str]:
    """Try a parameter at all of its addresses at once; tell what is not as it should be."""
    wrong = []
    before = client.get(addresses)
    for number, trial in enumerate(fact.trials()):
        assert client.ask_all([(address, trial.sent) for address in addresses]) == []
        told, lines = client.get(addresses), client.texts(addresses)
        wrong += [f"{a}: {trial.sent!r} became {told[a]!r}" for a in addresses if told[a] != trial.back]
        wrong += [f"{a} wrote {lines[a]!r}" for a in addresses if lines[a] != f"{a} {trial.text}\n"]
        if type(told[addresses[0]]) is not fact.type:
            wrong.append(f"{addresses[0]}: a {type(told[addresses[0]])}")
        if number < 4:  # away from it and back by its text
            client.ask_all([*before.items()])
            echoes = client.ask_all([("/", lines[address]) for address in addresses])
            assert echoes == [("/", lines[address]) for address in addresses]
            again, texts = client.get(addresses), client.texts(addresses)
            # Two neighbouring steps may have the same text.
            lost = [a for a in addresses if again[a] != told[a] and texts[a] != lines[a]]
            wrong += [f"{a}: not {trial.text!r} again" for a in lost]
    client.ask_all([*before.items()])
    return wrong


TYPE_ADDRESSES = [f"/fx/{slot}/type" for slot in range(1, 9)]
"""What they take is tried with their effects."""

SETTABLE = [
    (addresses, fact)
    for addresses, fact in PARAMETERS
    if fact.access == "rw" and addresses[0] not in TYPE_ADDRESSES
]


def test_every_parameter_takes_and_gives_what_the_desk_does(client: Client):
    wrong = [problem for addresses, fact in SETTABLE for problem in check(client, addresses, fact)]
    assert wrong == []


def test_what_the_console_only_tells_answers_and_can_not_be_set(client: Client):
    for addresses, fact in PARAMETERS:
        if fact.access == "ro":
            before = client.get(addresses)
            assert {type(value) for value in before.values()} == {fact.type}
            for trial in fact.trials():
                client.ask_all([(address, trial.sent) for address in addresses])
            assert client.get(addresses) == before
            assert len(client.texts(addresses)) == len(addresses)


def test_what_makes_the_console_do_something_answers_and_takes_its_range(tmp_path: Path):
    with Net(tmp_path) as net:
        client = Client(net)
        for addresses, fact in PARAMETERS:
            if fact.access == "wo":
                before = client.get(addresses)
                assert {type(value) for value in before.values()} == {fact.type}
                for trial in fact.trials():
                    client.ask_all([(address, trial.sent) for address in addresses])
                assert client.get(addresses) == before
        assert net.faults == []


WHOLE_SLOTS = (1, 5)
"""Slots in which every type is tried; in the others it is every third, another third in each: the rows are the same."""


@pytest.mark.parametrize("slot", range(1, 9))
def test_every_effect_has_the_desks_parameters(slot: int, client: Client):
    column = "enum_slots_1_4" if slot < 5 else "enum_slots_5_8"
    numbers = {int(row[column]): row["code"] for row in TYPES if row[column]}
    assert sorted(numbers) == list(range(61 if slot < 5 else 34))
    places = [f"/fx/{slot}/par/{number:02d}" for number in range(1, 65)]
    wrong = []
    for number, code in numbers.items():
        client.send((f"/fx/{slot}/type", number))
        assert client.texts([f"/fx/{slot}/type"]) == {f"/fx/{slot}/type": f"/fx/{slot}/type {code}\n"}
        if slot not in WHOLE_SLOTS and number % 3 != slot % 3:
            continue
        used = len(EFFECTS[code])
        for place, fact in zip(places, EFFECTS[code], strict=False):
            wrong += [f"{code}: {problem}" for problem in check(client, [place], fact)]
        rest = places[used:]
        client.ask_all([(place, 0.7) for place in rest])
        assert client.get(rest) == dict.fromkeys(rest, 0.0)
    assert wrong == []


def test_the_table_is_complete(client: Client):
    """Every address of the facts answers, effects' too, and there are as many as there are."""
    addresses = [address for row, _ in PARAMETERS for address in row]
    addresses += [f"/fx/{slot}/par/{number:02d}" for slot in range(1, 9) for number in range(1, 65)]
    assert len(client.get(addresses)) == len(addresses) == 18_679
