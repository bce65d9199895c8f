"""The book of closures, kept apart from the database, and what closes again by it after a restore (H06)."""
