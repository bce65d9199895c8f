"""Revoke API keys, all of them or one (A11, B12), with the verification that `/security/api-keys/` asks for (N07)."""

from django.utils.translation import gettext_lazy

from accounts.enums import Purpose
from closure.enums import Area, Needs, RemedyCode
from closure.exceptions import UnknownRemedy
from closure.exchange.contract import ApiKey
from closure.preflight.remedies import making
from closure.preflight.remedies.remedy import Call, Move, Preview, Remedy, Scene
from closure.preflight.remedies.wordings import Line

CODE = RemedyCode.REVOKE_KEYS


def plan(scene: Scene, item: str) -> Preview:
    """Return what is revoked: the key that `item` names, or all."""
    keys = scene.view.items(Area.API_KEYS, ApiKey)
    chosen = [key for key in keys if item in {"", key.key_id}]
    if item and not chosen:
        raise UnknownRemedy
    what = making.listed(key.label or key.key_id for key in chosen)
    facts = {"key_ids": sorted(key.key_id for key in chosen)}
    moves = [Move(call=Call.REVOKE_KEYS, facts=facts, line=Line("revoke_keys", {"what": what}))] if chosen else []
    return making.preview(CODE, moves, item=item)


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Revoke API keys"),
    verb=gettext_lazy("Revoke API keys"),
    needs=Needs.NOTHING,
    areas=(Area.API_KEYS,),
    plan=plan,
    purpose=Purpose.REVOKE_API_KEYS,
)
