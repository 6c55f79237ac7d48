"""What is known about each device's pushes, beside the device row itself."""

from django.db import models
from push_notifications.models import WebPushDevice


class DeviceHealth(models.Model):
    """How it went with one device. Times are those of the last such answer."""

    device = models.OneToOneField(WebPushDevice, on_delete=models.CASCADE, related_name="health")
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    last_code = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    needs_resubscribe = models.BooleanField(default=False)
    language = models.CharField(max_length=16, default="en")

    def __str__(self) -> str:
        return f"{self.device}: {self.last_error or 'well'}"

    @property
    def is_well(self) -> bool:
        """Whether the last push arrived, or none was sent yet."""
        if self.needs_resubscribe:
            return False
        if self.last_error_at is None:
            return True
        return self.last_success_at is not None and self.last_success_at > self.last_error_at
