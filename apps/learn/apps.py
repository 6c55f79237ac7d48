from django.apps import AppConfig


class LearnConfig(AppConfig):
    name = "apps.learn"
    label = "learn"
