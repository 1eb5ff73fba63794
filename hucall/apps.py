"""乡呼县应: calls of townships, answers of the county."""

from django.apps import AppConfig


class HucallConfig(AppConfig):
    name = "hucall"
    verbose_name = "乡呼县应"
