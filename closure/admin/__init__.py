"""The staff console's pages about closures; the portal's staff site registers them."""
