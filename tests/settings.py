"""The platform's settings, with what tests want otherwise: throw-away files and cheap hashes."""

import os
import tempfile
from pathlib import Path

# A folder of its own for each test process; nothing of the developer's var/ is touched.
_var = Path(tempfile.mkdtemp(prefix="xianxiang-test-"))
os.environ["VAR_DIR"] = str(_var)
os.environ.pop("DEMO", None)

from governance.settings import *  # noqa: F403
from governance.settings import CACHES, DATABASES, REDIS_URL, STATIC_ROOT, STORAGES

TEST_VAR = _var
SECRET_KEY = "only-for-tests-" + "0" * 50
MEDIA_ROOT = _var / "media"
STATIC_ROOT.mkdir()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]

# Tasks run where they are called; those who test the workers start real ones.
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as `make run` has it: in memory, locks and concurrency prove nothing.
    DATABASES["default"]["TEST"] = {"NAME": str(_var / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
if REDIS_URL:
    # Each test process clears a cache of its own, and none clears the broker's database 0.
    _own = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
    CACHES["default"]["LOCATION"] = REDIS_URL.removesuffix("/0") + f"/{_own}"
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
