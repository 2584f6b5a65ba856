"""How strong a tie is, and what that says of its pass_on before any model does. Plain arithmetic on numbers and arrays.

The strength of a tie is a decayed count of contacts, stated as of its last one (`last_at`):

    strength = base_strength + sum over recent contacts of 2^(-(last_at - t) / half_life)

where `base_strength` is what is not among the recent contacts: an imported strength, or contacts too old to be kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

KEPT_CONTACTS = 64
"""How many of a tie's latest contacts are kept with their times."""
DEFAULT_STRENGTH = 1.0
"""Of a tie of which nothing but its being there is known."""
SAME = 1e-9
"""Sums in another order differ by less than this, relatively: no reason to write a tie again."""

Floats = npt.NDArray[np.float64]


def decayed(elapsed_s: Any, half_life_s: float) -> Any:
    """What is left of 1 after `elapsed_s` seconds (a number, or an array of them)."""
    return np.exp2(-np.asarray(elapsed_s, dtype=np.float64) / half_life_s)


def weight(strength: Any) -> Any:
    """f(s) = 2s / (1 + s): 0 for no tie, 1 for one contact just now, never more than 2."""
    return 2.0 * strength / (1.0 + strength)


def unscored_pass_on(prior: float, strength: Any) -> Any:
    """`pass_on` of a tie that no model has scored: the realm's prior times f(strength), within [0, 1]."""
    return np.clip(prior * weight(strength), 0.0, 1.0)


def rescaled_pass_on(scored_pass_on: Any, scored_strength: Any, strength: Any) -> Any:
    """`pass_on` of a tie that changed since a model scored it: the score times f(strength now) / f(strength then)."""
    then = weight(scored_strength)
    return np.clip(np.where(then > 0, scored_pass_on * weight(strength) / np.where(then > 0, then, 1.0), 0.0), 0.0, 1.0)
