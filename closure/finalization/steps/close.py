"""Last: the core closes the account; the runner then finishes the request, and with it the account here."""

from closure.effects import EffectKind
from closure.finalization.plan import FinalStep
from closure.finalization.steps.step import call_step

STEP = call_step(FinalStep.CLOSE, EffectKind.CLOSE)
