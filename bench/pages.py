"""Rows 1–5, 12, 15 and 16 of the performance goals: pages and steps under real visibility.

PostgreSQL with a large and a small load of `seed_load` (BENCH_CALLS and BENCH_SMALL, 1,000,000 and
10,000 by default), gunicorn with two workers, eight visitors at a time, ordinary users.
"""

import os
from itertools import count

from bench import driving, grounds

NEEDS = "database"
LARGE = int(os.environ.get("BENCH_CALLS", 1_000_000))
SMALL = int(os.environ.get("BENCH_SMALL", 10_000))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 5))
REQUESTS = int(os.environ.get("BENCH_REQUESTS", 80))
STEPS = 24
WORDS = "集市东口道路塌陷".encode()
CONTENT = {
    "kind": "complex",
    "title": "集市东口道路塌陷",
    "text": "主街北段路面塌陷约三平方米,已设警示。",
    "place": "主街北段",
    "self_check": True,
    "self_check_reason": "没有市政抢修力量",
}


class Scene:
    """A loaded database and the people who look at it."""

    def __init__(self, port: int):
        from governance import demo_accounts
        from governance.models import Post, Unit, User
        from hucall.models import Call, Response

        secret = demo_accounts.password()
        county = Unit.objects.get(kind="county", region_code="990101")
        self.town = Unit.objects.filter(county=county, kind="township").order_by("code").first()
        posts = self.town.posts.select_related("user")
        self.clerk = self.visitor(port, posts.get(role="township_clerk").user, secret)
        desk = User.objects.get(posts__role="platform", posts__unit__county=county)
        self.desk = self.visitor(port, desk, secret)
        post = Post.objects.filter(unit__county=county, role="department_clerk").first()
        answering = post.unit
        self.department = self.visitor(port, post.user, secret)
        self.waiting = Response.objects.filter(unit=answering, state="waiting").order_by("id")
        self.urgent = CONTENT | {"kind": "urgent", "units": [answering.pk]}
        calls = Call.objects.filter(owner=self.town, state="archived").order_by("-id")
        self.call = calls.values_list("pk", flat=True).first()
        deep = Call.objects.filter(owner=self.town).order_by("-id").values_list("pk", flat=True)
        self.deep = deep[int(deep.count() * 0.9)]
        self.numbers = count()

    @staticmethod
    def visitor(port, user, secret):
        return driving.Visitor(port).sign_in(user.username, secret)

    def file(self, _):
        return self.clerk.post("/api/v1/hucall/calls/", CONTENT)

    def call_out(self, parts: int) -> None:
        """Urgent calls to one department: what it then signs in."""
        for _ in range(parts):
            answer = self.clerk.post("/api/v1/hucall/calls/", self.urgent)
            if answer.status != 201:
                raise RuntimeError(answer.body.decode())
        self.parts = iter(list(self.waiting.values_list("pk", flat=True)))

    def sign_in(self, _):
        return self.department.post(
            f"/api/v1/hucall/responses/{next(self.parts)}/steps/sign_in/", {}
        )

    def pages(self) -> dict:
        """What is asked for, by name."""
        call, clerk, desk = self.call, self.clerk, self.desk
        return {
            "list": lambda _: clerk.get("/hucall/calls/"),
            "deep": lambda _: clerk.get(f"/hucall/calls/?after={self.deep}"),
            "detail": lambda _: clerk.get(f"/hucall/calls/{call}/"),
            "filtered": lambda _: desk.get("/hucall/calls/?state=handling"),
            "search": lambda _: desk.get("/hucall/calls/?q=%E9%81%93%E8%B7%AF"),
            "workbench": lambda _: clerk.get("/"),
            "dashboard": lambda _: desk.get("/hucall/dashboard/"),
        }


def bare_works(port: int, scene: Scene) -> dict:
    return {
        "bare_list": lambda _: driving.ask(port, "GET", f"/list/?owner={scene.town.pk}"),
        "bare_detail": lambda _: driving.ask(port, "GET", f"/detail/?call={scene.call}"),
        "bare_insert": lambda _: driving.ask(port, "POST", "/insert/", WORDS),
    }


def measured(calls: int) -> tuple[dict, float, float]:
    """(loads by name, memory of our workers, memory of idle workers) at so many calls."""
    from django.core.management import call_command
    from django.db import connection

    with grounds.database(f"pages{calls}"):
        call_command("seed_load", calls=calls, seed=1, verbosity=0, stdout=open(os.devnull, "w"))
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE bench_note (id bigserial PRIMARY KEY, words text)")
        call_command("collectstatic", interactive=False, verbosity=0)
        url = grounds.url()
        with driving.server("governance.wsgi:application", url) as (_, idle):
            bare_memory = driving.memory(idle)
        with (
            driving.server("governance.wsgi:application", url) as (port, ours),
            driving.server("bench.bare:application", url) as (bare_port, _),
        ):
            scene = Scene(port)
            works = scene.pages() | bare_works(bare_port, scene)
            for work in works.values():
                driving.load(work, 8)  # warm
            loads = driving.rounds(works, REQUESTS, ROUNDS)
            scene.call_out(STEPS * ROUNDS)
            writing = {"file": scene.file, "sign_in": scene.sign_in}
            loads |= driving.rounds(writing, STEPS, ROUNDS)
            return loads, driving.memory(ours), bare_memory


def measure() -> list[dict]:
    """The rows; ratios of medians of one run."""
    large, memory, idle = measured(LARGE)
    small, _, _ = measured(SMALL)
    rate = {name: each.rate for name, each in large.items()}
    p95 = {name: each.p95 for name, each in large.items()}
    growth = {
        name: small[name].rate / large[name].rate
        for name in ("list", "detail", "sign_in", "workbench")
    }
    slow = max(p95["workbench"], p95["dashboard"]) / p95["list"]
    return [
        row(1, "清单页", "≥ 裸写法的 1/4", rate["list"] / rate["bare_list"], 1 / 4, rate["list"]),
        row(1, "清单深页", "≤ 1.5 × 首页", rate["list"] / rate["deep"], 1.5, rate["deep"], True),
        row(
            2,
            "详情页",
            "≥ 裸写法的 1/8",
            rate["detail"] / rate["bare_detail"],
            1 / 8,
            rate["detail"],
        ),
        row(
            3, "提交呼叫", "≥ 裸写入的 1/6", rate["file"] / rate["bare_insert"], 1 / 6, rate["file"]
        ),
        row(
            4,
            "报到",
            "≥ 裸写入的 1/6",
            rate["sign_in"] / rate["bare_insert"],
            1 / 6,
            rate["sign_in"],
        ),
        row(5, "工作台与看板 p95", "≤ 3 × 清单页", slow, 3, p95["dashboard"], True),
        row(
            12,
            "两字检索 p95",
            "≤ 3 × 筛选清单",
            p95["search"] / p95["filtered"],
            3,
            p95["search"],
            True,
        ),
        row(15, "内存", "≤ 1.3 × 空载", memory / idle, 1.3, memory, True),
        row(16, f"增长:{LARGE:,} 对 {SMALL:,}", "≤ 1.3 ×", max(growth.values()), 1.3, None, True)
        | {name: round(value, 2) for name, value in growth.items()},
    ]


def row(number, what, goal, ratio, bound, figure, most=False) -> dict:
    """One row; `most`: the bound is an upper one."""
    met = ratio <= bound if most else ratio >= bound
    told = {"row": number, "what": what, "goal": goal, "met": met, "ratio": round(ratio, 3)}
    return told | ({} if figure is None else {"figure": round(figure, 4), "calls": LARGE})


if __name__ == "__main__":
    import json

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    django.setup()
    print(json.dumps(measure(), ensure_ascii=False, indent=1))
