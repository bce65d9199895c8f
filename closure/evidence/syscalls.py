"""Lets a process ask the kernel for memory, time, threads, and its open files, and for nothing else (Linux, seccomp).

Every other call answers "not permitted": there is no opening, no sending, no starting and no signaling of anything. A
machine whose numbers are not listed here takes in no photos at all.
"""

import ctypes
import errno
import platform
import struct
from dataclasses import dataclass

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_CLONE_THREAD = 0x10000


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What calls are named in numbers; those that start something are apart.

    In order: read write close fstat lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn pread64
    sched_yield mremap madvise nanosleep getpid exit gettimeofday getrusage sigaltstack gettid futex sched_getaffinity
    clock_gettime clock_nanosleep exit_group set_robust_list getrandom rseq.
    """

    architecture: int
    numbers: tuple[int, ...]
    clone: int
    clone3: int = 435


MACHINES = {
    "x86_64": Machine(
        architecture=0xC000003E,
        numbers=(
            *(0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 17, 24, 25, 28, 35, 39, 60, 96, 98, 131, 186, 202, 204, 228),
            *(230, 231, 273, 318, 334),
        ),
        clone=56,
    ),
    "aarch64": Machine(
        architecture=0xC00000B7,
        numbers=(
            *(63, 64, 57, 80, 62, 222, 226, 215, 214, 134, 135, 139, 67, 124, 216, 233, 101, 172, 93, 169, 165, 132),
            *(178, 98, 123, 113, 115, 94, 99, 278, 293),
        ),
        clone=220,
    ),
}


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def keep_few(libc: ctypes.CDLL) -> None:
    """Give up all other calls for good; needs PR_SET_NO_NEW_PRIVS. Raises KeyError for a machine we do not know."""
    machine = MACHINES[platform.machine()]
    code = b"".join(struct.pack("=HBBI", *each) for each in _program(machine))
    program = _Program(len(code) // 8, code)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def _program(machine: Machine) -> list[tuple[int, int, int, int]]:
    """Return the filter: jumps count instructions, so each says how far its answer is from there."""
    calls = [*machine.numbers]
    refuse = len(calls) + 2  # behind the two jumps for what starts something
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 0, refuse + 1, machine.architecture),
        (_LOAD, 0, 0, _NUMBER),
        *((_EQUAL, refuse - at, 0, number) for at, number in enumerate(calls)),
        (_EQUAL, 4, 0, machine.clone),
        (_EQUAL, 2, 0, machine.clone3),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
        # The C library then falls back to the older call, whose flags can be looked at: threads yes, processes no.
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_ANY_BIT, 0, 1, _CLONE_THREAD),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
    ]
