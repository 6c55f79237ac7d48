"""The site: settings, addresses, processes. Everything it joins lives in ``apps``."""
