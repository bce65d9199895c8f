"""Factors that were lost: reviewed by two of staff, told everywhere, and in effect after a delay (J04, decision 26)."""
