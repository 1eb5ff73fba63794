"""Settings of an installation that others rely on: refuses to start half configured."""

import os

# TLS unless the installation says TLS=0 because its network has none. Before the other settings
# are read, since several of them follow from it.
os.environ.setdefault("TLS", "1")

from governance.settings import *  # noqa: F403
from governance.settings import ALLOWED_HOSTS, DATABASES, DEMO, REDIS_URL, STORAGES, env
from governance.startup import refuse

_missing = [
    sentence
    for present, sentence in (
        (env.str("SECRET_KEY", default=""), "SECRET_KEY(至少 50 个随机字符)"),
        (env.str("ALLOWED_HOSTS", default=""), "ALLOWED_HOSTS(访问平台所用的主机名)"),
        (
            DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql",
            "DATABASE_URL(PostgreSQL 地址)",
        ),
        (REDIS_URL, "REDIS_URL(Redis 地址)"),
    )
    if not present
]
if _missing:
    refuse("生产环境缺少以下设置,平台没有启动:" + "、".join(_missing) + "。")
if DEMO:
    refuse("生产环境不能装入演示数据,请去掉 DEMO。")
if "*" in ALLOWED_HOSTS:
    refuse("ALLOWED_HOSTS 不能用 *,请写明访问平台所用的主机名。")

# Compressed once, when the files are collected; too slow for the first start of `make run`.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
