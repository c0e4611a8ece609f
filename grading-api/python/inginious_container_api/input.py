"""The student's answer and the facts about the submission."""
import json
import re

from gradeport_files import read_file, write_file
from inginious_container_api.utils import INPUT_FILE


def load_input():
    """Return the whole input file, a dict; the answers are at "input", by problem id and "@..." key.

    Uploaded files are {'filename': name given by the student, 'value': path of the content}.
    Raises OSError when there is no input file.
    """
    with open(INPUT_FILE, encoding='utf-8') as file:
        return json.load(file)


_load_input = load_input


def get_input(problem):
    """Return the answer to a problem: str, int, float, list or dict as it came; bytes for an uploaded file.

    "id:filename" is the student's name of an uploaded file (str), "id:value" its content (bytes).
    "@username", "@lang", "@random" ... are answers too.  Raises KeyError for an unknown id.
    """
    answers = load_input()['input']
    name, _, part = problem.partition(':')
    value = answers[problem] if problem in answers else answers[name]
    if not _is_file(value):
        return value
    if part == 'filename':
        return value['filename']
    with open(value['value'], 'rb') as file:
        return file.read()


def get_username():
    """Return the student's user name; the names of a group are joined by commas."""
    return get_input('@username')


def get_lang():
    """Return the language of the student's pages, such as "en" or "fr"."""
    return get_input('@lang')


def get_submission_time():
    """Return when the student submitted, as a datetime in the server's local time."""
    from datetime import datetime

    text = get_input('@time')
    return datetime.strptime(text, '%Y-%m-%d %H:%M:%S.%f' if '.' in text else '%Y-%m-%d %H:%M:%S')


def parse_template(input, output=''):
    """Replace @prefix@id@suffix@ in the file input by the answer to problem id, prefix and suffix around every line.

    Writes the file output (its folder is created), or input itself.  Unknown ids stay as they are.
    In the student folder, neither is reached through a link that a student's program left.
    Raises OSError when input cannot be read or output not be written, and UnicodeError when an answer used in it is not UTF-8.
    """
    text = read_file(input).decode('utf-8')
    for key, value in _template_values(load_input()['input']):
        text = _substitute(text, key, value)
    write_file(output or input, text.encode('utf-8'))


def _is_file(value):
    return isinstance(value, dict) and set(value) == {'filename', 'value'}


def _template_values(answers):
    for key, value in answers.items():
        if _is_file(value):
            yield key + ':filename', lambda value=value: value['filename']
            yield key + ':value', lambda key=key: get_input(key).decode('utf-8')
            yield key, lambda key=key: get_input(key).decode('utf-8')
        else:
            yield key, lambda value=value: value if isinstance(value, str) else json.dumps(value)


def _substitute(text, key, value):
    pattern = re.compile('@([^@]*)@%s@([^@]*)@' % re.escape(key))
    if not pattern.search(text):
        return text
    lines = value().splitlines()
    return pattern.sub(lambda found: '\n'.join(found[1] + line + found[2] for line in lines), text)
