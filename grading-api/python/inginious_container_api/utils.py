"""Where the grader's files are. The three variables let a grader be tried outside a container."""
import os

INPUT_FILE = os.environ.get('GRADEPORT_INPUT') or '/.__input/__inputdata.json'
OUTPUT_FILE = os.environ.get('GRADEPORT_OUTPUT') or '/.__output/__feedback.json'
AGENT_SOCKET = os.environ.get('GRADEPORT_SOCKET') or '/run/gradeport/agent.sock'


def plain_text(text):
    """Return text with what cannot be written as UTF-8 (bytes of a foreign encoding in an argument) replaced."""
    return text.encode('utf-8', 'surrogateescape').decode('utf-8', 'replace')


def unescape(text):
    r"""Return text with backslash escapes (\n, \t, \xNN as UTF-8 bytes) interpreted, as INGInious' -e does.

    Raises UnicodeError where INGInious does: \u00e9 becomes a single byte, which is no UTF-8.
    """
    return text.encode('utf-8').decode('unicode-escape').encode('latin1').decode('utf-8')
