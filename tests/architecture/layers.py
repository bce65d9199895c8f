"""Which floor a module stands on, and which layer of its floor it belongs to (docs/architecture.md)."""

FLOORS = ("accounts", "closure.retention", "closure", "portal")
LAYERS = ("ground", "models", "domain", "edges", "pages")

# Modules that models build on: names, kinds and keys; they know nothing of rows.
GROUND = frozenset(
    {"enums", "exceptions", "errors", "clock", "ids", "keys", "sealed", "codes", "amounts", "contract", "schema"}
)
EDGES = frozenset({"forms", "api", "admin", "tasks", "management", "emails", "middleware", "templatetags", "context"})
PAGES = frozenset({"views", "urls"})
# Django calls these in the middle of a request, so they read the clock like a page.
CALLED_BY_DJANGO = frozenset({"accounts.sessions", "accounts.backends"})


def floor_of(name: str) -> int | None:
    """Return the number of the floor that a dotted name belongs to, 0 the lowest; None when it is not ours."""
    found = [floor for floor in FLOORS if f"{name}.".startswith(f"{floor}.")]
    return FLOORS.index(max(found, key=len)) if found else None


def layer_of(name: str) -> int:
    """Return the number of the layer of a dotted name of ours, 0 the lowest."""
    parts = set(name.split(".")[1:])
    for layer, members in (("models", {"models"}), ("pages", PAGES), ("edges", EDGES), ("ground", GROUND)):
        if parts & members:
            return LAYERS.index(layer)
    return LAYERS.index("domain")
