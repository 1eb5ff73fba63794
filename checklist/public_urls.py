"""Addresses of the pages for citizens (under /public/; decision 38)."""

from django.urls import path

from checklist.views import public

app_name = "public"

urlpatterns = [
    path("<slug:code>/", public.items, name="items"),
    path("<slug:code>/items/<int:pk>/", public.item, name="item"),
    path("<slug:code>/suggest/", public.suggest, name="suggest"),
    path("<slug:code>/reply/", public.reply, name="reply"),
    path("<slug:code>/channels/", public.channels, name="channels"),
]
