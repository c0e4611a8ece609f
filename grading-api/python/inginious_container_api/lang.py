"""Translations of a grader's own words, from lang/<language>/LC_MESSAGES/messages.mo of the task."""

_translation = None


def get_lang_dir_path():
    """Return the folder of the task's translations."""
    return '/task/lang'


def init():
    """Install _() as a builtin that translates to the student's language; texts without translation stay."""
    import builtins

    _load()
    builtins._ = translate


def translate(text):
    """Return text in the student's language."""
    return _load().gettext(text)


def _load():
    global _translation
    if _translation is None:
        import gettext

        from inginious_container_api.input import get_lang

        _translation = gettext.translation('messages', get_lang_dir_path(), [get_lang()], fallback=True)
    return _translation
