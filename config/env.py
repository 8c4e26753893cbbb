"""Reads the environment: defaults that need no set-up, and one clear sentence when a value can't be used.

Serves the settings table of the README. Nothing here knows Django's settings names; `settings.py` does that.
"""

import ipaddress
import os
import re
import secrets
import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(str(BASE_DIR / ".env"))

VAR = Path(env.str("MIRAIZU_VAR", default=str(BASE_DIR / "var"))).resolve()


def whole_number(name: str, default: int) -> int:
    """The variable `name` as a number. Raises ImproperlyConfigured for anything else."""
    given = env.str(name, default="").strip()
    if not given:
        return default
    # Stricter than int(), which takes “1_000” and digits of other scripts.
    if not (given.isascii() and given.isdecimal()):
        raise ImproperlyConfigured(f"{name}={given} is no whole number: write it like {default}.")
    return int(given)


def port() -> int:
    """PORT, from 1 to 65535. Raises ImproperlyConfigured for anything else."""
    number = whole_number("PORT", 8000)
    if not 0 < number < 65536:
        raise ImproperlyConfigured(f"PORT={number} is no port: use 1024 to 65535.")
    return number


def time_zone() -> str:
    """TIME_ZONE, an IANA name. Raises ImproperlyConfigured for one that isn't known here."""
    name = env.str("TIME_ZONE", default="") or "UTC"
    if name not in zoneinfo.available_timezones():
        raise ImproperlyConfigured(f"TIME_ZONE={name} is no time zone: write it like Asia/Tokyo or UTC.")
    return name


def language_code(known: list[str]) -> str:
    """LANGUAGE_CODE, what those read whose browser asks for none of ours. Raises ImproperlyConfigured for others."""
    code = env.str("LANGUAGE_CODE", default="") or "en"
    if code not in known:
        raise ImproperlyConfigured(f"LANGUAGE_CODE={code} is not a language of Miraizu: write {' or '.join(known)}.")
    return code


def redis_url() -> str:
    """REDIS_URL, or "" for the embedded broker. Raises ImproperlyConfigured for what is no address of a Redis."""
    url = env.str("REDIS_URL", default="")
    if url and not url.startswith(("redis://", "rediss://")):
        # The address is not repeated here: it may hold a password.
        raise ImproperlyConfigured(
            "REDIS_URL can't be used: write it like redis://:password@host:6379/0, or leave it out."
        )
    return url


def metrics_token() -> str:
    """METRICS_TOKEN, or "" for no figures to anybody. Raises ImproperlyConfigured for one that is too short to be one,
    or that a header can't hold (RFC 6750, 2.1).
    """
    given = env.str("METRICS_TOKEN", default="")
    if given and not re.fullmatch(r"[A-Za-z0-9._~+/-]{24,}=*", given):
        raise ImproperlyConfigured(
            "METRICS_TOKEN can't be used: write at least 24 random letters and digits, or leave it out."
        )
    return given


def secret_key() -> str:
    """SECRET_KEY from the environment, or one made at the first start and kept in `var/secret_key` (R78).

    Raises ImproperlyConfigured for a key that is an example or too short to be one.
    """
    given = env.str("SECRET_KEY", default="")
    if given:
        if len(given) < 32 or given.startswith(("change-me", "django-insecure")):
            raise ImproperlyConfigured(
                "SECRET_KEY is too short or an example: use at least 32 random characters, "
                "or leave it out and Miraizu makes one."
            )
        return given
    path = VAR / "secret_key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    make_var()
    key = secrets.token_urlsafe(50)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
    return key


def make_var() -> None:
    """Makes the data folder. Raises ImproperlyConfigured where it can't be written."""
    try:
        VAR.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {VAR} can't be written ({error.strerror}). "
            "Make it writable, or set MIRAIZU_VAR to a folder that is."
        ) from None


def database() -> dict:
    """The default database: DATABASE_URL, or SQLite in WAL mode under `var/` (R97)."""
    url = env.str("DATABASE_URL", default="")
    if not url:
        make_var()
        url = f"sqlite:///{VAR / 'miraizu.sqlite3'}"
    try:
        if urlsplit(url).scheme not in {"postgresql", "postgres", "sqlite"}:
            raise ValueError
        config = env.db_url_config(url)
    except ValueError:
        # The address is not repeated here: it may hold a password.
        raise ImproperlyConfigured(
            "DATABASE_URL can't be used: write it like postgresql://user:password@host/name, "
            "or leave it out and Miraizu keeps SQLite under var/."
        ) from None
    if "sqlite" in config["ENGINE"]:
        folder = Path(config["NAME"]).parent
        if not folder.is_dir():
            raise ImproperlyConfigured(f"DATABASE_URL names a file in {folder}, and there is no such folder.")
        # Kept open: the last one to close takes the files of the WAL with it, and on a full disk nobody could make them
        # again, not even to read.
        config["CONN_MAX_AGE"] = None
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            # FULL, because with NORMAL a power cut can forget the last commits in WAL mode (R97).
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-16000;PRAGMA temp_store=MEMORY;PRAGMA mmap_size=134217728;"
            ),
        }
    else:
        config["CONN_HEALTH_CHECKS"] = True
        config["CONN_MAX_AGE"] = 0
        config["OPTIONS"] = {
            **config.get("OPTIONS", {}),
            "pool": {"min_size": 1, "max_size": whole_number("DATABASE_POOL_SIZE", 8), "timeout": 5},
        }
    return config


def mailer() -> dict:
    """Django's MAILERS entry for EMAIL_URL; without one, letters are kept as files under `var/mail`."""
    url = env.str("EMAIL_URL", default="")
    if not url:
        return {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(VAR / "mail")},
        }
    try:
        config = env.email_url_config(url)
    except (ValueError, environ.ImproperlyConfigured):
        # The address is not repeated here: it may hold a password.
        raise ImproperlyConfigured(
            "EMAIL_URL can't be used: write it like smtp+tls://user:password@host:587."
        ) from None
    entry: dict = {"BACKEND": config["EMAIL_BACKEND"]}
    if "smtp" in entry["BACKEND"]:
        # Django's own, but it says how far it came, and its time-outs are tighter.
        entry["BACKEND"] = "apps.reminders.channels.email.Backend"
        entry["OPTIONS"] = {
            "host": config.get("EMAIL_HOST") or "localhost",
            "port": config.get("EMAIL_PORT") or 25,
            "username": config.get("EMAIL_HOST_USER") or "",
            "password": config.get("EMAIL_HOST_PASSWORD") or "",
            "use_tls": bool(config.get("EMAIL_USE_TLS")),
            "use_ssl": bool(config.get("EMAIL_USE_SSL")),
            "timeout": 10,
        }
    elif config.get("EMAIL_FILE_PATH"):
        entry["OPTIONS"] = {"file_path": config["EMAIL_FILE_PATH"]}
    return entry


def site_url(host: str, port: int) -> str:
    """Where people reach this installation, without a trailing slash. Links in letters start with it (R77)."""
    url = env.str("SITE_URL", default="")
    if not url:
        shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::"} else host  # noqa: S104
        url = f"http://{shown}:{port}"
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ImproperlyConfigured(f"SITE_URL must look like https://miraizu.example.com, not “{url}”.")
    return url.rstrip("/")


def allowed_hosts(site: str) -> list[str]:
    """ALLOWED_HOSTS, or the site's own name and this machine. Raises ImproperlyConfigured for `*` (R77)."""
    hosts = env.list("ALLOWED_HOSTS", default=[])
    if "*" in hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS may not be “*”: name the hosts people use.")
    return hosts or sorted({urlsplit(site).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"})


def trusted_proxies() -> list[str]:
    """TRUSTED_PROXIES: addresses or networks. Raises ImproperlyConfigured for what is neither."""
    proxies = env.list("TRUSTED_PROXIES", default=[])
    for proxy in proxies:
        try:
            ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            raise ImproperlyConfigured(
                f"TRUSTED_PROXIES holds “{proxy}”, which is no address: write it like 10.0.0.5 or 10.0.0.0/24."
            ) from None
    return proxies


def yes_or_no(name: str, default: bool = False) -> bool:
    """The variable `name` as a choice. Raises ImproperlyConfigured for what is neither yes nor no."""
    given = env.str(name, default="").strip()
    if not given:
        return default
    if given.lower() not in {*env.BOOLEAN_TRUE_STRINGS, "false", "off", "no", "n", "0"}:
        raise ImproperlyConfigured(f"{name}={given} is neither yes nor no: write on or off.")
    return given.lower() in env.BOOLEAN_TRUE_STRINGS


def outbound_hosts() -> list[str]:
    """MIRAIZU_OUTBOUND_HOSTS: names, addresses or networks. Raises ImproperlyConfigured for what is none of them."""
    hosts = [each.strip().lower().removesuffix(".") for each in env.list("MIRAIZU_OUTBOUND_HOSTS", default=[])]
    for host in hosts:
        try:
            ipaddress.ip_network(host, strict=False)
        except ValueError:
            if not _is_host_name(host):
                raise ImproperlyConfigured(
                    f"MIRAIZU_OUTBOUND_HOSTS holds “{host}”, which is no host: write it like chat.internal, 10.0.0.5 "
                    "or 10.0.0.0/24, without port or https://."
                ) from None
    return hosts


def _is_host_name(text: str) -> bool:
    labels = text.split(".")
    # A number at the end makes an address of it, to resolvers.
    return all(re.fullmatch(r"[a-z0-9_-]{1,63}", label) for label in labels) and not labels[-1].isdecimal()


def outbound_ports() -> list[int]:
    """MIRAIZU_OUTBOUND_PORTS, besides 443 and 8443. Raises ImproperlyConfigured for what is no port."""
    ports = [each.strip() for each in env.list("MIRAIZU_OUTBOUND_PORTS", default=[])]
    for each in ports:
        if not (each.isascii() and each.isdecimal() and len(each) < 6 and 0 < int(each) < 65536):
            raise ImproperlyConfigured(f"MIRAIZU_OUTBOUND_PORTS holds “{each}”, which is no port: use 1 to 65535.")
    return [int(each) for each in ports]
