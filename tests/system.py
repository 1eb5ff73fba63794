"""What only the distribution has: `make test` asks for it first, with nothing installed yet.

Runs on the bare Python (standard library alone). On Debian or Ubuntu as root it installs what is
missing; elsewhere it prints the exact line to run and fails.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser() -> str | None:
    """The Chromium to test with: $CHROMIUM, or the first one found that really runs."""
    names = (os.environ.get("CHROMIUM", ""), *BROWSERS)
    return next((path for name in names if name and (path := _running(name))), None)


def _running(name: str) -> str | None:
    # Ubuntu's chromium-browser may be a stub that only says where to get the real one.
    path = shutil.which(name)
    if path is None:
        return None
    asked = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    return path if asked.returncode == 0 else None


def _library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
        return True
    except OSError:
        return False


def _chinese_font() -> bool:
    if any(Path("/usr/share/fonts").rglob("NotoSansCJK*")):
        return True
    lister = shutil.which("fc-list")
    return bool(lister) and bool(
        subprocess.run([lister, ":lang=zh-cn"], capture_output=True, check=False).stdout.strip()
    )


NEEDED: tuple[tuple[str, Callable[[], object]], ...] = (
    ("chromium", browser),
    ("libpango-1.0-0", lambda: _library("libpango-1.0.so.0")),
    ("libpangoft2-1.0-0", lambda: _library("libpangoft2-1.0.so.0")),
    ("fonts-noto-cjk", _chinese_font),
    ("poppler-utils", lambda: shutil.which("pdftotext")),
)


def missing() -> list[str]:
    """Names of the Debian packages that are needed and absent."""
    return [package for package, present in NEEDED if not present()]


def main() -> int:
    """Install what is missing where that is possible; 1 and the line to run where not."""
    packages = missing()
    if not packages:
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("正在安装系统软件包:" + " ".join(packages), flush=True)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        with open(os.devnull, "wb") as nowhere:
            for command in (["apt-get", "update", "-qq"], install):
                subprocess.run(command, env=env, stdout=nowhere, check=False)
        packages = missing()
    if packages:
        line = "sudo apt-get install --no-install-recommends " + " ".join(packages)
        print(f"测试还需要系统软件,请先执行:\n  {line}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
