"""Django's settings for the sandbox: one SQLite file, PostHog's own error package, no migrations."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

# The server names the file before Django starts; type checkers and tests may do without.
DATABASE = os.environ.get("POSTHOG_SANDBOX_DATABASE") or str(
    Path(tempfile.gettempdir()) / f"posthog-sandbox-{os.getpid()}.sqlite3"
)

DEBUG = False
SECRET_KEY = secrets.token_urlsafe(50)
# `door` looks at names: Django would answer 400 with a page.
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
APPEND_SLASH = False
ROOT_URLCONF = "pulumi_posthog.sandbox.server.routes"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# A page of 10,000 file-system rows or a form with 80 settings is normal here.
DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "pulumi_posthog.sandbox.server.apps.SandboxConfig",
]

MIDDLEWARE = [
    "pulumi_posthog.sandbox.control.door.KeepOtherPagesOut",
    "pulumi_posthog.sandbox.control.counting.CountRequests",
    "pulumi_posthog.sandbox.control.faults.CauseFaults",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pulumi_posthog.sandbox.server.page.Sessions",
    "django.middleware.common.CommonMiddleware",
    "pulumi_posthog.sandbox.server.page.Forms",
    "pulumi_posthog.sandbox.server.page.Users",
    "pulumi_posthog.sandbox.server.page.Messages",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

DATABASES = {
    "default": {
        "ENGINE": "pulumi_posthog.sandbox.server.sqlite",
        "NAME": DATABASE,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # A transaction that begins as a reader and then writes is refused at once when somebody else
            # wrote meanwhile; one that begins as a writer waits its turn.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # A reset alone has more of them than the 128 that Python keeps.
            "cached_statements": 1000,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-32000;",
        },
        "TEST": {"NAME": os.environ.get("POSTHOG_SANDBOX_DATABASE")},
    }
}

# Tables are made from the models as they are: nothing here is ever migrated.
MIGRATION_MODULES = {
    "admin": None,
    "auth": None,
    "contenttypes": None,
    "sessions": None,
    "sandbox": None,
}

PASSWORD_HASHERS = ["pulumi_posthog.sandbox.server.passwords.QuickHasher"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "pulumi_posthog.sandbox.rules.authentication.PersonalAPIKeyAuthentication"
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "pulumi_posthog.sandbox.rules.pagination.Pages",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "exceptions_hog.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "PAGE_SIZE": 100,
}

EXCEPTIONS_HOG = {"EXCEPTION_REPORTING": "pulumi_posthog.sandbox.rules.errors.report"}

SPECTACULAR_SETTINGS = {
    "TITLE": "PostHog sandbox",
    "VERSION": "2026",
    "SCHEMA_PATH_PREFIX": "/api",
    "SERVE_INCLUDE_SCHEMA": False,
    "DISABLE_ERRORS_AND_WARNINGS": True,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Django logs request objects and query strings at warning level; keys may travel in those.
    "loggers": {
        "django.request": {"level": "CRITICAL", "propagate": False},
        "django.security": {"level": "CRITICAL", "propagate": False},
    },
}
