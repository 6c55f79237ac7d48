"""One settings module; what an operator may change comes from the environment."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from heatmap_site.environment import ROOT, read
from heatmap_site.mail import mailers

DATA_DIR = Path(read("EMBERMAP_DATA")).expanduser().resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def kept_secret(name: str) -> str:
    """The secret of that name, made once and kept readable by its owner only."""
    path = DATA_DIR / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


# --- security ---------------------------------------------------------------------------------
PUBLIC_URL = read("PUBLIC_URL").rstrip("/")
DEBUG = read("EMBERMAP_DEBUG")
if DEBUG and PUBLIC_URL:
    raise ImproperlyConfigured("EMBERMAP_DEBUG must be no when PUBLIC_URL is set.")
SECRET_KEY = read("SECRET_KEY") or kept_secret("secret-key")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *read("EMBERMAP_HOSTS")]
if PUBLIC_URL:
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_URL).hostname)
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
if PUBLIC_URL.startswith("https:"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]  # asked from beside the proxy
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_AGE = 14 * 86_400
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

# Preloading cannot be taken back, so it is the operator's; mail to files is a choice, which the
# doctor tells of.
SILENCED_SYSTEM_CHECKS = ["security.W021", "mail.E001"]

# --- applications -----------------------------------------------------------------------------
INSTALLED_APPS = [
    "daphne",
    "apps.accounts.admin_config.GuardedAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "django_htmx",
    "push_notifications",
    "apps.accounts",
    "apps.markets",
    "apps.heatmaps",
    "apps.watchlists",
    "apps.pwa",
    "apps.alerts",
    "apps.journal",
    "apps.accuracy",
    "apps.learn",
    "heatmap_site",
]
MIDDLEWARE = [
    "heatmap_site.outage.DatabaseAwayMiddleware",
    "heatmap_site.headers.MoreHeadersMiddleware",
    "heatmap_site.compression.CompressedPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "apps.accounts.middleware.PrivatePagesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.pwa.middleware.ForgetDeviceMiddleware",
]
ROOT_URLCONF = "heatmap_site.urls"
ASGI_APPLICATION = "heatmap_site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "heatmap_site.monitoring.reader_context",
            ]
        },
    }
]

# --- accounts ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {}),
    )
] + [{"NAME": "apps.accounts.passwords.MaximumLengthValidator"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "settings"
LOGOUT_REDIRECT_URL = "home"
SIGNUP_IS_OPEN = read("EMBERMAP_SIGNUP")
EMAIL_URL = read("EMAIL_URL")
ALLAUTH_TRUSTED_PROXY_COUNT = read("EMBERMAP_PROXIES")
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_RATE_LIMITS = {"login": "12/m/ip"}
ACCOUNT_ADAPTER = "apps.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
# A mail server makes the address needed and verified: then a forgotten password has a way back.
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*" if EMAIL_URL else "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_URL else "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Embermap] "
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PUBLIC_URL.startswith("https:") else "http"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_SESSION_REMEMBER = True
USERSESSIONS_TRACK_ACTIVITY = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Embermap"
MFA_ALLOW_UNVERIFIED_EMAIL = not EMAIL_URL
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PUBLIC_URL.startswith("https:")

METRICS_TOKEN = read("EMBERMAP_METRICS_TOKEN")

# --- mail -------------------------------------------------------------------------------------
MAILERS = mailers(EMAIL_URL, DATA_DIR / "mail")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = read("EMAIL_FROM")

# --- web push ---------------------------------------------------------------------------------
PUSH_NOTIFICATIONS_SETTINGS = {"UNIQUE_REG_ID": True}
VAPID_PRIVATE_KEY = read("VAPID_PRIVATE_KEY")
VAPID_SUBJECT = read("VAPID_SUBJECT")
PUSH_HOSTS = read("EMBERMAP_PUSH_HOSTS")
ALLOW_LOOPBACK = read("EMBERMAP_ALLOW_LOOPBACK")

# --- storage ----------------------------------------------------------------------------------
DATABASES = {
    "default": environ.Env.db_url_config(
        read("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'embermap.sqlite3'}"
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis-compatible server: cache, channel layer, Celery -------------------------------------
# "default" counts attempts and used codes, and so must outlive Redis; "shelf" holds what can be
# computed again.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_limits",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
REDIS_URL = read("REDIS_URL")
if REDIS_URL:
    CACHES["shelf"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
    # Without socket_timeout=None redis-py 8 ends every idle websocket after five seconds.
    LAYER_HOST = {"address": REDIS_URL, "socket_timeout": None}
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [LAYER_HOST]},
        }
    }
else:
    CACHES["shelf"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# --- static files, language, time --------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "apps.heatmaps.slim_static.SlimStaticFilesStorage"},
}
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
READER_ZONE = "Asia/Singapore"

# --- log ------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "heatmap_site.logs.OneLineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL"},
        "apps": {"level": "INFO"},
    },
}

# --- the map ------------------------------------------------------------------------------------
FEED = read("EMBERMAP_FEED")
FEED_SPEED = read("EMBERMAP_SPEED")
REFRESH_S = read("EMBERMAP_REFRESH_S")
HISTORY_DAYS = read("EMBERMAP_HISTORY_DAYS")
CURRENCY = read("EMBERMAP_CURRENCY")
FX_USDSGD = read("FX_USDSGD_FALLBACK")
MARKETS = read("EMBERMAP_MARKETS")
CALIBRATE = read("EMBERMAP_CALIBRATE")
