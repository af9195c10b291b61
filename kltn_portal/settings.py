"""One readable settings file; everything that differs between machines comes from the environment."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
# Everything the running portal writes (database, uploads, demo outbox) lives in one folder outside git.
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))

DEBUG = env.bool("DEBUG", default=False)
# DEMO: the sample run of `make run` – sample sign-ins on the login page, mails kept in a local outbox.
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not (DEBUG or DEMO):
        raise ImproperlyConfigured(
            "Chưa đặt SECRET_KEY. Lệnh trên dữ liệu của make run: đặt DEMO=1 trước lệnh, ví dụ "
            "DEMO=1 .venv/bin/python manage.py plan_reminders. Bản chính thức: đặt các biến ghi ở README, "
            "mục “Running it for real”."
        )
    SECRET_KEY = "local-trial-key-never-used-in-production-0123456789-abcdefghij"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])


def _named(name, trial, what):
    """What every mail says of us: on the real portal never a sample of the trial run."""
    if name not in env and not (DEMO or DEBUG):
        raise ImproperlyConfigured(f"Chưa đặt {name}, {what}")
    return env.str(name, default=trial)


SITE_URL = _named(
    "SITE_URL", "http://127.0.0.1:8000", "địa chỉ Cổng ghi trong thư, ví dụ SITE_URL=https://portal.example.vn"
).rstrip("/")

INSTALLED_APPS = [
    "kltn_portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "crispy_forms",
    "crispy_bootstrap5",
    "records",
    "districts",
    "accounts",
    "notices",
    "dossiers",
    "proposals",
    "reports",
    "kltn_portal.apps.PortalConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kltn_portal.middleware.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ActorMiddleware",
    "accounts.resuming.ResumeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kltn_portal.middleware.MethodPageMiddleware",
]

ROOT_URLCONF = "kltn_portal.urls"
WSGI_APPLICATION = "kltn_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kltn_portal.context.portal",
            ],
            "builtins": ["records.templatetags.vi", "kltn_portal.templatetags.ui"],
        },
    }
]

# --- database: SQLite unless DATABASE_URL says PostgreSQL ---------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'portal.sqlite3'}")}
_db = DATABASES["default"]
if _db["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a read-then-write transaction waits its turn instead of failing with "locked".
    _db["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
        "PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;",
    }
else:
    _db["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
    _db["CONN_HEALTH_CHECKS"] = True
    # Silent when we connect, or gone under a connection that stands: seconds (tcp_user_timeout: milliseconds) until
    # pages say so. A frozen server on a machine that still acknowledges is beyond them (docs/operations.md).
    _gone = {"keepalives": 1, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
    _db["OPTIONS"] = {"connect_timeout": 5, "tcp_user_timeout": 5000, **_gone, **_db.get("OPTIONS", {})}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PortalBackend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=12 * 3600)
SESSION_COOKIE_HTTPONLY = True

# --- language and formats -----------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["formats"]
USE_I18N = True
# Off: with it every {{ pk }} from 1000 on would stand as “1.000” in addresses and hidden fields, every year as
# “2.026”. Figures for people go through the filter ``vnumber``.
USE_THOUSAND_SEPARATOR = False
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# --- files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.str("STATIC_ROOT", default=str(DATA_DIR / "static"))
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(DATA_DIR / "files"))  # never routed; read through a checked view
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env.str("STATICFILES_BACKEND", default="kltn_portal.static_storage.PortalStaticStorage")
    },
}
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- mail ---------------------------------------------------------------------------------------
EMAIL_OUTBOX_DIR = DATA_DIR / "outbox"
if "EMAIL_URL" in env:
    vars().update(env.email_url("EMAIL_URL"))
elif DEMO or DEBUG:
    EMAIL_BACKEND = "notices.outbox_files.OutboxFolderBackend"  # shown at /hop-thu-di/ in the trial run
else:
    raise ImproperlyConfigured(
        "Chưa đặt EMAIL_URL, địa chỉ máy chủ gửi thư, ví dụ EMAIL_URL=smtp+tls://user:password@mail.hanoi.gov.vn:587"
    )
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = _named(
    "DEFAULT_FROM_EMAIL",
    "Sở KH&CN Hà Nội <khcn@localhost>",
    "địa chỉ gửi thư, ví dụ DEFAULT_FROM_EMAIL='Sở KH&CN Hà Nội <khcn@example.vn>'",
)
# Right side of our Message-IDs and of the names of calendar entries: must not change once mails have left.
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default="khcn.hanoi.local" if DEMO or DEBUG else urlsplit(SITE_URL).hostname)
HOTLINE = _named(
    "HOTLINE",
    "Văn phòng Sở KH&CN (số mẫu): 024 0000 0000",
    "nơi gọi khi cần hỗ trợ, ghi ở mọi trang và thư, ví dụ HOTLINE='Văn phòng Sở KH&CN: 024 …'",
)

# --- Celery: the queue is a hint, the database is the truth --------------------------------------
CELERY_BROKER_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
if "db" in parse_qs(urlsplit(CELERY_BROKER_URL).query):  # Celery would use 0 all the same, the watch look elsewhere
    raise ImproperlyConfigured(
        "REDIS_URL không chọn cơ sở dữ liệu bằng “?db=…”: hãy bỏ phần đó (unix:///đường/dẫn luôn dùng cơ sở 0), "
        "hoặc ghi số cơ sở sau địa chỉ máy, ví dụ REDIS_URL=redis://127.0.0.1:6379/2"
    )
if CELERY_BROKER_URL.startswith("unix://"):
    CELERY_BROKER_URL = "redis+socket://" + CELERY_BROKER_URL.removeprefix("unix://")
# A task whose worker dies is given to another: when only its child died at once, else after visibility_timeout.
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600  # no soft limit: it would raise in the middle of a mail
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10.0  # SIGQUIT: what runs may finish for so long
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
# Worker and beat wait for a broker that is away as long as it takes, also when they start. Not 0: kombu then gives up.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # a mail half sent is worse than a task run twice
# A publish gives up after about two seconds; it runs beside the request (notices/wake.py), and the beat finds the work.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,  # longer than the longest task, or it would run twice
    # kombu sweeps every interval × throttle seconds ON TOP of the visibility timeout.
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "retry_on_timeout": False,
    "max_retries": 1,  # of connecting for a publish
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.5,
}
NOTICES_EVERY_SECONDS = env.float("NOTICES_EVERY_SECONDS", default=60.0)
HEARTBEAT_EVERY_SECONDS = env.float("HEARTBEAT_EVERY_SECONDS", default=20.0)
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "open-rounds": {
        "task": "reports.open_cycles",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 540},
    },
    "plan-reminders": {
        "task": "notices.plan",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 540},
    },
    "plan-weekly": {
        "task": "notices.weekly",
        "schedule": crontab(minute="*/30"),
        "options": {"expires": 1700},
    },
    "send-mail": {
        "task": "notices.send",
        "schedule": NOTICES_EVERY_SECONDS,
        "options": {"expires": max(10.0, NOTICES_EVERY_SECONDS)},
    },
    "heartbeat": {
        "task": "notices.heartbeat",
        "schedule": HEARTBEAT_EVERY_SECONDS,
        "options": {"expires": max(10.0, HEARTBEAT_EVERY_SECONDS)},
    },
}

# --- watch: when a page turns red and `manage.py watch` sends an alarm (docs/operations.md) ------------------
# In seconds unless named otherwise; 0 switches one off (worker, beat and queue where cron does without Celery).
WATCH = {
    "mail": env.int("WATCH_MAIL_SECONDS", default=15 * 60),  # oldest mail that may leave and has not
    "planner": env.int("WATCH_PLANNER_SECONDS", default=30 * 60),
    "sender": env.int("WATCH_SENDER_SECONDS", default=10 * 60),
    "opener": env.int("WATCH_OPENER_SECONDS", default=30 * 60),  # of reporting cycles, each ten minutes
    "weekly": env.int("WATCH_WEEKLY_SECONDS", default=90 * 60),  # the weekly letter, looked at each half hour
    "worker": env.int("WATCH_WORKER_SECONDS", default=60),
    "beat": env.int("WATCH_BEAT_SECONDS", default=120),
    "queue": env.int("WATCH_QUEUE_SECONDS", default=5 * 60),  # age of the oldest message
    "queue_length": env.int("WATCH_QUEUE_LENGTH", default=500),
    "failed": env.int("WATCH_FAILED_MAILS", default=1),  # refused for good within a day
    "unknown": env.int("WATCH_UNKNOWN_MAILS", default=1),
    "disk_mb": env.int("WATCH_DISK_FREE_MB", default=500),
    "holidays": env.int("WATCH_HOLIDAY_DAYS", default=60),  # ahead: the days off of those years must be known
}
WATCH_REPEAT_HOURS = env.float("WATCH_REPEAT_HOURS", default=6.0)
# Told beside the administrators; the only ones who can be told while the database is away.
ALARM_ADDRESSES = env.list("ALARM_ADDRESSES", default=[])

# --- security -----------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked by probes on the machine itself
HTTPS = env.bool("HTTPS", default=not (DEBUG or DEMO))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Behind a proxy the visitor's address is the last one of X-Forwarded-For; elsewhere that header is a forgery.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"calendar_tokens": {"()": "kltn_portal.log_mask.MaskCalendarTokens"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["calendar_tokens"]},
    },
    "loggers": {"django": {"handlers": []}},  # instead of Django's own, which mask nothing: all goes up to the root
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
