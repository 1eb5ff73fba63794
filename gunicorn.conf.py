"""How the web process runs, in production and under `make run` alike (gunicorn reads this file)."""

import gc
import os

from governance import logs
from governance.net import is_loopback

bind = os.environ.get("BIND", "127.0.0.1") + ":" + os.environ.get("PORT", "8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Loaded once and shared by the workers: half the memory, and one start instead of two.
preload_app = True
timeout = 60
graceful_timeout = 15
# The workers' heartbeat file: on a disk it can block a worker that is otherwise well.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
logconfig_dict = logs.config()
if not os.environ.get("ACCESS_LOG"):
    # With a logging configuration of its own gunicorn writes them whatever `accesslog` says.
    logconfig_dict["loggers"]["gunicorn.access"]["handlers"] = []


def when_ready(server):
    """What was loaded stays for good: the workers share it, and no collection walks over it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def on_starting(server):
    """Demo accounts share one password, so they never listen beyond this machine."""
    if os.environ.get("DEMO") == "1":
        for address in server.cfg.address:
            if isinstance(address, tuple) and not is_loopback(address[0]):
                raise SystemExit("演示数据(DEMO=1)只能在本机地址上提供,不能绑定到其他网络地址。")
