"""`python -m sixhop.retraining.beside PARENT COMMAND…`: becomes the command, which stands back and outlives nobody.

What answers requests goes first: the command is nicer by ten. Where its parent ends without a word (SIGKILL), the
kernel ends it too; elsewhere than on Linux it is left to itself then.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

NICER_BY = 10
PR_SET_PDEATHSIG = 1
"""https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html"""


def main() -> None:
    parent, *command = sys.argv[1:]
    os.nice(NICER_BY)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != int(parent):
        sys.exit("its parent ended before it began")
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
