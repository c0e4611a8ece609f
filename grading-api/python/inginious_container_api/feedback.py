"""The grader's report on a submission. Every call is stored at once and shown while the grader still runs."""
import math
import re

from inginious_container_api.feedback_store import Locked

AUTO_TAG = '*auto-tag-'

# What a report may hold: grading-api/report.ts. It is said here, while the grader can still do something about it.
_ID = re.compile(r'[\w.*-]+\Z')
_LONGEST_ID = 200
_LONGEST_RESULT = 100
_MOST_GRADE = 1e9


def get_feedback():
    """Return the feedback as it stands: a dict with any of result, grade, text, problems, tests, custom, state."""
    with Locked() as store:
        return store.load()


load_feedback = _load_feedback = get_feedback


def save_feedback(rdict):
    """Replace the whole feedback by a dict of the shape get_feedback returns."""
    with Locked() as store:
        store.save(rdict)


def set_global_result(result):
    """Set the result of the submission: "success", "failed", "timeout", "overflow", "crash" ... Raises ValueError."""
    word = _result(result)
    _change(lambda feedback: feedback.update(result=word))


def set_problem_result(result, problem_id):
    """Set the result of one problem, keeping its text. Raises ValueError."""
    name, word = _id('problem', problem_id), _result(result)

    def change(feedback):
        problems = feedback.setdefault('problems', {})
        problems[name] = [word, _problem_text(problems.get(name, ''))]

    _change(change)


def set_grade(grade):
    """Set the grade, a number of percent. Raises ValueError for a value that is not a finite number."""
    try:
        number = float(grade)
    except (TypeError, ValueError):
        raise ValueError('a grade is a number of percent, such as 80 or 72.5, not %r' % (grade,)) from None
    if not math.isfinite(number) or abs(number) > _MOST_GRADE:
        raise ValueError('a grade is a finite number of percent, not %s' % number)
    _change(lambda feedback: feedback.update(grade=number))


def set_grade_or_zero(grade):
    """As set_grade, but a refused value leaves 0: without a grade, "success" would be 100, more than was asked for."""
    try:
        set_grade(grade)
    except ValueError:
        set_grade(0)
        raise


def set_global_feedback(feedback, append=False):
    """Set the text (reStructuredText) shown for the submission, or append to it. Raises ValueError if not a str."""
    text = _checked(feedback)
    _change(lambda stored: stored.update(text=(stored.get('text', '') if append else '') + text))


def set_problem_feedback(feedback, problem_id, append=False):
    """Set the text shown for one problem, or append to it, keeping its result. Raises ValueError if not a str."""
    text, name = _checked(feedback), _id('problem', problem_id)

    def change(stored):
        problems = stored.setdefault('problems', {})
        entry = problems.get(name, '')
        whole = (_problem_text(entry) if append else '') + text
        problems[name] = whole if isinstance(entry, str) else [entry[0], whole]

    _change(change)


def set_state(state):
    """Set the text that the grader of this student's next submission gets as "@state"."""
    _change(lambda feedback: feedback.update(state=state))


def set_tag(tag, value):
    """Set a tag of the course: true for True (also 1, "true", "True"), false for anything else. Raises ValueError."""
    _id('tag', tag)
    if not tag.startswith(AUTO_TAG):
        _set_test(tag, value in (True, 'True', 'true'))


def tag(value):
    """Add a free tag: a short text shown with the submission."""
    from zlib import crc32

    _set_test('%s%d' % (AUTO_TAG, crc32(value.encode('utf-8', 'replace'))), value)


def set_custom_value(custom_name, custom_val):
    """Store any JSON value under a name, for plugins, exports and statistics."""
    _change(lambda feedback: feedback.setdefault('custom', {}).update({custom_name: custom_val}))


def set_feedback_from_tpl(tpl_name, parameters, problem_id=None, append=False):
    """Set the text of the submission, or of one problem, from a Jinja2 template; see docs/grading-api.md.

    NAME.LANG.tpl, lang/LANG/NAME.tpl of the task and NAME.tpl are tried in this order.
    Returns False, with an error block as the text, when there is no such template, it cannot be rendered, or the
    environment has no jinja2.
    """
    from inginious_container_api.templates import render

    text, done = render(tpl_name, parameters)
    if problem_id:
        set_problem_feedback(text, problem_id, append)
    else:
        set_global_feedback(text, append)
    return done


def _id(what, name):
    if not isinstance(name, str) or len(name) > _LONGEST_ID or not (_ID.match(name) or _has_marks_only(name)):
        allowed = 'letters, digits, ".", "_", "-" and "*", at most 200 of them'
        raise ValueError('the name of a %s has %s: %r cannot be used' % (what, allowed, name))
    return name


def _has_marks_only(name):
    """Whether the name has nothing else than letters, digits and the marks that many scripts put on their letters."""
    from unicodedata import category

    return name != '' and all(category(one)[0] in 'LMN' or one in '._*-' for one in name)


def _result(word):
    if not isinstance(word, str) or len(word) > _LONGEST_RESULT:
        raise ValueError('a result is a word such as "success" or "failed", not %.120r' % (word,))
    return word


def _checked(text):
    if not isinstance(text, str):
        raise ValueError('a feedback is a str, not %s' % type(text).__name__)
    return text


def _problem_text(entry):
    return entry if isinstance(entry, str) else entry[1]


def _set_test(name, value):
    _change(lambda feedback: feedback.setdefault('tests', {}).update({name: value}))


def _change(change):
    with Locked() as store:
        feedback = store.load()
        change(feedback)
        store.save(feedback)
