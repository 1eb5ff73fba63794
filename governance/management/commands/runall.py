"""`make run`: everything on one machine, started with one command and stopped with Ctrl-C."""

import fcntl
import os
import shlex
import sys
import time
import urllib.error
import urllib.request
from importlib import import_module
from io import StringIO
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections
from django.utils.module_loading import module_has_submodule

from governance import broker, calendars, demo_accounts, static_stamp
from governance.net import can_listen, is_loopback
from governance.processes import Keeper, end_with_parent, spawn, tail

READY_SECONDS = 90


class Command(BaseCommand):
    help = "准备数据库并启动网页、后台任务与定时进程(make run);--prepare 只准备,不启动。"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--prepare", action="store_true", help="只建库、装入基础数据,不启动")
        parser.add_argument("--bind", default=os.environ.get("BIND") or "127.0.0.1")
        parser.add_argument("--port", type=int, default=os.environ.get("PORT") or 8000)

    def handle(self, *, prepare, bind, port, **options):
        if prepare:
            load_base(self.say)
            return
        if settings.DEMO and not is_loopback(bind):
            raise CommandError("演示数据(DEMO=1)只能在本机地址上提供,不能绑定到其他网络地址。")
        if not can_listen(bind, port):
            raise CommandError(f"端口 {port} 已被占用,请换一个,例如:make run PORT={port + 1}")
        if os.environ.get("MAKELEVEL"):
            end_with_parent(os.getppid())
        lock = take_lock()
        keeper = Keeper(settings.VAR_DIR / "log" / str(port))
        keeper.listen()
        embedded = start_broker(self.say)
        failure = None
        try:
            if not keeper.stopping.is_set():
                load_base(self.say)
                if settings.DEMO:
                    self.say("正在装入演示数据……")
                    call_command("load_demo")
                collect_static(self.say)
                connections.close_all()
            failure = self.run(keeper, bind, port)
        finally:
            self.say("正在停止……")
            keeper.stop()
            if embedded:
                embedded.stop()
            if lock:
                lock.close()
        if failure:
            raise CommandError(
                f"{failure.name} 进程意外退出,已全部停止。日志末尾:\n{tail(failure.log)}"
            )
        self.say("已停止。")

    def run(self, keeper, bind, port):
        """Start the Procfile's processes, say where they are, and wait."""
        env = child_environment(bind, port)
        for name, command in procfile():
            if keeper.stopping.is_set():
                return None
            keeper.start(name, command, env)
        if wait_for_page(keeper, bind, port):
            self.say(banner(bind, port, keeper.log_dir))
            connections.close_all()
        elif not keeper.stopping.is_set() and keeper.ended() is None:
            self.say(f"网页在 {READY_SECONDS} 秒内没有就绪,请查看 {keeper.log_dir}/web.log。")
        return keeper.wait()

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()


def load_base(say) -> None:
    """Migrate, then load what every installation needs; a second time adds nothing.

    Each app that has a module `reference` adds its part by `load()`, lower apps first.
    """
    say("正在准备数据库……")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_rulebooks", stdout=StringIO())
    calendars.load_published()
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "reference"):
            import_module(f"{config.name}.reference").load()


def collect_static(say) -> None:
    """Collect and fingerprint the static files, only when one of them has changed."""
    if static_stamp.is_current():
        return
    say("正在整理静态文件……")
    call_command("collectstatic", interactive=False, verbosity=0)
    static_stamp.write()


def take_lock():
    """Hold the var folder's run lock; the kernel lets go of it however this process ends."""
    if settings.REDIS_URL and "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
        return None
    lock = open(settings.VAR_DIR / "run.lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError("本目录下已有一份平台在运行,请先停止它(Ctrl-C)。") from None
    return lock


def start_broker(say):
    """The embedded broker where no REDIS_URL is given; the folder broker where it cannot run."""
    if settings.REDIS_URL:
        return None
    server = broker.EmbeddedBroker(settings.VAR_DIR, spawn=spawn)
    try:
        server.start()
        broker.use_folder(settings.VAR_DIR, False)
        return server
    except broker.BrokerFailed as error:
        server.stop()
        broker.use_folder(settings.VAR_DIR, True)
        say(f"{error}改用文件目录传递后台任务。")
        return None


def procfile() -> list[tuple[str, list[str]]]:
    """(name, command) of each process, run by this very Python."""
    found = []
    for line in (settings.BASE_DIR / "Procfile").read_text().splitlines():
        name, _, command = line.partition(":")
        if command.strip():
            module, *arguments = shlex.split(command)
            found.append((name, [sys.executable, "-m", module, *arguments]))
    return found


def child_environment(bind: str, port: int) -> dict[str, str]:
    own = {"BIND": bind, "PORT": str(port), "DEMO": "1" if settings.DEMO else "0"}
    return {**os.environ, **own, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}


def wait_for_page(keeper, bind: str, port: int) -> bool:
    """Whether the page answered before a child ended, somebody asked to stop, or time was up."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and not keeper.stopping.wait(0.2):
        if keeper.ended():
            return False
        try:
            with opener.open(f"http://{reachable(bind)}:{port}/healthz", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True  # it speaks HTTP: behind TLS settings it redirects, say
        except OSError:
            continue
    return False


def reachable(bind: str) -> str:
    return "127.0.0.1" if bind in ("0.0.0.0", "::") else bind


def banner(bind: str, port: int, log_dir: Path) -> str:
    lines = ["", f"县乡治理协同平台已启动:http://{reachable(bind)}:{port}/"]
    if settings.DEMO:
        lines += demo_accounts.describe()
    elif not get_user_model().objects.exists():
        lines.append("还没有账号,请先执行:manage.py create_admin --role system")
    folder = os.path.relpath(log_dir)
    return "\n".join([*lines, f"日志在 {folder}/;按 Ctrl-C 停止。", ""])
