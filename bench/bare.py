"""The raw mark of the page benchmarks: a Django of three bare views, hand-written SQL, no ORM.

    gunicorn bench.bare:application

/list/ shows fifty calls of one township with what our list says of each (township, item, units that
answer, next limit), /detail/ one call with its parts and trail, POST /insert/ writes one row and
commits. Same database, same rows, same server with the same settings.
"""

import os
from pathlib import Path

import django
import environ
from django.conf import settings

ROOT = Path(__file__).resolve().parent

if not settings.configured:
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": environ.Env.db_url_config(os.environ["DATABASE_URL"])
                   | {"CONN_MAX_AGE": 600}},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates",
                    "DIRS": [ROOT / "templates"]}],
        USE_TZ=True,
    )  # fmt: skip
    django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.template import Context, Engine  # noqa: E402
from django.urls import path  # noqa: E402

ROWS = Engine().from_string(
    "<!doctype html><html><body><table>{% for row in rows %}<tr>{% for cell in row %}"
    "<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table></body></html>"
)
LIST = """SELECT c.number, c.title, c.kind, c.state, c.raised_at, u.short_name, r.name,
    (SELECT string_agg(a.short_name, '、' ORDER BY p.id) FROM hucall_response p
        JOIN governance_unit a ON a.id = p.unit_id WHERE p.call_id = c.id AND p.state <> 'void'),
    (SELECT k.label || ' ' || k.due_at FROM governance_clock k
        WHERE k.root_type_id = (SELECT id FROM django_content_type
            WHERE app_label = 'hucall' AND model = 'call')
        AND k.root_id = c.id AND k.met_at IS NULL AND k.kind = 'promise' AND NOT k.confidential
        ORDER BY k.due_at LIMIT 1)
    FROM hucall_call c JOIN governance_unit u ON u.id = c.owner_id
    LEFT JOIN checklist_revision r ON r.id = c.revision_id
    WHERE c.owner_id = %s ORDER BY c.id DESC LIMIT 50"""
PARTS = "SELECT unit_id, duty, state, task, result FROM hucall_response WHERE call_id = %s"
TRAIL = """SELECT at, actor_name, label, summary FROM governance_event
    WHERE root_type_id = (SELECT id FROM django_content_type
        WHERE app_label = 'hucall' AND model = 'call') AND root_id = %s
    ORDER BY id DESC LIMIT 100"""


def table(*queries) -> HttpResponse:
    """The rows of some queries as one table."""
    rows = []
    with connection.cursor() as cursor:
        for sql, given in queries:
            cursor.execute(sql, given)
            rows += cursor.fetchall()
    return HttpResponse(ROWS.render(Context({"rows": rows})))


def calls(request):
    return table((LIST, [int(request.GET["owner"])]))


def detail(request):
    call = [int(request.GET["call"])]
    one = "SELECT number, title, text, place, state FROM hucall_call WHERE id = %s"
    return table((one, call), (PARTS, call), (TRAIL, call))


def insert(request):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_note (words) VALUES (%s)", [request.body.decode()[:200]])
    return HttpResponse("ok")


def alive(request):
    return HttpResponse("ok")


urlpatterns = [
    path("list/", calls),
    path("detail/", detail),
    path("insert/", insert),
    path("healthz", alive),
]
application = get_wsgi_application()
