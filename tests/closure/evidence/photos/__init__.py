"""Labelled photos that are drawn: people with notes and documents on tables, as they should be and with each fault."""
