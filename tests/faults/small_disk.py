"""A disk of a few megabytes that can be filled, and freed again."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.services import Missing


class SmallDisk:
    def __init__(self, folder: Path):
        self.folder, self._filler = folder, folder / "filler"

    def fill(self) -> None:
        """Leaves no byte free."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (1_048_576, 4_096, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"x" * size)

    def free(self) -> None:
        self._filler.unlink()


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int = 64) -> Iterator[SmallDisk]:
    """Mounts one at `folder`. Raises Missing where this user may not."""
    folder.mkdir(parents=True, exist_ok=True)
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and not shutil.which("sudo"):
        raise Missing("A disk of one's own is missing: mounting one needs root or sudo")
    options = f"size={megabytes}m,mode=700,uid={os.geteuid()},gid={os.getegid()}"
    done = subprocess.run(
        [*sudo, "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Missing(f"A disk of one's own is missing: {done.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        # Lazily: whoever still has a file open there must not keep it mounted.
        subprocess.run([*sudo, "umount", "--lazy", str(folder)], check=False)
