"""Closes what is due: a named plan, carried out in set-based batches, resumable at every step."""
