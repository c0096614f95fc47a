"""Every page route, and the API under /api/v1/."""

from allauth.account import views as account
from django.urls import include, path, re_path

urlpatterns = [
    path("", include("core.urls")),
    path("", include("portfolio.urls")),
    path("", include("roadmaps.urls")),
    path("", include("feedback.urls")),
    path("", include("prioritization.urls")),
    path("", include("documents.urls")),
    path("", include("governance.urls")),
    path("", include("integrations.urls")),
    path("api/v1/", include("config.api")),
    # Of allauth's pages those an invited organisation needs; sign-up is closed.
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    # Closed, and says so; the mail to an unknown address cannot be written without it.
    path("accounts/signup/", account.signup, name="account_signup"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/password/reset/", account.password_reset, name="account_reset_password"),
    path("accounts/password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",  # the key holds hyphens of its own
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("accounts/password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]
