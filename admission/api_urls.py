"""REST addresses of admission."""

from rest_framework.routers import SimpleRouter

from admission import api

router = SimpleRouter()
router.register("requests", api.RequestViewSet, "api-request")
router.register("opinions", api.OpinionViewSet, "api-opinion")
router.register("duties", api.DutyViewSet, "api-duty")
router.register("supports", api.SupportViewSet, "api-support")
router.register("slips", api.SlipViewSet, "api-slip")
router.register("exits", api.ExitViewSet, "api-exit")
router.register("helps", api.HelpViewSet, "api-help")
router.register("handdowns", api.HandDownViewSet, "api-handdown")
router.register("stages", api.AdmissionStageViewSet, "api-admission-stage")
urlpatterns = router.urls
