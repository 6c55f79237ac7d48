"""Django's administration as an app of this site."""

from django.contrib.admin import apps


class GuardedAdminConfig(apps.AdminConfig):
    """Behind this site's own sign-in."""

    default_site = "apps.accounts.admin_site.GuardedAdminSite"
