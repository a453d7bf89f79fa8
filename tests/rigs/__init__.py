"""What the tests drive a console with; some are programs: `cd tests && python -m rigs.NAME`.

They, and what they start, find the packages before the tests' folders of the same names.
"""

import os
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]

sys.path.insert(0, str(TESTS.parent))
os.environ["PYTHONPATH"] = os.pathsep.join([str(TESTS.parent), str(TESTS), os.environ.get("PYTHONPATH", "")])
