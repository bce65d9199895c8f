"""Does time tell who has an account? See `__main__.py`."""
