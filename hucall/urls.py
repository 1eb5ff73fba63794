"""Addresses of 乡呼县应."""

from django.http import HttpResponse
from django.urls import path


def nothing(request, pk):
    return HttpResponse("")


app_name = "hucall"
urlpatterns = [
    path("calls/<int:pk>/", nothing, name="call"),
    path("ratings/<int:pk>/", nothing, name="rating"),
    path("callbacks/<int:pk>/", nothing, name="callback"),
    path("supervisions/<int:pk>/", nothing, name="supervision"),
    path("bulletins/<int:pk>/", nothing, name="bulletin"),
    path("rectifications/<int:pk>/", nothing, name="rectification"),
]
