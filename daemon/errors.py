"""Errors that are for people."""


class Refusal(Exception):  # noqa: N818 - it refuses politely
    """Something cannot be done; the message says what happened, to which file, key or device, and what to do.

    The command line shows the message alone, without a traceback.
    """


class Denied(Refusal):
    """Somebody may not do this in the role they have; the message says what they may do instead."""


class UnknownError(LookupError):
    """There is no parameter, node or file of this name; the message is the name."""
