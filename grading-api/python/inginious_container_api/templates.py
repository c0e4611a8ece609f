"""Feedback texts from Jinja2 templates, with gettext's _() in them."""
import os
import sys
import traceback

from inginious_container_api import lang
from inginious_container_api.input import get_lang

NOT_FOUND = '\n.. error::\n\n    Unable to find template named %s. Please contact your administrator.\n    \n\n    '
BROKEN = (
    '\n.. error::\n   \n   An error occured while parsing the feedback template. Here is the full error:\n   \n'
    '   ::\n   \n%s\n\tPlease contact your administrator.\n'
)
NO_JINJA2 = (
    'Feedback templates need jinja2, which this environment does not have. '
    'Add the Debian package python3-jinja2 to its image.'
)


def render(name, parameters):
    """Return (text, True), or (an error block, False)."""
    path = find(name, get_lang())
    if path is None:
        return NOT_FOUND % name, False
    try:
        import jinja2
    except ImportError:
        sys.stderr.write(NO_JINJA2 + '\n')
        return '\n.. error::\n\n    %s\n' % NO_JINJA2, False
    lang.init()
    try:
        with open(path, encoding='utf-8') as file:
            template = jinja2.Template(file.read())
        return template.render(dict(parameters, _=lang.translate)), True
    except Exception:  # any error of a teacher's template is for the teacher to read
        lines = traceback.format_exc().split('\n')
        return BROKEN % '\n'.join('\t\t' + line for line in lines), False


def find(name, language):
    """Return the path of the template, None if there is none."""
    candidates = (
        '%s.%s.tpl' % (name, language),
        os.path.join(lang.get_lang_dir_path(), language, name + '.tpl'),
        name + '.tpl',
    )
    return next((path for path in candidates if os.path.isfile(path)), None)
