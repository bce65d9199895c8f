"""The public keys of receipts and bundles at stable addresses: anybody can check one without asking us again."""

import base64
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views import View

from accounts import signing
from accounts.signing import Signed

PEM = "application/x-pem-file"


class KeysView(View):
    """All of a kind: the one that signs now first, then those that only older files name."""

    kind: ClassVar[Signed] = Signed.RECEIPT

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the keys by the names that files have in `key`."""
        return JsonResponse({"keys": [self._told(key) for key in signing.public_keys(self.kind)]})

    def _told(self, key: Any) -> dict[str, str]:
        name = signing.key_id(key)
        return {
            "key": name,
            "algorithm": "Ed25519",
            "public_key": base64.b64encode(signing.raw(key)).decode(),
            "pem": signing.pem(key),
            "pem_url": reverse(f"{self.kind}-key", kwargs={"key": name}),
        }


class KeyView(View):
    """One key, as openssl reads it."""

    kind: ClassVar[Signed] = Signed.RECEIPT

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        """Return it as PEM."""
        for each in signing.public_keys(self.kind):
            if signing.key_id(each) == key:
                return HttpResponse(signing.pem(each), content_type=PEM)
        raise Http404
