"""The staff console's pages about what stays; the portal's staff site registers them."""
