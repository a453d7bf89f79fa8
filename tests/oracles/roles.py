"""What each role may set, said a second time: address by address, from the sentences that describe the roles."""

INPUTS = {"ch", "auxin", "fxrtn"}


def may_set(role: str, buses: tuple[int, ...], address: str) -> bool:
    """Whether somebody may set what is at an address."""
    if role in ("engineer", "viewer"):
        return role == "engineer"
    parts = address.removeprefix("/").split("/")
    if parts[0] in INPUTS and len(parts) == 5 and parts[2] == "mix" and parts[3].isdigit():
        sends = {"on", "level", "pan"} | ({"type", "panFollow"} if role == "monitor" else set())
        return int(parts[3]) in buses and parts[4] in sends
    if parts[0] != "bus" or int(parts[1]) not in buses:
        return False
    own = parts[2:]
    if own in (["mix", "fader"], ["mix", "on"]) or own[0] == "eq":
        return True
    return role == "monitor" and own[0] in ("config", "dyn")
