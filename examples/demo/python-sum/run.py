"""Runs the student's function in a student container and compares what it returns. Nothing of it is imported here."""
import json

from inginious_container_api import feedback, input, rst, run_student

TESTS = [
    ('three-numbers', [1, 2, 3], 6),
    ('one-number', [42], 42),
    ('negative-numbers', [-5, 2, -7], -10),
    ('empty-list', [], 0),
    ('thousand-numbers', list(range(1000)), 499500),
]
ENDINGS = {
    'memory': 'Your function needed too much memory. Does it collect more than the list that it is given?',
    'output': 'Your function printed too much.',
    'time': 'Your function took too long. Does its loop ever end?',
    'hard-time': 'Your function took too long. Does its loop ever end?',
}
NOT_RUN = 'Your function could not be run: please tell your teacher.'


def main():
    input.parse_template('student/solution.py')
    questions = ''.join(json.dumps(numbers) + '\n' for _, numbers, _ in TESTS)
    print('Calling your function with %d lists, in a container of its own …' % len(TESTS), flush=True)
    out, err, status = run_student.run_student_simple(
        'python3 harness.py',
        cmd_input=questions,
        working_dir='/task/student',
        time_limit=2,
        hard_time_limit=5,
    )
    answers = out.splitlines()
    messages = []
    passed = 0
    for number, (name, numbers, expected) in enumerate(TESTS):
        answer = read(answers[number]) if number < len(answers) else None
        right = answer is not None and answer.get('value') == expected and type(answer['value']) is int
        feedback.set_tag(name, right)
        print('%s: %s' % (name, 'passed' if right else 'failed'), flush=True)
        passed += right
        if not right and not messages:  # one thing at a time
            messages.append(explain(numbers, expected, answer, status, err))
    grade(passed, messages)


def read(line):
    """The student's process wrote this line: it may be anything."""
    try:
        answer = json.loads(line)
        return answer if isinstance(answer, dict) else {}
    except (ValueError, RecursionError):
        return {}


def explain(numbers, expected, answer, status, err):
    if answer is None:
        why = ENDINGS.get(status.limit, 'Your program ended before it gave an answer.')
        if status.wall_seconds is None:
            why = NOT_RUN
        return why + (rst.get_codeblock('', err[-2000:]) if err.strip() else '')
    shown = repr(numbers) if len(numbers) < 20 else 'the numbers from 0 to 999'
    if 'error' in answer:
        return 'For %s your function stops with an error:' % shown + rst.get_codeblock('', str(answer['error'])[-2000:])
    got = str(answer.get('value'))[:200]
    return 'For %s your function returns' % shown + rst.get_codeblock('', got) + '\nbut %d is right.' % expected


def grade(passed, messages):
    done = passed == len(TESTS)
    feedback.set_grade(100.0 * passed / len(TESTS))
    feedback.set_global_result('success' if done else 'failed')
    feedback.set_global_feedback('%d of %d tests passed.' % (passed, len(TESTS)))
    feedback.set_problem_result('success' if done else 'failed', 'code')
    feedback.set_problem_feedback('\n\n'.join(messages) or 'Well done.', 'code')


main()
