"""Scripts and styles as they travel: without the comments and the indentation of their sources."""

import re

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = re.compile(r"^(js|css)/.*\.(js|css)$")
OWN_LINES = re.compile(r"^[ \t]*(/\*.*?\*/|//[^\n]*)[ \t]*\n", re.DOTALL | re.MULTILINE)
INDENTATION = re.compile(r"^[ \t]+|\n(?=\n)", re.MULTILINE)


def slim(source: str) -> str:
    """The same program without comments on lines of their own; one statement still has one line.

    Sources must not have template strings that go over several lines: a test looks.
    """
    return INDENTATION.sub("", OWN_LINES.sub("", source))


class SlimStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed files; our own are slimmed first. Vendored ones stay as they are."""

    def _save(self, name: str, content: File) -> str:
        if OURS.match(name.replace("\\", "/")):
            source = b"".join(content.chunks()).decode()
            content = ContentFile(slim(source).encode())
        return super()._save(name, content)
