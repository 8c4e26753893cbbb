"""`make up`: one process tree that serves, works, says where it is, and stops when asked."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import services


@pytest.fixture
def environment(tmp_path):
    return os.environ | {
        "MIRAIZU_VAR": str(tmp_path / "var"),
        "PORT": str(services.free_port()),
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "SITE_URL": "",
    }


def _up(environment) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", "up"],
        cwd=services.ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _stop(process: subprocess.Popen) -> tuple[float, str]:
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    said, _nothing = process.communicate(timeout=20)
    return time.monotonic() - started, said


@pytest.mark.worker
def test_it_serves_works_and_stops_and_starts_again(environment):
    address = f"http://127.0.0.1:{environment['PORT']}"
    for _time in range(2):
        process = _up(environment)
        services.wait_until_serving(f"{address}/healthz/live", within=60)
        services.wait_until_serving(f"{address}/healthz/ready", within=60)
        took, said = _stop(process)
        assert process.returncode == 0, said
        assert f"Miraizu is at http://localhost:{environment['PORT']}" in said
        assert took < 10
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", int(environment["PORT"])), timeout=1)


@pytest.mark.worker
def test_a_port_in_use_is_said_in_one_sentence(environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment["PORT"])))
        taken.listen()
        said, _nothing = _up(environment).communicate(timeout=20)
    assert f"Port {environment['PORT']} is in use" in said
    assert "Traceback" not in said


@pytest.mark.worker
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("MIRAIZU_VAR", "/proc/nowhere", "can't be written"),
        ("SECRET_KEY", "short", "SECRET_KEY is too short"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS may not be"),
        ("SITE_URL", "miraizu.example.com", "SITE_URL must look like"),
        ("PORT", "99999", "PORT=99999 is no port"),
        ("PORT", "abc", "PORT=abc is no whole number"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL can't be used"),
        ("DATABASE_URL", "sqlite:////no/such/folder/x.sqlite3", "there is no such folder"),
        ("REDIS_URL", "nonsense", "REDIS_URL can't be used"),
        ("LANGUAGE_CODE", "xx", "LANGUAGE_CODE=xx is not a language of Miraizu: write en or ja"),
        ("TIME_ZONE", "Mars/X", "TIME_ZONE=Mars/X is no time zone"),
    ],
)
def test_a_setting_that_can_not_be_used_is_said_in_one_sentence(environment, name, value, sentence):
    said, _nothing = _up(environment | {name: value}).communicate(timeout=20)
    assert sentence in said
    assert "Traceback" not in said


@pytest.mark.worker
def test_a_python_that_is_too_old_is_said_in_one_sentence(tmp_path):
    for name in ("requirements", "scripts"):
        (tmp_path / name).symlink_to(services.ROOT / name)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "rm", "command", "touch", "uname"):
        if path := next((p for p in (f"/usr/bin/{tool}", f"/bin/{tool}") if Path(p).exists()), None):
            (tools / tool).symlink_to(path)
    done = subprocess.run(
        ["/bin/sh", "scripts/venv.sh", "base"], cwd=tmp_path, env={"PATH": str(tools)}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "needs Python 3.12 or newer" in done.stderr


@pytest.mark.parametrize(
    ("ends", "times", "code"),
    [
        ("kill -9 $$", 3, 0),  # killed twice at once: started again each time, until it ends well
        ("exit 3", 1, 3),  # it would end so again
    ],
)
def test_a_worker_that_is_killed_is_started_again_and_one_that_can_not_start_is_not(tmp_path, ends, times, code):
    began = tmp_path / "began"
    command = f'echo began >> {began}; [ "$(wc -l < {began})" -ge 3 ] && exit 0; {ends}'
    done = subprocess.run(
        ["sh", "scripts/keep_running.sh", "sh", "-c", command],
        cwd=services.ROOT, start_new_session=True, timeout=60, capture_output=True,
    )  # fmt: skip
    assert (len(began.read_text().splitlines()), done.returncode) == (times, code)
