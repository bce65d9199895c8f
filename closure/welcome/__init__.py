"""Coming back after years: what happened meanwhile, what to look through, and what waits until that is done."""
