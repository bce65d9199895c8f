"""The matrix of tests/data/matrix.txt: every route x everybody x GET and POST, asked of the portal itself."""
