"""The OpenAPI document: drawn from the code, then completed with what holds for every call."""

from functools import lru_cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from portal.api_errors import CONTENT_TYPE

SESSION = "session"
TOKEN = "token"  # noqa: S105  (the name of a scheme)
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "An error (RFC 9457). Programs read `code`, people read `detail`.",
    "required": ["type", "title", "status", "code", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "missing": {"type": "array", "items": {"type": "string"}, "description": "Codes to acknowledge"},
        "check": {"$ref": "#/components/schemas/CheckAnswer"},
        "first_open": {"type": "string", "description": "The step to take first"},
    },
}


class SessionScheme(OpenApiAuthenticationExtension):
    """The cookie; the token that goes with it is a scheme of its own, added below."""

    target_class = "portal.api_authentication.PortalSessionAuthentication"
    name = SESSION

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Describe the cookie."""
        return {"type": "apiKey", "in": "cookie", "name": "__Host-session"}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the OpenAPI document; it follows from the code, so it is drawn once a process."""
    drawn: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    parts = drawn.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = PROBLEM
    parts.setdefault("securitySchemes", {})[TOKEN] = {"type": "apiKey", "in": "header", "name": "X-CSRFToken"}
    for methods in drawn["paths"].values():
        for method, call in methods.items():
            _complete(method, call)
    return drawn


def _complete(method: str, call: dict[str, Any]) -> None:
    """Add the errors, the token of unsafe calls, and the first line as a summary."""
    schema = {"$ref": "#/components/schemas/Problem"}
    call["responses"]["default"] = {"description": "Refused", "content": {CONTENT_TYPE: {"schema": schema}}}
    call["summary"] = call.get("description", "").partition("\n")[0]
    needed: dict[str, list[str]] = {SESSION: []} if method == "get" else {SESSION: [], TOKEN: []}
    call["security"] = [needed if SESSION in way else way for way in call.get("security", [])]


@lru_cache(maxsize=1)
def text() -> str:
    """Return the document as docs/openapi.yaml has it."""
    drawn: bytes = OpenApiYamlRenderer().render(document(), renderer_context={})
    return drawn.decode()
