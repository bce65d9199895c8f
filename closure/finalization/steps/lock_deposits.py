"""First, so that what the recheck sees is all there will be (F08)."""

from closure.effects import EffectKind
from closure.finalization.plan import FinalStep
from closure.finalization.steps.step import call_step

STEP = call_step(FinalStep.LOCK_DEPOSITS, EffectKind.LOCK_DEPOSITS)
