"""XMP in films: a packet with IPTC's fields, in a box of its own at the end of an MP4 or MOV file.

The box is that of Adobe's XMP specification, part 3 (ISO base media files): a top-level `uuid` box.
It is appended, so nothing in the file moves. ffmpeg, exiftool and players find it or pass over it.
"""

import struct
import uuid
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from ..core.errors import Fault
from .statement import SOFTWARE, Statement, digital_source_type, software_version

XMP_BOX = uuid.UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes
"""The type of the box."""

SUFFIXES = (".mp4", ".m4v", ".m4a", ".mov")
"""Files of this form, by their names."""

_HEADER = struct.Struct(">I4s")

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmp:CreatorTool={tool}{fields}>
   <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{words}</rdf:li></rdf:Alt></dc:description>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def packet(statement: Statement) -> bytes:
    """Write the XMP packet of a film.

    Args:
        statement: What is said of the film.

    Returns:
        The packet, UTF-8: IPTC's digital source type, the systems used (IPTC 2025.1), the tool, the
        language and one sentence for people.
    """
    fields = {}
    if statement.is_generated:
        systems = "; ".join(statement.systems)
        fields = {
            "DigitalSourceType": digital_source_type(statement),
            "AISystemUsed": f"{SOFTWARE}: {systems}",
            "AISystemVersionUsed": software_version(),
        }
    lines = [f"\n    Iptc4xmpExt:{name}={quoteattr(value)}" for name, value in fields.items()]
    return _PACKET.format(
        tool=quoteattr(f"{SOFTWARE} {software_version()}"),
        fields="".join(lines),
        language=escape(statement.language),
        words=escape(in_words(statement)),
    ).encode()


def in_words(statement: Statement) -> str:
    """Say in a sentence what was generated.

    Args:
        statement: What is said of the film.

    Returns:
        The sentence, English.
    """
    voice = (
        f"the voice is synthetic ({', '.join(sorted({v.synthesizer for v in statement.voices}))})"
    )
    mouths = f"mouths were redrawn in cuts: {statement.cuts}"
    parts = [voice] * bool(statement.voices) + [mouths] * bool(statement.cuts)
    found = "; ".join(parts) or "nothing that is seen or heard was generated"
    return f"Localized to {statement.language} by {SOFTWARE}: {found}."


def append_xmp(film: Path, content: bytes) -> None:
    """Append an XMP packet to a film.

    Args:
        film: An MP4 or MOV file, which is changed.
        content: The packet.

    Raises:
        Fault: The file's boxes are broken.
    """
    size = _HEADER.size + len(XMP_BOX) + len(content)
    _check_boxes(film)
    with film.open("ab") as file:
        file.write(_HEADER.pack(size, b"uuid") + XMP_BOX + content)


def read_xmp(film: Path) -> str:
    """Read the XMP packet of a film.

    Args:
        film: An MP4 or MOV file.

    Returns:
        The packet; empty where there is none.

    Raises:
        Fault: The file's boxes are broken.
    """
    with film.open("rb") as file:
        for start, size, kind in _boxes(film):
            file.seek(start)
            if kind == b"uuid" and file.read(_HEADER.size + 16)[_HEADER.size :] == XMP_BOX:
                return file.read(size - _HEADER.size - 16).decode()
    return ""


def _check_boxes(film: Path) -> None:
    """Refuse a file that does not end with its last box: what is appended would not be found."""
    for _ in _boxes(film):
        pass


def _boxes(film: Path) -> Iterator[tuple[int, int, bytes]]:
    """Start, size and type of each box at the top."""
    end = film.stat().st_size
    start = 0
    with film.open("rb") as file:
        while start < end:
            file.seek(start)
            head = file.read(16)
            if len(head) < _HEADER.size:
                raise Fault(f"{film}: its last box is cut short")
            size, kind = _HEADER.unpack_from(head)
            if size == 1 and len(head) == 16:
                size = struct.unpack_from(">Q", head, 8)[0]
            if size < _HEADER.size or start + size > end:
                raise Fault(f"{film}: the box at byte {start} has no valid size")
            yield start, size, kind
            start += size
