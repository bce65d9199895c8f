"""The process that decodes a file: `main` is run by `sandbox.py` with the type of the file."""

import sys

from closure.evidence import basics, likeness
from closure.evidence.child import Answer, run
from closure.evidence.decode import decode, encode
from closure.evidence.enums import FileType, Subject
from closure.evidence.limits import DECODING


def main() -> None:
    """Answer with the photo as it is kept, what it looks like, and what is plain from its pixels."""
    file_type, subject = FileType(sys.argv[1]), Subject(sys.argv[2])
    run(lambda file: take(file, file_type, subject), DECODING)


def take(file: bytes, file_type: FileType, subject: Subject) -> Answer:
    """Decode, check and encode one file; raises NotTaken."""
    photo = decode(file, file_type)
    width, height = photo.image.size
    facts = {
        "width": width,
        "height": height,
        "likeness": f"{likeness.likeness(photo.image):064x}",
        "verdicts": [verdict.told() for verdict in basics.check(photo, subject)],
    }
    return Answer(facts=facts, photo=encode(photo.image))
