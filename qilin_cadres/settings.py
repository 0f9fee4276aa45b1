"""Settings: one file; every difference between machines is an environment variable, listed in env.example."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

import pghistory
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

from core.embedded.config import embedded_or_url
from qilin_cadres.formats.zh_Hans import formats

# Names are read one character at a time: the library's phrases would be half of what a start loads.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "yes")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "yes")

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))


def flag(name, default):
    """The environment variable `name` as yes or no."""
    return os.environ.get(name, default).lower() in {"1", "true", "yes", "on"}


def kept_secret(name):
    """A secret from the environment, or one made at random and kept in var/, readable by its owner alone."""
    if name in os.environ:
        return os.environ[name]
    if PRODUCTION:
        raise ImproperlyConfigured(f"生产环境必须设置环境变量 {name}")
    path = VAR_DIR / name.lower()
    try:
        return read_or_made(path)
    except PermissionError:
        raise ImproperlyConfigured(
            f"目录 {VAR_DIR} 由别的账号（如 root）建立，当前账号不能使用。请用原来的账号运行；"
            f"或执行 sudo chown -R $(id -un) {VAR_DIR} 交给当前账号；"
            "或用 VAR_DIR 换一个位置（数据从空库开始）"
        ) from None


def read_or_made(path):
    """The secret of a file, made at random where there is none."""
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # the first of several at once wins, and all read its secret
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


PRODUCTION = flag("PRODUCTION", "no")
SHORTEST_SECRET = 32
DEBUG = flag("DEBUG", "no")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("生产环境不能打开 DEBUG")
SECRET_KEY = kept_secret("SECRET_KEY")
# The root of all keys for personal data. It must never lie in the database or beside its backups.
DATA_KEY = kept_secret("DATA_KEY")
if PRODUCTION and (min(len(SECRET_KEY), len(DATA_KEY)) < SHORTEST_SECRET or SECRET_KEY == DATA_KEY):
    raise ImproperlyConfigured(f"SECRET_KEY 和 DATA_KEY 各须至少{SHORTEST_SECRET}个字符，且互不相同")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "qilin_cadres.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework_api_key",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "core",
    "branches",
    "members",
    "volunteering",
    "reports",
    "reorganisations",
    "demo",
    "qilin_cadres",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "qilin_cadres.middleware.edge_headers",
    "qilin_cadres.middleware.no_null_characters",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "qilin_cadres.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "qilin_cadres.urls"
WSGI_APPLICATION = "qilin_cadres.wsgi.application"
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
            ],
        },
    }
]

DATABASES = {"default": embedded_or_url(os.environ, VAR_DIR)}
# What the application's database role may not do, so that no mistake can: delete rows of these apps …
NEVER_DELETED_APPS = {"branches", "members", "volunteering", "reports", "reorganisations"}
# … but for a person's current contact, a line of an uploaded file, a count of visits.
DELETABLE_MODELS = {"members.phone", "members.importrow", "volunteering.knock"}
# Events are found by their row, and by the keys that `keeps_history` is told; other indexes only cost.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Who may do what: the table role -> verbs, read by branches.scope.
ROLE_VERBS = "qilin_cadres.roles.VERBS"
# What may hang on a person who leaves, read by members.obligations.
OBLIGATION_SOURCES = "qilin_cadres.obligations.SOURCES"
# What may be due, read by reports.tasks.
TASK_SOURCES = "qilin_cadres.tasks.SOURCES"
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "core.authentication.AddressLimit",
    "axes.backends.AxesStandaloneBackend",
    "branches.gates.AppointmentBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
CSRF_FAILURE_VIEW = "qilin_cadres.urls.csrf_failed"
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
# Five failures for one account from one address close it there for a quarter of an hour, for no others.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# A hundred within an hour close the address, for every name: an office full of people stays far below.
ADDRESS_FAILURE_LIMIT, ADDRESS_FAILURE_HOURS = 100, 1
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
PROXY_COUNT = int(os.environ.get("PROXY_COUNT", "0"))
AXES_USERNAME_CALLABLE = "core.authentication.login_name"
AXES_CLIENT_IP_CALLABLE = "core.authentication.client_address"
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY", "no") else None
# Not "no-referrer": browsers then send "Origin: null" with forms, and the CSRF check refuses them.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "qilin_cadres.formats"
# The theme's filters of days read this list and not the language's.
DATE_INPUT_FORMATS = formats.DATE_INPUT_FORMATS
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served straight from where they lie: nothing has to be collected before a start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 600

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "core.authentication.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["core.renderers.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_METADATA_CLASS": "core.metadata.MethodsOnly",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "qilin_cadres.api.explain",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    # `?format=` is a question about figures, answered by the views themselves.
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "麒麟区离退休党员登记接口",
    "DESCRIPTION": "五级组织、党支部、党员名册与统计。",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Columns of one name with codes of their own.
    "ENUM_NAME_OVERRIDES": {
        "BranchKindEnum": "branches.models.Kind",
        "ImportKindEnum": "members.models.ImportKind",
        "ReorganisationKindEnum": "branches.models.ReorganisationKind",
        "PlanStateEnum": "reorganisations.states.STATE_NAMES.items",
        "ArrivalStandingEnum": "members.models.arrival.CATEGORIES",
        "StandingEnum": "members.states.STANDING_NAMES.items",
        "ReturnReasonEnum": "members.models.ReturnReason",
        "ImportStateEnum": "members.states.IMPORT_NAMES.items",
        "ExportKindEnum": "members.models.ExportKind",
        "BeganByEnum": "members.models.RosterIn",
        "EnteredByEnum": "members.models.codes.ENTERED_BY",
        "ExportStateEnum": "members.states.EXPORT_NAMES.items",
        "TransferStateEnum": "members.states.TRANSFER_STATE_NAMES.items",
        "TransferReasonEnum": "members.models.TransferReason",
        "PledgeStateEnum": "branches.models.PledgeState",
        "PledgeKindEnum": "branches.models.PledgeKind",
        "TransferChannelEnum": "members.models.codes.TransferChannel",
        "OrderChannelEnum": "volunteering.models.Channel",
        "OrderStatusEnum": "volunteering.states.STATUS_NAMES.items",
        "ServicePostStatusEnum": "volunteering.states.POST_NAMES.items",
        "ClaimStatusEnum": "volunteering.states.CLAIM_NAMES.items",
        "CertificateStatusEnum": "volunteering.states.CERTIFICATE_NAMES.items",
        "TurnStatusEnum": "volunteering.states.TURN_NAMES.items",
        "MatterChannelEnum": "volunteering.models.MatterChannel",
        "MatterKindEnum": "volunteering.models.MatterKind",
        "MatterStatusEnum": "volunteering.states.matters.MATTER_NAMES.items",
        "CarrierKindEnum": "volunteering.models.CarrierKind",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
# An uploaded roster is full of personal numbers: it stays in memory and touches no temporary file.
FILE_UPLOAD_MAX_MEMORY_SIZE = 21 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
UNFOLD = {
    "SITE_TITLE": "麒麟区离退休党员管理",
    "SITE_HEADER": "麒麟区离退休党员管理",
    "SITE_SUBHEADER": "区 · 街道 · 社区 · 小组 · 网格",
    "SITE_SYMBOL": "account_tree",
    "STYLES": [lambda request: static("admin_site/site.css")],
    "SCRIPTS": [lambda request: static("admin_site/site.js")],
    # A calm red on neutral greys; white on 600 and 700 on white both keep a contrast above 4.5.
    "COLORS": {
        "primary": {
            "50": "#fdf3f2",
            "100": "#fbe4e2",
            "200": "#f6ccc8",
            "300": "#eda79f",
            "400": "#e07a6f",
            "500": "#cb4f44",
            "600": "#b3352b",
            "700": "#962a22",
            "800": "#7c2620",
            "900": "#682520",
            "950": "#380f0c",
        },
        "base": {
            "50": "#f8f8f7",
            "100": "#f1f1ef",
            "200": "#e3e2df",
            "300": "#cfcdc8",
            "400": "#9c9993",
            "500": "#6b6862",
            "600": "#4f4c48",
            "700": "#3f3d39",
            "800": "#292826",
            "900": "#1c1b1a",
            "950": "#111110",
        },
    },
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("admin_site/icon.svg"),
        }
    ],
    "SITE_URL": None,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "reports.dashboard.fill",
    "COMMAND": {"search_models": False, "search_callback": "qilin_cadres.admin_site.search"},
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": "qilin_cadres.admin_site.navigation",
    },
}
