"""Nothing acts for the account at the core any more: frozen, keys revoked, saved addresses gone for good (F03, F04)."""

from closure.effects import EffectKind
from closure.finalization.plan import FinalStep
from closure.finalization.steps.step import call_step

STEP = call_step(FinalStep.END_ACCESS, EffectKind.FREEZE, EffectKind.REVOKE_KEYS, EffectKind.REMOVE_ADDRESSES)
