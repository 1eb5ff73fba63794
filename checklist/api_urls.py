"""REST addresses of the list."""

from rest_framework.routers import SimpleRouter

from checklist import api, law_api

router = SimpleRouter()
router.register("items", api.ItemViewSet, "api-item")
router.register("editions", api.EditionViewSet, "api-edition")
router.register("laws", law_api.LegalBasisViewSet, "api-law")
urlpatterns = router.urls
