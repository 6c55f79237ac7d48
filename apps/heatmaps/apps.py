from django.apps import AppConfig


class HeatmapsConfig(AppConfig):
    name = "apps.heatmaps"
    label = "heatmaps"
