"""Speed and size, against a floor measured in the same run: `make bench`. Never part of the tests."""
