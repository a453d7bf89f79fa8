"""The one step of a wheel's build that pyproject.toml can't say: native code for every machine, compiled ahead.

An editable installation has none: there, what is edited is compiled when it is run.
"""

import os
import pathlib
import subprocess
import sys

from setuptools.command import build_py


class BuildPy(build_py.build_py):
    """Put compiled kernels beside their sources."""

    def run(self) -> None:
        """Build as usual, then compile what was built.

        Raises
        ------
        SystemExit
            On a Python of 32 bits, for which there are no kernels.
        """
        if sys.maxsize < 2**32:
            sys.exit("faderd needs a Python of 64 bits, and this one has 32: install a 64-bit system")
        super().run()
        if self.editable_mode:
            return
        root = pathlib.Path(self.build_lib).resolve()
        into = root / "dsp" / "native" / "built"
        into.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(root), *sys.path])}
        subprocess.run([sys.executable, "-m", "daemon.audio.build", into], env=environment, cwd=root, check=True)
