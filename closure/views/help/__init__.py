"""Help: what people ask, answered in plain words by the policy in force, with their own dates where we know them."""
