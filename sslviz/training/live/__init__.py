"""Training that goes on while somebody watches: the engine, its workers, and the runs."""
