"""Finds receipts: by the address that their holders have, or for who is looking at the request."""

from uuid import UUID

from closure.enums import ClosureState
from closure.exceptions import ReceiptNotReady
from closure.models import ClosureRequest, Receipt


def find(receipt_id: UUID) -> Receipt | None:
    """Return the receipt at an address, None where there is none; raises ReceiptNotReady while closing goes on.

    It is written before anything is erased, and a hold may still come in between: until the account is closed it
    would say what is not true yet.
    """
    receipt = Receipt.objects.select_related("request").filter(pk=receipt_id).first()
    if receipt is not None and receipt.request.state != ClosureState.CLOSED:
        raise ReceiptNotReady
    return receipt


def of_request(request: ClosureRequest) -> Receipt | None:
    """Return the receipt of a closed request, None before."""
    return Receipt.objects.filter(request=request).first() if request.state == ClosureState.CLOSED else None
