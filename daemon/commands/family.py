"""What a family of commands is: addresses, what each of them does, and the sentences of help beside them."""

from collections.abc import Mapping
from typing import ClassVar

from daemon.metering.meters import Page
from daemon.wire.network import Client, Command


class Family:
    """Commands that belong together.

    Attributes
    ----------
    commands : dict of str to callable
        By address.
    help : dict of str to str
        One sentence for each address, names of axes in braces.
    """

    commands: dict[str, Command]
    help: ClassVar[Mapping[str, str]]

    def begin(self) -> None:
        """Note that a datagram begins, which may be a bundle of messages."""

    def heard(self, client: Client) -> None:
        """Note that a client has said something; called before each of its messages."""

    def tick(self) -> None:
        """Do what is due; called every 50 ms."""

    def feed(self, page: Page) -> None:
        """Send meters; called every 50 ms with the page collected since the last call."""
