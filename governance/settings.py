"""Settings of the platform, driven by the environment (README, 环境变量).

This module serves `make run`, tests and commands; what an installation that others rely on must
add, and is refused without, stands in settings_production.py.
"""

from datetime import timedelta
from pathlib import Path

import environ

from governance import broker, logs
from governance.net import is_loopback
from governance.startup import kept_secret, refuse

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Everything the running platform writes on this machine, unless told otherwise.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
FIXTURES_ROOT = BASE_DIR / "fixtures"

DEBUG = False
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret(VAR_DIR / "secret-key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
if DEMO and not all(map(is_loopback, ALLOWED_HOSTS)):
    refuse("演示数据(DEMO=1)只能在本机地址上提供,ALLOWED_HOSTS 不能含其他主机名。")

INSTALLED_APPS = [
    "governance",
    "checklist",
    "hucall",
    "admission",
    "governance.admin_config.RegistryConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_fsm",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "csp",
]

MIDDLEWARE = [
    "governance.middleware.ApiErrors",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "governance.middleware.AccessRecord",
    "governance.middleware.SessionLimits",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "governance.middleware.SignInRequired",
    "governance.middleware.AccountGate",
    "governance.scanning.ScanUploads",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "governance.urls"
WSGI_APPLICATION = "governance.wsgi.application"

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
                "governance.context.shell",
            ],
        },
    },
]

# --- Database and caches ---------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'db.sqlite3'}"
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Short statements, many at once: compiling one, or starting a second process for it, takes
    # longer than to run it.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", "-c jit=off -c max_parallel_workers_per_gather=0"
    )
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction that reads first and writes later cannot fail on a locked file.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
            "PRAGMA cache_size=-32000;PRAGMA temp_store=MEMORY;"
        ),
    }

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "xianxiang",
        }
    }
else:
    # Shared by web, worker and commands, which memory of one process is not.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "governance_cache",
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Language and time -----------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- Files -----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
# Private: nothing under MEDIA_ROOT has an address of its own; a view checks and hands out.
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = ""
# A virus scanner that speaks INSTREAM: tcp://host:3310 or unix:///path. Empty: no scan.
SCAN_URL = env.str("SCAN_URL", default="")
# Pages for citizens under /public/, for an instance that is exposed; each county opens its own.
PUBLIC_PAGES = env.bool("PUBLIC_PAGES", default=False)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# The text of a request without its files, in bytes; the longest text anybody types is far less.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --- Sign-in, sessions, transport ------------------------------------------------------------

AUTH_USER_MODEL = "governance.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# dengbao (GB/T 22239) or asvs (OWASP ASVS 5.0): they contradict each other, docs/adr/0009.
PASSWORD_PROFILE = env.str("PASSWORD_PROFILE", default="dengbao")
if PASSWORD_PROFILE not in ("dengbao", "asvs"):
    refuse("PASSWORD_PROFILE 只能是 dengbao 或 asvs。")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"governance.passwords.{name}"}
    for name, profiles in (
        ("LengthValidator", "dengbao asvs"),
        ("CompositionValidator", "dengbao"),
        ("CommonValidator", "dengbao asvs"),
        ("ContextValidator", "dengbao asvs"),
        ("HistoryValidator", "dengbao asvs"),
    )
    if PASSWORD_PROFILE in profiles.split()
]
PASSWORD_EXPIRY_DAYS = env.int(
    "PASSWORD_EXPIRY_DAYS", default=90 if "dengbao" in PASSWORD_PROFILE else 0
)
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
CSRF_FAILURE_VIEW = "governance.views.carrying.csrf_failure"

# Five failures lock the account and the address, each by itself, for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
# Not by axes: it would forget the address's guesses at other accounts too (signing_in.py).
AXES_RESET_ON_SUCCESS = False
# The lock ends by itself, however long somebody goes on knocking.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "carried"]
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_HTTP_RESPONSE_CODE = 429
AXES_CLIENT_IP_CALLABLE = "governance.net.client_address"
AXES_VERBOSE = False
# How many reverse proxies of ours stand in front; each appends one entry to X-Forwarded-For.
# Nothing that a client writes into that header is believed.
PROXY_HOPS = env.int("PROXY_HOPS", default=0)

OTP_TOTP_ISSUER = "县乡治理协同平台"

# TLS=1: the platform is reached over https alone (a proxy in front terminates it).
TLS = env.bool("TLS", default=False)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS and PROXY_HOPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if TLS else 0
# Probes come from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
CSRF_TRUSTED_ORIGINS = [
    f"{'https' if TLS else 'http'}://{host}" for host in ALLOWED_HOSTS if not is_loopback(host)
]
SESSION_ENGINE = "governance.sessions"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=30)
SESSION_ABSOLUTE_HOURS = env.int("SESSION_ABSOLUTE_HOURS", default=10)
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_HOURS * 3600
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
SILENCED_SYSTEM_CHECKS = [
    # The neighbours under a county's domain are not ours to force onto https, and a browser
    # vendor's preload list is nothing for an intranet name.
    "security.W005",
    "security.W021",
]

# --- API -------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    # The token first: it names its challenge, so that a stranger gets 401 and not 403.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "governance.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "governance.api.parsing.BoundedJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "governance.api.reading.NewestFirst",
    "EXCEPTION_HANDLER": "governance.api.errors.answer",
    "PAGE_SIZE": 50,
    "DEFAULT_FILTER_BACKENDS": ["governance.api.filtering.RowFilters"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "县乡治理协同平台接口",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "ChangeKindEnum": "checklist.models.states.Kind",
        "StageStateEnum": "governance.models.stage.StageState",
        "RoleEnum": "governance.roles.Role",
    },
}

# --- Background work -------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL or broker.url(VAR_DIR)
CELERY_BROKER_TRANSPORT_OPTIONS = broker.transport_options(CELERY_BROKER_URL, VAR_DIR)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# Shorter than the broker's visibility timeout, so that nothing runs twice at once.
CELERY_TASK_SOFT_TIME_LIMIT = broker.VISIBILITY_SECONDS - 60
CELERY_TASK_TIME_LIMIT = broker.VISIBILITY_SECONDS - 30
# A page never waits for the broker: what must happen is a row, and the clock queue finds it.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "work"
# The clocks' own queue: no import or export keeps them waiting.
CELERY_TASK_ROUTES = {"governance.*": {"queue": "clock"}}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TIMEZONE = TIME_ZONE
# No file of its own: whatever beat missed, the next round finds in the rows.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    name: {
        "task": name,
        "schedule": timedelta(seconds=seconds),
        # A round that waited longer than its interval is dropped: the next one does its work.
        "options": {"expires": seconds},
    }
    for name, seconds in (
        ("governance.sweep_clocks", 60),
        ("governance.seal_events", 30),
        ("governance.deliver_notices", 30),
        ("governance.hand_off_heads", 86_400),
        ("governance.clear_sessions", 86_400),
        # A day's work, asked for each hour: it stands soon after midnight, whenever beat started.
        ("checklist.raise_law_causes", 3_600),
    )
}

# --- Outside channels ------------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", default="")
vars().update(env.email_url_config(EMAIL_URL or "dummymail://"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="noreply@localhost")
# SMS, 企业微信, 钉钉: addresses of the notification library, separated by blanks. Off by default.
# Outside channels of notices; sms goes through NOTIFY_URLS and is off by default.
NOTICE_CHANNELS = env.list("NOTICE_CHANNELS", default=["email"])
NOTIFY_URLS = env.str("NOTIFY_URLS", default="").split()

LOGGING = logs.config(env.str("LOG_LEVEL", default="INFO"))
