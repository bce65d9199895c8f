"""Receipts of closed accounts: written before erasing, shown after closing, checked by anybody (docs/receipts.md)."""
