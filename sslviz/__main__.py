"""The command line: `python -m sslviz record | train | ablate | transfer | arena | three-ways | stale | check …`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from sslviz.catalogue import TASKS
from sslviz.training.config import RunConfig, default

SECTIONS = ("rate", "probes", "scratch", "bought", "teams", "scale", "tuned")  # of the recording of `transfer`


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns 0 if all went well."""
    parser = argparse.ArgumentParser(prog="python -m sslviz", description="Training without the web page.")
    commands = parser.add_subparsers(dest="command", required=True)
    record = commands.add_parser("record", help="train and store the recorded runs, and print their figures")
    record.add_argument("tasks", nargs="*", metavar="task", help=f"of {', '.join(TASKS)}; all if none is named")
    record.add_argument(
        "--which",
        choices=("short", "long", "elsewhere"),
        default="short",
        help="the default budget, a longer one (up to 20 minutes each), or the default one on other data",
    )
    record.add_argument("--seeds", type=int, help="run seeds to repeat it with (3; 1 for the longer ones)")
    record.add_argument("--restamp", action="store_true", help="no training: check old recordings against changed code")
    record.add_argument("--retime", action="store_true", help="train the first seed once more, for its seconds and map")
    train = commands.add_parser("train", help="train once and print the figures")
    train.add_argument("task", choices=TASKS)
    for name, kind in (("seed", int), ("steps", int), ("batch", int), ("lr", float), ("device", str), ("data", str)):
        train.add_argument(f"--{name}", type=kind)
    ablate = commands.add_parser("ablate", help="train all arms of a task's ablation, and store what each reaches")
    ablate.add_argument("task", choices=[slug for slug, entry in TASKS.items() if entry.ablation])
    ablate.add_argument("--seeds", type=int, choices=range(1, 101), default=3, metavar="N", help="run seeds each (3)")
    transfer = commands.add_parser("transfer", help="what labels buy on all recorded runs, stored section by section")
    transfer.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    transfer.add_argument("--only", action="append", choices=TASKS, metavar="TASK", help="measure this task alone")
    three = commands.add_parser("three-ways", help="supervised, unsupervised, self-supervised on 200 pictures, stored")
    three.add_argument("--seeds", type=int, choices=range(1, 101), default=3, metavar="N", help="run seeds (3)")
    arena = commands.add_parser("arena", help="all tasks of a kind of data with one budget, stored seed by seed")
    arena.add_argument("modality", choices=tuple(dict.fromkeys(entry.modality for entry in TASKS.values())))
    arena.add_argument("--only", action="append", choices=TASKS, metavar="TASK", help="train this task alone")
    arena.add_argument("--seeds", type=int, choices=range(1, 101), default=3, metavar="N", help="run seeds each (3)")
    commands.add_parser("stale", help="what is recorded with other code than that of today, and what was changed")
    check = commands.add_parser("check", help="what to look at on a classroom's computer before the lesson")
    check.add_argument("--port", type=int, default=8501, help="of the server (8501)")
    commands.add_parser("check-data", help="open all bundled data and say what is inside")
    options = parser.parse_args(arguments)
    if unknown := [task for task in getattr(options, "tasks", []) if task not in TASKS]:
        parser.error(f"no task {', '.join(unknown)}; there are {', '.join(TASKS)}")
    if unknown := [name for name in getattr(options, "sections", []) if name not in SECTIONS]:
        parser.error(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    if options.command in ("check-data", "stale"):
        return {"check-data": _check_data, "stale": _stale}[options.command]()
    others = {
        "train": _train, "ablate": _ablate, "transfer": _transfer, "three-ways": _three_ways, "arena": _arena,
        "check": _check_room,
    }  # fmt: skip
    if options.command in others:
        return others[options.command](options)
    return _check(options) if options.restamp or options.retime else _record(options)


def _record(options: argparse.Namespace) -> int:
    from sslviz.training.results import recorded

    for task in options.tasks or TASKS:
        if options.which not in TASKS[task].expects.recordings:
            if options.tasks:
                _say(f"{task}: nothing is recorded as “{options.which}”; its entry in the catalogue says what is.")
            continue
        seeds = options.seeds or (1 if options.which == "long" else 3)
        run = recorded.record(default(task, options.which), seeds=seeds, say=_say)
        target = recorded.save(run, options.which)
        _say(f"  {target.name}: {target.stat().st_size / 1e6:.2f} MB")
    recorded.write_home()
    return 0


def _check(options: argparse.Namespace) -> int:
    from sslviz.training.results import check, recorded

    tasks = options.tasks or list(TASKS)
    if options.retime:
        return 0 if all([check.retime(task, options.which, say=_say) for task in tasks]) else 1  # noqa: C419
    fine = [
        check.restamp(task, which, say=_say) for task in tasks for which in recorded.kinds(task)
    ]  # all, not the first
    if not options.tasks:
        fine.append(check.restamp_tables(_say))
    return 0 if all(fine) else 1


def _check_room(options: argparse.Namespace) -> int:
    from sslviz import check

    return 0 if check.tell(options.port, _say) else 1


def _stale() -> int:
    from sslviz.training.results import provenance

    found = provenance.stale()
    for name, modules in found.items():
        _say(f"{name}: {', '.join(modules)}")
    return 1 if found else 0


def _train(options: argparse.Namespace) -> int:
    from sslviz.training import loop, whole
    from sslviz.training.figures import figures

    named = {k: getattr(options, k) for k in ("seed", "steps", "batch", "lr", "device", "data")}
    config: RunConfig = replace(default(options.task), **{k: v for k, v in named.items() if v is not None})

    def tell(snapshot: loop.Snapshot) -> None:
        loss, seconds = snapshot.losses.mean(), snapshot.seconds
        _say(f"step {snapshot.step:6,} of {config.steps:,}: loss {loss:.4f}, {seconds:.1f} s")

    try:
        state = whole.train(config, tell, steps=max(1, config.steps // 20))
    except loop.Diverged as step:
        _say(f"step {step}: the loss is no number any more; a smaller learning rate may help")
        return 1
    for name, value in figures(config, state).items():
        _say(f"{name}: {value}")
    return 0


def _ablate(options: argparse.Namespace) -> int:
    from sslviz.training.results import ablation

    result = ablation.ablate(options.task, ablation.arms(options.task), options.seeds, _say)
    for name, score in result["baselines"].items():
        _say(f"{name}: {score:.1%}")
    _say(f"  {ablation.save(result).name} is written")
    return 0


def _transfer(options: argparse.Namespace) -> int:
    from sslviz.training.results import transfer_record

    _say(f"  {transfer_record.record(options.sections, options.only or (), _say).name} is written")
    return 0


def _three_ways(options: argparse.Namespace) -> int:
    from sslviz.training.results import three_ways

    _say(f"  {three_ways.save(three_ways.measure(range(options.seeds), _say)).name} is written")
    return 0


def _arena(options: argparse.Namespace) -> int:
    from sslviz.training.results import arena

    arena.measure(options.modality, range(options.seeds), options.only or (), _say)
    _say(f"  what {options.modality} reach is written")
    return 0


def _check_data() -> int:
    from sslviz.data import audio, images, text, video

    for name in images.SETS:
        try:
            pictures = images.load(name)
        except images.MissingData as missing:
            _say(f"{name}: {missing}")
            continue
        _say(f"{name}: {len(pictures.images):,} + {len(pictures.held_out_images):,} pictures, {pictures.class_names}")
    _say(f"photos: {', '.join(photo.title for photo in images.photos())}")
    sounds = audio.load()
    seconds = sum(len(clip.samples) for clip in sounds.clips) / audio.RATE
    _say(
        f"voices: {len(sounds.train):,} + {len(sounds.held_out):,} recordings, {seconds:.0f} s, "
        f"{len(audio.VOICES)} voices"
    )
    for part in video.SPLIT:
        clips = video.clips(part)
        _say(f"film, {part}: {len(clips.first):,} clips from {len(clips.shots)} shots")
    words = text.corpus()
    _say(f"sentences: {len(words.train):,} + {len(words.held_out):,}, {len(words.vocabulary):,} tokens")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
