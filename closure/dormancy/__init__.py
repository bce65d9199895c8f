"""Customers who stay away: what follows on which date, who is told of it, and what staff look at."""
