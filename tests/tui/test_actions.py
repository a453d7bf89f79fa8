"""One register of actions: every one exists, no key is given twice, settings move keys."""

import pytest

from tui import actions, terminal


@pytest.mark.parametrize("action", actions.REGISTER, ids=lambda action: action.name)
def test_every_action_is_there(action):
    name = action.name.partition("(")[0]
    assert hasattr(terminal.BridgeApp, f"action_{name}")
    assert action.help.endswith((".", "?"))


def test_no_key_does_two_things():
    keys = [key for action in actions.REGISTER for key in action.keys]
    assert len(keys) == len(set(keys))


def test_settings_give_an_action_other_keys(tmp_path):
    file = tmp_path / "tui.toml"
    file.write_text('[keys]\nmute = ["x", "M"]\n')
    keys = actions.read_keys(file)
    assert {binding.key for binding in actions.bindings(keys) if binding.action == "app.mute"} == {"x", "M"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[keys]\nmuet = 'x'\n", "no such action"),
        ("[keys]\nmute = 's'\n", "'s' would be both"),
        ("[keys\n", "tui.toml"),
    ],
)
def test_settings_that_make_no_sense_are_told(tmp_path, text, reason):
    file = tmp_path / "tui.toml"
    file.write_text(text)
    with pytest.raises(actions.KeysError, match=reason):
        actions.read_keys(file)


def test_no_settings_are_no_changes(tmp_path):
    assert actions.read_keys(tmp_path / "none.toml") == {}
