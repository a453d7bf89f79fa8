"""Pan and balance laws, on the control side in float64.

    gain  1 ┤╲      ╱       constant power: −3.01 dB in the middle,
            │ ╲    ╱        exactly 1 and 0 at the ends
        0.7 ┤  ╲  ╱
            │   ╲╱
            │   ╱╲
          0 ┼──╱──╲──
          −100  0  +100
"""

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]

FULL = 100.0


def gains(pan: npt.ArrayLike) -> tuple[Float, Float]:
    """Left and right gain of a mono source at `pan` from −100 to +100: constant power."""
    pan = np.asarray(pan, np.float64)
    angle = (pan / FULL + 1) * np.pi / 4
    left = np.where(pan >= FULL, 0.0, np.cos(angle))
    right = np.where(pan <= -FULL, 0.0, np.sin(angle))
    return np.asarray(left), np.asarray(right)


def balance(pan: npt.ArrayLike) -> tuple[Float, Float]:
    """Left and right gain of a stereo pair at `pan`: 1 on the side it leans to, and both in the middle."""
    left, right = gains(pan)
    return np.minimum(left * np.sqrt(2), 1.0), np.minimum(right * np.sqrt(2), 1.0)


def three(pan: npt.ArrayLike) -> tuple[Float, Float, Float]:
    """Left, right and centre gain of a source panned over three speakers, constant power between neighbours."""
    place = np.asarray(pan, np.float64) / FULL
    side = np.sin(np.abs(place) * np.pi / 2)
    centre = np.where(np.abs(place) >= 1, 0.0, np.cos(place * np.pi / 2))
    return np.where(place < 0, side, 0.0), np.where(place > 0, side, 0.0), centre
