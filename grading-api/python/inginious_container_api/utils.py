"""The locations of the grader's files. The three variables let a grader be tried outside a container."""
import os
import re

INPUT_FILE = os.environ.get('GRADEPORT_INPUT') or '/.__input/__inputdata.json'
OUTPUT_FILE = os.environ.get('GRADEPORT_OUTPUT') or '/.__output/__feedback.json'
AGENT_SOCKET = os.environ.get('GRADEPORT_SOCKET') or '/run/gradeport/agent.sock'


def plain_text(text):
    """Return text with everything that UTF-8 cannot express (bytes of a foreign encoding in an argument) replaced."""
    return text.encode('utf-8', 'surrogateescape').decode('utf-8', 'replace')


def unescape(text):
    r"""Return text with backslash escapes (\n, \t, \\, \u00e9, \N{SNOWMAN} ...) interpreted.

    \xNN and octal escapes are bytes of UTF-8, as INGInious' -e reads them; otherwise they are characters.
    A backslash that begins no escape stays.
    """
    read = re.sub(_ESCAPE, _character, text)
    return read.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace')  # \ud83d\ude00 is one character


_ESCAPE = re.compile(
    r'(?P<bytes>(?:\\x[0-9a-fA-F]{2}|\\[0-3]?[0-7]{1,2})+)|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\N\{[^}]*\}'
    r'|\\[\n\\\'"abfnrtv]'
)


def _character(found):
    try:
        piece = found[0].encode('ascii').decode('unicode-escape')
    except UnicodeError:
        return found[0]  # no character has that name or number
    try:
        return piece.encode('latin-1').decode('utf-8') if found['bytes'] else piece
    except UnicodeError:
        return piece
