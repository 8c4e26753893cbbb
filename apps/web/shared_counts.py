"""What the web processes count, summed over all of them: each has files of its own in one folder under `var/`, which
whichever process is asked reads. Only under gunicorn (config/gunicorn.py); elsewhere one process counts for itself.

The library leaves the files of processes that have ended, and makes files with holes. Here those that ended share one
file, so that a scrape does not read more from day to day; and room is taken before it is needed, since a hole that a
full disk can't fill ends the process that writes there.
"""

import contextlib
import fcntl
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import structlog
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import mark_process_dead

log = structlog.get_logger(__name__)
FOLDER = Path(folder) if (folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR")) else None
# Bytes for each process: enough for every address there is, by each method and kind of answer.
ROOM = {"counter": 524_288, "histogram": 3_145_728}
_PER_VALUE = 28  # bytes at most besides its key

_ended: set[int] = set()


def clear() -> None:
    """Begins anew, with what the last start left gone. What can't be written is told: pages do without."""
    if FOLDER is None:
        return
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for path in (*FOLDER.glob("*.db"), *FOLDER.glob("*.new")):
            path.unlink()
    except OSError as error:
        log.warning("metrics.no_folder", error=error.strerror)


def reserve() -> None:
    """Takes room for what this process is going to count. Raises OSError where there is none."""
    if FOLDER is not None:
        for kind, size in ROOM.items():
            _write_zeros(FOLDER / f"{kind}_{os.getpid()}.new", size).replace(FOLDER / f"{kind}_{os.getpid()}.db")


def end(pid: int) -> None:
    """Adds what a process that has ended counted to what others before it did. For the process that started them."""
    if FOLDER is None:
        return
    mark_process_dead(pid)
    _ended.add(pid)
    try:
        with _locked(FOLDER, fcntl.LOCK_EX | fcntl.LOCK_NB):
            for kind in ROOM:
                _add_up(FOLDER, kind)
            _ended.clear()
    except OSError as error:
        # Somebody is reading, or the disk is full: they are read as they are, and added when the next one ends.
        log.info("metrics.not_added", error=error.strerror)


@contextlib.contextmanager
def reading() -> Iterator[Path | None]:
    """The folder, in which nothing is added up meanwhile; None where there is none."""
    if FOLDER is None or not FOLDER.is_dir():
        yield None
        return
    with _locked(FOLDER, fcntl.LOCK_SH):
        yield FOLDER


def _add_up(folder: Path, kind: str) -> None:
    files = [path for pid in _ended if (path := folder / f"{kind}_{pid}.db").exists()]
    before = folder / f"{kind}_ended.db"
    sums: dict[str, float] = defaultdict(float)
    for path in [*files, *([before] if before.exists() else [])]:
        for key, value, _at, _position in MmapedDict.read_all_values_from_file(str(path)):
            sums[key] += value
    if not files or not sums:
        return
    size = sum(len(key.encode()) + _PER_VALUE for key in sums) + _PER_VALUE
    written = MmapedDict(str(_write_zeros(folder / f"{kind}_ended.new", size)))
    for key, value in sums.items():
        written.write_value(key, value, 0.0)
    written.close()
    (folder / f"{kind}_ended.new").replace(before)
    for path in files:
        path.unlink()


def _write_zeros(path: Path, size: int) -> Path:
    try:
        path.write_bytes(bytes(size))
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path


@contextlib.contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, how)
        yield
    finally:
        os.close(opened)
