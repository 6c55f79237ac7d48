#!/usr/bin/env python
"""Django's command line for Embermap."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heatmap_site.settings")
    # The engine's matrices are small: threads would cost it more than they give.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        print(f"embermap: {error}", file=sys.stderr)
        sys.exit(2)
