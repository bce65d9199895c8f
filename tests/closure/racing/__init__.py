"""Races between operations on one closure: scenes made in bulk, what races, and what must come of it."""
