"""The files that customers take along, in VAR_DIR/exports."""

from closure.folders import Folder

_FOLDER = Folder("exports")
create, open_file, is_there = _FOLDER.create, _FOLDER.open_file, _FOLDER.is_there
remove, names = _FOLDER.remove, _FOLDER.names
