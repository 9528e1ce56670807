"""Why a run stands still, in a sentence for the page: what is short, and what can be done."""

from __future__ import annotations

from sslviz.training.live import memory
from sslviz.training.live.engine import Standing, named

LONG = 20.0  # seconds without a slice, after which the page says why


def why(seconds: float, standing: Standing | None, others: int, *, judging: bool = False) -> str:
    """Why a run has had no slice for so many seconds.

    Args:
        seconds: since its last one, or since Play.
        standing: what the scheduler says of its workers; None where it does not answer.
        others: how many other runs of this server are being trained.
        judging: whether what it waits for are the figures of a run that is through.
    """
    waited = f"No step for {seconds:.0f} s:"
    if standing is None:
        return f"{waited} {_no_answer()}"
    if standing.paused and not standing.ready:
        full = f" ({memory.gigabytes(standing.held)} of {memory.gigabytes(standing.limit)})" if standing.limit else ""
        return (
            f"{waited} the memory of the workers is nearly full{full}, so Dask gives them nothing to do. They need "
            "more memory, or must be started anew."
        )
    if not standing.ready:
        return f"{waited} {_no_worker(own=standing.own)}"
    if others >= standing.ready:
        return (
            f"{waited} {_count(others, 'other run')} and this one take turns on {_count(standing.ready, 'worker')}. "
            "Its turn will come; the recorded run is there at once."
        )
    if judging:
        return f"What this run has learned is being measured, {seconds:.0f} s so far: this computer is slow or busy."
    return f"{waited} a worker is still busy with the last ones. A smaller batch makes steps shorter."


def _no_answer() -> str:
    if named():
        return (
            "the cluster that trains does not answer. The run goes on from its last step as soon as it does; nothing "
            "is lost."
        )
    return "the training engine does not answer yet. If this stays, start the server again."


def _no_worker(*, own: bool) -> str:
    if not own:
        return "the cluster has no worker. Whoever runs it must start one."
    left = memory.left()
    if left.short:
        return (
            f"training needs about {memory.gigabytes(memory.SHARED + memory.WORKER)} of memory, and {left.of} leaves "
            f"{memory.gigabytes(left.free)}. Close other programs, or allow more; then it begins by itself."
        )
    return "the process that trains is still starting, which takes up to a minute on a slow computer."


def killed(problem: BaseException) -> bool:
    """Whether a slice was given up since every worker that had it died."""
    from distributed import KilledWorker

    return isinstance(problem, KilledWorker)


def memory_ran_out(batch: int) -> str:
    """What a page says then."""
    left, smaller = memory.left(), " or take a smaller batch" if batch > 64 else ""
    return (
        "The system ended the process that trains, several times in the same slice, as it does when memory runs out "
        f"({left.of} leaves {memory.gigabytes(left.free)} now). Close other programs{smaller}, then press Play."
    )


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"
