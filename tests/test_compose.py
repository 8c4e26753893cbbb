"""docker-compose.yml keeps its promises, and the very commands it names run against real PostgreSQL and Redis."""

import os
import shlex
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from tests import services

COMPOSE = yaml.safe_load((services.ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
LASTING = ("web", "worker", "beat", "postgres", "redis")


def test_all_parts_are_there():
    assert set(SERVICES) == {"prepare", *LASTING}


@pytest.mark.parametrize("name", LASTING)
def test_each_part_is_watched_unprivileged_and_read_only(name):
    service = SERVICES[name]
    assert service["healthcheck"]["test"]
    assert service["user"] not in ("root", "0")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"


def test_no_secret_is_written_down():
    text = (services.ROOT / ".env.example").read_text(encoding="utf-8")
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    assert values["SECRET_KEY"] == values["POSTGRES_PASSWORD"] == ""


def test_the_example_names_only_settings_of_the_readme():
    readme = (services.ROOT / "README.md").read_text(encoding="utf-8")
    text = (services.ROOT / ".env.example").read_text(encoding="utf-8")
    names = {line.split("=", 1)[0] for line in text.splitlines() if "=" in line and not line.startswith("#")}
    assert {name for name in names if f"`{name}`" not in readme} == {"POSTGRES_PASSWORD"}


@pytest.mark.worker
def test_the_commands_it_names_make_a_ready_installation(tmp_path):
    try:
        services.postgres_binaries()
        services.redis_binary()
    except services.Missing as missing:
        pytest.skip(f"missing: {missing}")
    port = services.free_port()
    with ExitStack() as stack:
        environment = os.environ | {
            "DATABASE_URL": stack.enter_context(services.postgres()),
            "REDIS_URL": stack.enter_context(services.redis()),
            "MIRAIZU_VAR": str(tmp_path),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "SITE_URL": f"http://localhost:{port}",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        run = {"cwd": services.ROOT, "env": environment}
        subprocess.run(shlex.split(SERVICES["prepare"]["command"]), check=True, stdout=subprocess.DEVNULL, **run)
        for name in ("web", "worker", "beat"):
            log = stack.enter_context((tmp_path / f"{name}.log").open("w"))
            process = subprocess.Popen(
                shlex.split(SERVICES[name]["command"]), stdout=log, stderr=subprocess.STDOUT, **run
            )
            stack.callback(services.end, process)
        services.wait_until_serving(f"http://127.0.0.1:{port}/healthz/ready", within=60)
