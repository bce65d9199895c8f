"""The photos of evidence, in VAR_DIR/evidence."""

from closure.folders import Folder

_FOLDER = Folder("evidence")
create, open_file, is_there = _FOLDER.create, _FOLDER.open_file, _FOLDER.is_there
remove, names = _FOLDER.remove, _FOLDER.names
