"""REST addresses of the list."""

from rest_framework.routers import SimpleRouter

from checklist import api, change_api, law_api

router = SimpleRouter()
router.register("items", api.ItemViewSet, "api-item")
router.register("editions", api.EditionViewSet, "api-edition")
router.register("laws", law_api.LegalBasisViewSet, "api-law")
router.register("applications", change_api.ApplicationViewSet, "api-application")
router.register("causes", change_api.CauseViewSet, "api-cause")
router.register("stages", change_api.StageViewSet, "api-stage")
urlpatterns = router.urls
