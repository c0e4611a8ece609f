"""Each problem is a file, run on its own: a fault in one takes nothing from the others."""
import json

from inginious_container_api import feedback, input, rst, run_student

CASES = {
    'add': [((1, 2), 3), ((-4, 4), 0), ((0.5, 0.25), 0.75)],
    'divide': [((6, 3), 2), ((1, 4), 0.25), ((1, 0), None)],
    'power': [((2, 10), 1024), ((7, 1), 7), ((5, 0), 1), ((0, 3), 0)],
}
ENDINGS = {'memory': 'It needed too much memory.', 'time': 'It took too long.', 'hard-time': 'It took too long.'}
# A reminder rather than a lock: there are other ways to write a power.
FORBIDDEN = {'power': ('**', 'pow(')}


def main():
    faults = {name: check(name) for name in CASES}
    right = [name for name, fault in faults.items() if fault is None]
    for name, fault in faults.items():
        feedback.set_problem_result('success' if fault is None else 'failed', name)
        feedback.set_problem_feedback(fault or 'Right.', name)
        feedback.set_tag(name, fault is None)
    feedback.set_grade(100.0 * len(right) / len(CASES))
    feedback.set_global_result('success' if len(right) == len(CASES) else 'failed')
    feedback.set_global_feedback('%d of %d functions are right.' % (len(right), len(CASES)))


def check(name):
    """None, or what is wrong, as reStructuredText."""
    code = input.get_input(name)
    if not code.strip():
        return 'No answer yet.'
    if any(word in code for word in FORBIDDEN.get(name, ())):
        return 'This should do without ``**`` and ``pow``.'
    input.parse_template('student/%s.py' % name)
    out, err, status = run_student.run_student_simple(
        'python3 call.py ' + name,
        cmd_input=''.join(json.dumps(arguments) + '\n' for arguments, _ in CASES[name]),
        working_dir='/task/student',
        time_limit=2,
        hard_time_limit=5,
    )
    lines = out.splitlines()
    for number, (arguments, expected) in enumerate(CASES[name]):
        call = '%s(%s, %s)' % (name, *arguments)
        if number >= len(lines):
            return '``%s`` gives no answer. %s' % (call, ENDINGS.get(status.limit, '')) + rst.get_codeblock('', err[-1500:])
        if not same(lines[number], expected):
            return '``%s`` should be ``%s``; yours gives' % (call, expected) + rst.get_codeblock('', lines[number][:200])
    return None


def same(line, expected):
    try:
        got = json.loads(line)
    except ValueError:
        return False
    if expected is None or got is None:
        return got is expected
    return type(got) in (int, float) and abs(got - expected) < 1e-9


main()
