"""All settings, from environment variables with the ecosystem's usual names (README, “Settings”).

Without any variable this is the embedded installation: SQLite and a file-based broker under `var/`.
With DATABASE_URL and REDIS_URL it is production; no other setting differs between the two.
"""

import sys
from datetime import timedelta

from django.utils.csp import CSP

from config.env import (
    BASE_DIR,
    VAR,
    allowed_hosts,
    database,
    env,
    language_code,
    mailer,
    metrics_token,
    outbound_hosts,
    outbound_ports,
    port,
    redis_url,
    secret_key,
    site_url,
    time_zone,
    trusted_proxies,
    yes_or_no,
)
from config.logs import LOGGING  # noqa: F401  (Django reads it from here)

DEBUG = env.bool("DEBUG", default=False)
TESTING = "pytest" in sys.modules
# The demo shows on the sign-in page how to sign in; nothing else differs.
DEMO = env.bool("MIRAIZU_DEMO", default=False)

HOST = env.str("HOST", default="127.0.0.1")
PORT = port()
SITE_URL = site_url(HOST, PORT)
SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = allowed_hosts(SITE_URL)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "apps.web",
    "apps.accounts",
    "apps.reminders",
    "apps.stakeholders",
    "apps.toil",
    "apps.people",
    "apps.gatherings",
    "apps.roadmap",
    "apps.dashboards",
    "apps.story",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_structlog",
    "allauth",
    "allauth.account",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.web.metrics.middleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "config.headers.middleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.member",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.permission",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ]
            if not DEBUG
            else [
                "django.template.loaders.filesystem.Loader",
                "django.template.loaders.app_directories.Loader",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "apps.web.templatetags.web",
            ],
        },
    }
]
FORM_RENDERER = "apps.web.forms.Renderer"

DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- gatherings ---------------------------------------------------------------------------------

# How many people keen on a topic make a reading circle worth suggesting.
CIRCLE_PEOPLE = env.int("MIRAIZU_CIRCLE_PEOPLE", default=3)

# ---- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Member"
AUTHENTICATION_BACKENDS = ["apps.accounts.backend.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "apps.accounts.passwords.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "apps.accounts.passwords.RepeatedWordValidator"},
    {"NAME": "apps.accounts.passwords.MaximumLengthValidator"},
    {"NAME": "apps.accounts.passwords.ProductWordValidator"},
]
PASSWORD_RESET_TIMEOUT = int(timedelta(days=3).total_seconds())
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
FIRST_VISIT_URL = "story:welcome"
ACCOUNT_ADAPTER = "apps.accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "apps.accounts.sign_in_forms.SignInForm",
    "change_password": "apps.accounts.sign_in_forms.ChangePasswordForm",
    "reset_password": "apps.accounts.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "apps.accounts.sign_in_forms.ChooseNewPasswordForm",
    "reauthenticate": "apps.accounts.sign_in_forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "apps.accounts.adapter.display"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/5m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
}

# ---- sessions, cookies, headers -------------------------------------------------------------------
# The __Host- prefix needs https; on plain http (a try-out on one's own machine) browsers would drop it.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
LANGUAGE_COOKIE_NAME = "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(days=7).total_seconds())
SESSION_ENGINE = "apps.accounts.sessions"
CSRF_FAILURE_VIEW = "apps.web.views.errors.csrf_failure"
# Toasts travel in a signed cookie, so that logging writes the entry and nothing else; long ones go into the session.
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TRUSTED_PROXIES = trusted_proxies()

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_PERMISSIONS = 0o600

# ---- language and time ----------------------------------------------------------------------------
LANGUAGES = [("en", "English"), ("ja", "日本語")]
LANGUAGE_CODE = language_code([code for code, _name in LANGUAGES])
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
# What a new organisation starts with; people choose their own.
DEFAULT_TIME_ZONE = time_zone()

# ---- files ----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR / "files")},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # every address names a hash: to pack the rest doubles the first start
WHITENOISE_AUTOREFRESH = DEBUG

# ---- letters ----------------------------------------------------------------------------------------
MAILERS = {"default": mailer()}
MAIL_IS_SET_UP = bool(env.str("EMAIL_URL", default=""))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Miraizu <miraizu@localhost>")

# ---- reminders: the delivery engine (reliability.md) -------------------------------------------------
# Seconds. A sender has a delivery for so long, and begins no try with less left than a try may take (R4, R16).
REMINDERS_LEASE, REMINDERS_LEASE_LEFT = 120.0, 40.0
# After its end a lease is left alone for longer than a sender waits for a database that somebody who stands still holds
# (5 s): whoever sent something writes so before others take it for lost.
REMINDERS_GRACE = 6.0
FAILPOINTS: dict[str, str] = {}
# Only the fault tests set it, like lease=4,left=1,after_call=kill: they can't wait two minutes for each kill.
for _fault in env.list("MIRAIZU_FAULTS", default=[]):
    _place, _, _deed = _fault.partition("=")
    if _place == "lease":
        REMINDERS_LEASE = float(_deed)
    elif _place == "left":
        REMINDERS_LEASE_LEFT = float(_deed)
    elif _place == "grace":
        REMINDERS_GRACE = float(_deed)
    else:
        FAILPOINTS[_place] = _deed

# Where messages may go over the wire (apps/web/outbound_address.py).
OUTBOUND_HOSTS, OUTBOUND_PORTS = outbound_hosts(), outbound_ports()
OUTBOUND_HTTP = yes_or_no("MIRAIZU_OUTBOUND_HTTP")

# ---- monitoring: what a scraper of /metrics shows (apps/web/metrics.py) --------------------------
METRICS_TOKEN = metrics_token()

# ---- cache: only for rate limits, which several processes must count together --------------------
# In the database, also where there is a Redis: one that is away or stands still must keep nobody from signing in (F8).
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

# ---- background work: the broker is only a doorbell (reliability.md, decision 1) -----------------
# No results are kept: nobody asks for them, and a result backend that is away would hold up tasks (R22).
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
# Nothing but JSON: a message of another serializer could run code of whoever reaches the broker.
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
# UTC intervals alone: local schedules come twice or not at all when clocks change (R25).
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
# A task is done when it has ended, not when it was taken: a worker that is killed leaves the doorbell for the next one.
CELERY_TASK_ACKS_LATE = True
# One in hand, none in the pocket: what a busy worker has fetched ahead waits for it although others are free.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Asked for by name, since Celery 6 will change it; for ever, since the usual hundred tries are over in minutes (R27).
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_RETRY = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# When the broker is away, what a worker is doing goes on: it is recorded in rows, not there.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
# A page that rings asks once: retries would hold up the page for as long as the broker is away (R23).
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULER = "config.scheduler:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "celerybeat-schedule")
REDIS_URL = redis_url()
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        # No web request may wait long for the doorbell, also when Redis is stopped and not gone (R23).
        "socket_timeout": 0.4,
        "socket_connect_timeout": 0.4,
        # Nor once more: by itself Kombu would try for seconds. Workers ask with a number of their own, for ever (R27).
        "max_retries": 0,
        # A half-open connection, as after a failover, is found out by asking and not by waiting for ever.
        "socket_keepalive": True,
        "health_check_interval": 10,
        # After so long Redis gives a task that nobody finished to the next worker. No task takes longer than a minute
        # and none waits for a time of its own, so that this can't repeat one that is still at work (decision 3).
        "visibility_timeout": 3_600,
    }
else:
    CELERY_BROKER_URL = "files://"  # file_broker.py
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR / "broker" / "messages"),
        "data_folder_out": str(VAR / "broker" / "messages"),
        "control_folder": str(VAR / "broker" / "control"),
        "processed_folder": str(VAR / "broker" / "processed"),
        "store_processed": False,
    }
    for folder in ("messages", "control", "processed"):
        (VAR / "broker" / folder).mkdir(parents=True, exist_ok=True)
CELERY_BEAT_SCHEDULE = {
    # Finds imports whose doorbell was lost, and clears what has run its time.
    "toil-imports": {"task": "toil.run_waiting_imports", "schedule": 10.0},
    # What nobody answered in its time is not kept.
    "gatherings-extend": {"task": "gatherings.extend", "schedule": 3600.0},
    "reminders-tick": {"task": "reminders.tick", "schedule": 5.0},
    "reminders-plan": {"task": "reminders.plan_ahead", "schedule": 60.0},
    "reminders-removed": {"task": "reminders.forget_removed", "schedule": 3600.0},
    "people-unanswered": {"task": "people.forget_unanswered", "schedule": 3600.0},
    "toil-tidy": {"task": "toil.tidy", "schedule": 3600.0},
    "web-heartbeat": {"task": "web.heartbeat", "schedule": 30.0},
}
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_CELERY_ENABLED = False
TEST_RUNNER = "django.test.runner.DiscoverRunner"
