"""Training, live and recorded. `loop.py` is the file to read first."""
