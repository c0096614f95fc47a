"""Page routes of core."""

from django.urls import path

from core.views import deliveries, events, health, home, people, products, profile, saved_views, search, talk

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("pulse/", health.pulse_view, name="pulse"),
    path("scope/", home.scope, name="scope"),
    path("", home.home, name="home"),
    path("events/<int:number>/undo/", events.undo, name="event-undo"),
    path("comments/", talk.comments, name="comments"),
    path("comments/<int:pk>/", talk.comment, name="comment"),
    path("comments/<int:pk>/removal/", talk.comment_removal, name="comment-removal"),
    path("comments/<int:pk>/resolution/", talk.comment_resolution, name="comment-resolution"),
    path("following/", talk.following, name="following"),
    path("notifications/", talk.notifications, name="notifications"),
    path("notifications/reading/", talk.notifications_reading, name="notifications-reading"),
    path("notifications/<int:pk>/reading/", talk.notification_reading, name="notification-reading"),
    path("search/", search.search, name="search"),
    path("views/", saved_views.views, name="views"),
    path("views/<int:pk>/", saved_views.view, name="view"),
    path("views/<int:pk>/removal/", saved_views.view_removal, name="view-removal"),
    path("invitations/<str:token>/", people.acceptance, name="invitation-acceptance"),
    path("settings/", profile.settings, name="settings"),
    path("settings/profile/", profile.profile, name="profile"),
    path("settings/tokens/", profile.tokens, name="tokens"),
    path("settings/tokens/<int:pk>/revocation/", profile.token_revocation, name="token-revocation"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/<int:pk>/", people.person, name="person"),
    path("settings/invitations/", people.invitations, name="invitations"),
    path("settings/invitations/<int:pk>/sending/", people.invitation_sending, name="invitation-sending"),
    path("settings/invitations/<int:pk>/withdrawal/", people.invitation_withdrawal, name="invitation-withdrawal"),
    path("settings/products/", products.products, name="settings-products"),
    path("settings/products/<slug:key>/", products.product, name="settings-product"),
    path("settings/products/<slug:key>/members/", products.members, name="settings-members"),
    path("settings/products/<slug:key>/members/<int:pk>/removal/", products.member_removal, name="member-removal"),
    path("settings/deliveries/", deliveries.deliveries, name="deliveries"),
    path("settings/deliveries/<int:pk>/redelivery/", deliveries.redelivery, name="redelivery"),
    path("settings/organisation/", products.organisation, name="organisation"),
]
