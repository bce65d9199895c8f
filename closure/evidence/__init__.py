"""Photos that customers send as evidence: taken in by a limited process, checked at once, kept encrypted, destroyed.

`child.py` and what it imports run alone in that process and import nothing of Django; the rest is the portal's side.
"""
