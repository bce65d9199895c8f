"""A process gives up what it does not need, for good: memory, time, files, network, rights (Linux).

After this it can compute and write what it found to the output that is open, and nothing else. A process of root
becomes nobody, so that it cannot raise its limits again.
"""

import ctypes
import os
import resource
import signal
from contextlib import suppress

from closure.evidence import syscalls
from closure.evidence.limits import Limits

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
NOBODY = 65534


def lock_down(limits: Limits) -> None:
    """Give up everything beyond the limits; call it once all modules are imported."""
    for which, most in (
        (resource.RLIMIT_AS, limits.addresses),
        (resource.RLIMIT_DATA, limits.data),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, limits.output),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (most, most))
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0:
        # Refused where a container took root's rights before: then there are none to give up.
        with suppress(PermissionError):
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
    for option, value in ((PR_SET_PDEATHSIG, signal.SIGKILL), (PR_SET_DUMPABLE, 0), (PR_SET_NO_NEW_PRIVS, 1)):
        if libc.prctl(option, value, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    syscalls.keep_few(libc)
