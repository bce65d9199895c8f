"""Import of accounts and what they hold, JSON Lines, one account a line; shape.py has every field of the format."""
