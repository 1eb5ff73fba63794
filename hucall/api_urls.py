"""REST addresses of 乡呼县应."""

from rest_framework.routers import SimpleRouter

from hucall import api

router = SimpleRouter()
router.register("calls", api.CallViewSet, "api-call")
router.register("responses", api.ResponseViewSet, "api-response")
router.register("ratings", api.RatingViewSet, "api-rating")
router.register("callbacks", api.CallbackViewSet, "api-callback")
router.register("supervisions", api.SupervisionViewSet, "api-supervision")
router.register("bulletins", api.BulletinViewSet, "api-bulletin")
router.register("rectifications", api.RectificationViewSet, "api-rectification")
urlpatterns = router.urls
