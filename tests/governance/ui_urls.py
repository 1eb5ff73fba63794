"""The platform's addresses and the style guide, which a production instance does not have."""

from django.urls import path

from governance.urls import urlpatterns as platform
from governance.views import styleguide

urlpatterns = [path("_ui/", styleguide.styleguide), *platform]
