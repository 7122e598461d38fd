"""Settings every environment shares; what differs from one machine to the next comes from environment variables."""

import hashlib
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.utils.translation import gettext_lazy as _

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = env("SECRET_KEY", default="")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000")

INSTALLED_APPS = [
    "home",
    "search",
    "consultations",
    "surveys",
    "deliberation",
    "maps",
    "moderation",
    "uploads",
    "participation",
    "counting",
    "geography",
    "cms",
    "wagtail.contrib.settings",
    "wagtail.contrib.sitemaps",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtail_modeladmin",
    "modelcluster",
    "taggit",
    "leaflet",
    "django_rq",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cms.headers.Headers",
    "cms.short_way.ShortWay",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'palabre.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    # No health check before each request, it would be one statement more: a connection that broke answers 503 "not
    # saved, try again" once and is replaced.
    DATABASES["default"]["CONN_MAX_AGE"] = 600


def _socket() -> Path:
    """Where the embedded Redis listens; unix socket paths may not be longer than about a hundred bytes."""
    path = VAR_DIR / "redis.sock"
    name = hashlib.sha256(str(path).encode()).hexdigest()[:12]
    return path if len(str(path)) < 95 else Path(tempfile.gettempdir()) / f"palabre-{name}.sock"


REDIS_URL = env("REDIS_URL", default=f"unix://{_socket()}?db=0")
RQ_QUEUES = {
    name: {"URL": REDIS_URL, "SERIALIZER": "rq.serializers.JSONSerializer"}
    for name in ("high", "default", "low", "analysis")
}
RQ = {"WORKER_CLASS": "cms.rq.JSONWorker"}
RQ_SHOW_ADMIN_LINK = False  # the queue dashboard is mounted nowhere

LANGUAGE_CODE = env("LANGUAGE_CODE", default="fr")
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env("TIME_ZONE", default="Europe/Paris")
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR_DIR / "media")))
EXPORTS_ROOT = Path(env("EXPORTS_ROOT", default=str(VAR_DIR / "exports")))  # served to nobody but through a view

WAGTAIL_SITE_NAME = "Palabre"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # addresses are read aloud and copied from paper
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = [pair for pair in LANGUAGES if pair[0] == LANGUAGE_CODE]
if LANGUAGE_CODE == "fr":  # dates typed the way agents write them
    WAGTAIL_DATE_FORMAT = "%d/%m/%Y"
    WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"
    WAGTAIL_TIME_FORMAT = "%H:%M"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "french"}}
WAGTAILIMAGES_IMAGE_FORM_BASE = "uploads.editorial.ImageForm"  # every picture is made anew: no metadata is kept
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "heic"]
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILDOCS_EXTENSIONS = ["pdf", "odt", "ods", "csv", "docx", "xlsx", "txt", "zip"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
# What citizens may send as one file stays in memory: a full disk must not break the form around it.
FILE_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024


# What Palabre itself can be told.
SUPPRESS_BELOW = env.int("SUPPRESS_BELOW", default=11)  # figures smaller than this are not published
DEMO_ALLOWED = False  # fixed passwords: dev and test settings only
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)  # how many proxies of ours stand in front of the site
PARTICIPATION_SECRET = env("PARTICIPATION_SECRET", default="")  # keys receipt codes; default: SECRET_KEY
# Responses one network address may send per ten minutes to each web process; 0: no limit. A brake on floods alone: a
# town hall shares one address, and what only machines send is set aside by moderation.
RESPONSES_PER_ADDRESS = (env.int("RESPONSES_PER_ADDRESS", default=3000), 600)
# Votes in debates, likewise: some 25 a person.
VOTES_PER_ADDRESS = (env.int("VOTES_PER_ADDRESS", default=30000), 600)
# Photos and files, likewise.
UPLOADS_PER_ADDRESS = (env.int("UPLOADS_PER_ADDRESS", default=300), 600)
# For how many days after a kiosk or its survey ended what its tablets took in time may still be sent.
KIOSK_GRACE_DAYS = env.int("KIOSK_GRACE_DAYS", default=3)
# For how many seconds resultats.json may be served again without looking: what a flood of readers costs at the most.
RESULTS_FRESH_FOR = env.float("RESULTS_FRESH_FOR", default=0.2)

# Who finds addresses (the answers of addok, as GeoJSON); "": nobody, addresses stay words.
GEOCODER_URL = env("GEOCODER_URL", default="https://data.geopf.fr/geocodage/search")

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10  # seconds
# Who our mails are from; by default nobody at the site’s own host.
DEFAULT_FROM_EMAIL = env("MAIL_FROM", default=f"ne-pas-repondre@{urlsplit(BASE_URL).hostname}")

# Who verifies identities, where people must show theirs (OpenID Connect); without an issuer nobody does.
OIDC_CITIZEN_ISSUER = env("OIDC_CITIZEN_ISSUER", default="")
OIDC_CITIZEN_NAME = env("OIDC_CITIZEN_NAME", default="") or urlsplit(OIDC_CITIZEN_ISSUER).hostname or ""
OIDC_CITIZEN_AUTHORIZATION_ENDPOINT = env("OIDC_CITIZEN_AUTHORIZATION_ENDPOINT", default="")
OIDC_CITIZEN_TOKEN_ENDPOINT = env("OIDC_CITIZEN_TOKEN_ENDPOINT", default="")
OIDC_CITIZEN_JWKS_ENDPOINT = env("OIDC_CITIZEN_JWKS_ENDPOINT", default="")
OIDC_CITIZEN_CLIENT_ID = env("OIDC_CITIZEN_CLIENT_ID", default="")
OIDC_CITIZEN_CLIENT_SECRET = env("OIDC_CITIZEN_CLIENT_SECRET", default="")
OIDC_CITIZEN_SIGN_ALGO = env("OIDC_CITIZEN_SIGN_ALGO", default="RS256")
OIDC_CITIZEN_ACR = env("OIDC_CITIZEN_ACR", default="")

SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# One line an event, without addresses and without query strings: a log must not tell who answered what.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "rq.worker": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
