"""Addresses of sign-in and of one's own account."""

from django.urls import path
from django.views.generic import RedirectView

from governance.views import access_log, accounts, carrying

urlpatterns = [
    path("login/", accounts.sign_in, name="login"),
    path("login/code/", accounts.code, name="account_code"),
    path("logout/", accounts.sign_out, name="logout"),
    path("account/", RedirectView.as_view(pattern_name="account"), name="account_home"),
    path("account/security/", accounts.account, name="account"),
    path("account/security/enrol/", accounts.enrol, name="account_enrol"),
    path("account/security/disable/", accounts.disable, name="account_disable"),
    path("account/password/", accounts.PasswordChange.as_view(), name="password_change"),
    path(
        "account/password/done/",
        accounts.auth_views.PasswordChangeDoneView.as_view(),
        name="password_change_done",
    ),
    path("account/resume/", carrying.resume, name="account_resume"),
    path("audit/", access_log.entries, name="access_log"),
    path("audit/export/", access_log.export, name="access_log_export"),
]
