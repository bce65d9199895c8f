"""The staff console's pages about accounts; the portal's staff site registers them."""
