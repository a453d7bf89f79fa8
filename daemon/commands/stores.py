"""Everything that is stored and recalled, put together."""

from pathlib import Path

from daemon.commands.actions import Actions
from daemon.commands.errors import Faults
from daemon.commands.scenes import Beyond
from daemon.commands.storage import Datasets
from daemon.desk.console import Console
from daemon.files import disk
from daemon.files.disk import Disk
from daemon.history.undo import Undo
from daemon.show.fade import Fade
from daemon.show.library import Library
from daemon.show.recall import Recall
from daemon.show.show import Show
from daemon.show.turns import Turns
from daemon.wire.network import Network


class Stores:
    """The show, the libraries, and the commands for them.

    Parameters
    ----------
    console : Console
        What is stored and recalled.
    files : Disk
        Where files are written.
    folder : Path
        State folder: the show lies in `show`, presets in `library`.
    faults : Faults
        Who wants reasons.
    network : Network
        The way to the clients.

    Attributes
    ----------
    families : tuple of Family
        The commands.
    turns : Turns
        Recalls that are under way.
    """

    def __init__(self, console: Console, files: Disk, folder: Path, faults: Faults, network: Network) -> None:
        for written in (folder, folder / "show", *(folder / "library").glob("*"), folder / "library"):
            disk.tidy(written)
        self.show = Show(console, files, folder / "show", network)
        self.library = Library(console, files, folder / "library", network)
        undo = Undo(console)
        self.turns = turns = Turns(console, files)
        self.recall = Recall(console, self.show, self.library, undo, Fade(console, network))
        Actions(console, self.show, self.library, self.recall, undo, turns, faults, network)
        datasets = Datasets(self.show, self.library, self.recall, turns, faults, network)
        self.families = (datasets, Beyond(console, self.recall, folder / "show", turns, faults, network))
        self.show.load()
        self.library.load()

    def save(self) -> None:
        """Write the lists now, as far as they have changed."""
        self.show.save()
        self.library.save()
