"""Long runs against a real proxy, apart from the tests: `make soak`."""
