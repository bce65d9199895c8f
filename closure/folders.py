"""Folders of encrypted files under VAR_DIR. Names are random; a name is in its row before its file is here."""

import os
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings


class Folder:
    """One folder of files that rows name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def create(self, name: UUID) -> BinaryIO:
        """Return a new empty file, for us alone; raises FileExistsError when there is one of this name."""
        handle = os.open(self._path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return os.fdopen(handle, "wb")

    def open_file(self, name: UUID) -> BinaryIO:
        """Return a file to read; raises FileNotFoundError."""
        return self._path(name).open("rb")

    def is_there(self, name: UUID) -> bool:
        """Tell whether there is a file of this name."""
        return self._path(name).is_file()

    def remove(self, name: UUID | None) -> None:
        """Remove a file; one that is not there is fine."""
        if name is not None:
            self._path(name).unlink(missing_ok=True)

    def names(self) -> set[UUID]:
        """Return the names of all files; what has another form of name is none of ours and is left alone."""
        return {UUID(hex=path.name) for path in self._here().iterdir() if _is_name(path.name)}

    def _path(self, name: UUID) -> Path:
        return self._here() / name.hex

    def _here(self) -> Path:
        folder: Path = settings.VAR_DIR / self._name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder


def _is_name(text: str) -> bool:
    return len(text) == len(UUID(int=0).hex) and all(letter in "0123456789abcdef" for letter in text)
