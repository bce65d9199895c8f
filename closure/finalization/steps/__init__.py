"""One file a step. Each is idempotent: taken twice, it leaves what taking it once leaves."""

from closure.finalization.plan import ORDER, FinalStep
from closure.finalization.steps import (
    block_identifiers,
    close,
    end_access,
    erase,
    export_closes,
    lock_deposits,
    queue_last_mail,
    recheck,
    seal_archive,
    write_receipt,
)
from closure.finalization.steps.step import Step

_MODULES = (
    lock_deposits,
    recheck,
    end_access,
    export_closes,
    seal_archive,
    block_identifiers,
    write_receipt,
    queue_last_mail,
    erase,
    close,
)
STEPS: dict[FinalStep, Step] = {module.STEP.name: module.STEP for module in _MODULES}

if tuple(STEPS) != ORDER:
    message = f"the plan names {ORDER}, but these are built: {tuple(STEPS)}"
    raise RuntimeError(message)

__all__ = ["STEPS", "Step", "block_identifiers"]
