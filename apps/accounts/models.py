"""Who uses this site."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person with a password or a passkey; the e-mail address may be left out."""
