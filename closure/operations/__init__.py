"""The verbs of closing: each one rule, called by page, API, staff and worker alike."""
