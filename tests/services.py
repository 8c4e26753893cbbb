"""Real servers for the tests, each on a socket of its own, ended by the process that started it."""

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Missing(Exception):
    """What a test needs is not on this machine; the text says how to get it."""


def once(tmp_path_factory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` has filled: the first worker of the run that asks does it for all of them. Not to be changed."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=shared))
            make(making)
            making.rename(folder)
    return folder


def _binary(name: str, *patterns: str) -> str:
    found = [str(path) for pattern in patterns for path in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)]
    if name and shutil.which(name):
        found.append(shutil.which(name))
    if not found:
        raise Missing(name)
    return found[0]


def postgres_binaries() -> str:
    """The folder of initdb and pg_ctl. Raises Missing."""
    try:
        return str(
            Path(
                _binary("initdb", "/usr/lib/postgresql/*/bin/initdb", "/opt/homebrew/opt/postgresql*/bin/initdb")
            ).parent
        )
    except Missing:
        raise Missing("PostgreSQL is missing: apt install postgresql") from None


def redis_binary() -> str:
    try:
        return _binary("redis-server")
    except Missing:
        raise Missing("Redis is missing: apt install redis-server") from None


def chromium_binary() -> str:
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    raise Missing("Chromium is missing: apt install chromium-headless-shell fonts-noto-cjk")


def faketime_library() -> str:
    """What a process that loads it first takes its time from. Raises Missing."""
    try:
        return _binary("", "/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib*/faketime/libfaketimeMT.so.1")
    except Missing:
        raise Missing("libfaketime is missing: apt install libfaketime") from None


def _as_ordinary_user() -> list[str]:
    """PostgreSQL refuses to run as root; then its own user runs it."""
    if os.geteuid() != 0:
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        raise Missing("PostgreSQL's user is missing: apt install postgresql") from None
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


@contextlib.contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """A fresh cluster on a Unix socket; gives its DATABASE_URL."""
    binaries, user = postgres_binaries(), _as_ordinary_user()
    with tempfile.TemporaryDirectory(prefix="miraizu-pg-", ignore_cleanup_errors=True) as folder:
        if user:
            shutil.chown(folder, "postgres")
        Path(folder).chmod(0o700)
        data = f"{folder}/data"
        run = lambda *command: subprocess.run(  # noqa: E731
            [*user, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder
        )
        run(
            f"{binaries}/initdb",
            "-D",
            data,
            "-U",
            "miraizu",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        )
        # Test data may be lost in a crash; what is tested is not the disk.
        options = f"-k {folder} -c listen_addresses="
        if not durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        run(f"{binaries}/pg_ctl", "-D", data, "-w", "-o", options, "-l", f"{folder}/log", "start")
        try:
            run(f"{binaries}/createdb", "-h", folder, "-U", "miraizu", "miraizu")
            if user:
                Path(folder).chmod(0o755)
            yield f"postgresql://miraizu@/miraizu?host={folder}"
        finally:
            run(f"{binaries}/pg_ctl", "-D", data, "-m", "immediate", "stop")


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis without persistence on a port of its own; gives its REDIS_URL."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="miraizu-redis-") as folder:
        settings = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", folder]
        server = subprocess.Popen([redis_binary(), *settings], stdout=subprocess.DEVNULL)
        try:
            for _try in range(100):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.05)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            end(server)


@contextlib.contextmanager
def postgres_to_mistreat() -> Iterator[tuple[str, Callable[[], None]]]:
    """A cluster of one's own that keeps what it promised to keep, and what stops it hard and starts it again."""
    with postgres(durable=True) as database:
        folder = database.split("host=")[1]
        command = [
            *_as_ordinary_user(),
            f"{postgres_binaries()}/pg_ctl",
            "-D",
            f"{folder}/data",
            "-w",
            "-l",
            f"{folder}/log",
        ]

        def restart() -> None:
            subprocess.run([*command, "-m", "immediate", "restart"], check=True, stdout=subprocess.DEVNULL, cwd=folder)

        yield database, restart


class Mistreated:
    """A Redis that can be emptied, killed and stopped, and is there again on the same port afterwards."""

    def __init__(self) -> None:
        self._port, self._folder = free_port(), tempfile.TemporaryDirectory(prefix="miraizu-redis-")
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._start()

    def _start(self) -> None:
        settings = ["--bind", "127.0.0.1", "--port", str(self._port), "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [redis_binary(), *settings, "--dir", self._folder.name], stdout=subprocess.DEVNULL
        )
        for _try in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1):
                return
            time.sleep(0.05)

    def empty(self) -> None:
        with socket.create_connection(("127.0.0.1", self._port), timeout=5) as talk:
            talk.sendall(b"FLUSHALL\r\n")
            talk.recv(100)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def restore(self) -> None:
        self._process.send_signal(signal.SIGCONT)
        if self._process.poll() is not None:
            self._start()

    def close(self) -> None:
        self._process.send_signal(signal.SIGCONT)
        end(self._process)
        self._folder.cleanup()


@contextlib.contextmanager
def redis_to_mistreat() -> Iterator[Mistreated]:
    with contextlib.closing(Mistreated()) as server:
        yield server


def end(process: subprocess.Popen, within: float = 10) -> None:
    """Asks the process to stop, and makes it stop if it does not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(within)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def descendants(pid: int) -> Iterator[int]:
    """All that descend from `pid`, the youngest first."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name in brackets may hold anything; what follows it are the state and the parent.
            if int(status.read_text().rpartition(")")[2].split()[1]) == pid:
                child = int(status.parent.name)
                yield from descendants(child)
                yield child


@contextlib.contextmanager
def ending_children(within: float) -> Iterator[None]:
    """If the block lasts longer, what this process started is killed, so that whoever waits for it goes on."""

    def kill() -> None:
        for pid in list(descendants(os.getpid())):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    watch = threading.Timer(within, kill)
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


@contextlib.contextmanager
def worker(environment: dict[str, str], *extra: str) -> Iterator[subprocess.Popen]:
    """A Celery worker process with its scheduler, with `environment` added to this one's."""
    log = tempfile.TemporaryFile()  # noqa: SIM115  (read and closed below)
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "--app", "config", "worker", "--beat", "--pool", "threads",
         "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle", *extra],
        cwd=ROOT, env=os.environ | environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        end(process)
        # A worker that a test killed has left its scheduler behind.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        log.seek(0)
        sys.stdout.write(log.read().decode(errors="replace")[-4000:])


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_serving(address: str, within: float = 20) -> None:
    """Returns once `address` answers. Raises TimeoutError."""
    give_up = time.monotonic() + within
    while time.monotonic() < give_up:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=2).close()
            return
        time.sleep(0.05)
    raise TimeoutError(address)
