"""The press: what makes and checks the notebooks, the lock, and a run of all tests."""
