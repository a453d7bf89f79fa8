"""Pages of meters in which every signal is another number."""

import numpy as np

from dsp.engine import meters

PAGE = meters.METERS
SHAPES = {name: PAGE[name].shape for name in PAGE.names}
NUMBERS = {
    name: ((1 + 100 * place + np.arange(np.prod(shape))) / 1024).astype(np.float32).reshape(shape)
    for place, (name, shape) in enumerate(SHAPES.items())
}
"""Another number for each signal; all of them are levels a blob can hold."""


def page(**fields: float) -> np.ndarray:
    """A page in which every signal is another number, or one number for each field."""
    new = np.zeros((), PAGE)
    for name, numbers in NUMBERS.items():
        new[name] = fields.get(name, 0) if fields else numbers
    return new
