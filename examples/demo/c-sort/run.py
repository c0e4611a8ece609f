"""Compiles and runs the student's C in student containers: a compiler reads hostile text, too."""
import random
import signal

from inginious_container_api import feedback, input, rst, run_student

COMPILE = 'gcc -std=c11 -Wall -Wextra -g -o program main.c answer.c'
LIMITS = {
    'memory': 'needs too much memory.',
    'output': 'prints too much. Does every loop end?',
    'time': 'takes too long. Does every loop end?',
    'hard-time': 'takes too long. Does it wait for more input than there is?',
}
SIGNALS = {
    signal.SIGSEGV: 'touches memory that is not its own (segmentation fault). Look at your indexes.',
    signal.SIGABRT: 'is aborted: the C library found its memory damaged.',
    signal.SIGFPE: 'divides by zero.',
    signal.SIGILL: 'does what C leaves undefined, such as a division by zero.',
}


def tests():
    """Other numbers in every run, so that no table of answers helps."""
    draw = random.SystemRandom()
    return [
        ('three-numbers', [3, 1, 2]),
        ('equal-numbers', [2, 7, 2, 7, 2]),
        ('sorted-already', sorted(draw.sample(range(1000), 10))),
        # Falling, so that half a sort never gets it right by luck: a sample must get the same grade each time.
        ('negative-numbers', [draw.randint(1, 99)] + sorted(draw.sample(range(-50, 0), 8), reverse=True)),
        ('empty-array', []),
        ('thousand-numbers', [draw.randint(-(10**6), 10**6) for _ in range(1000)]),
    ]


def main():
    with open('student/answer.c', 'w', encoding='utf-8') as file:
        file.write(input.get_input('code') + '\n')
    print('Compiling …', flush=True)
    said, status = student(COMPILE, time=10)
    if status != 0:
        conclude(0.0, 'Your code does not compile.' + rst.get_codeblock('', said[-4000:]))
        return
    messages = ['**The compiler warns:**' + rst.get_codeblock('', said[-4000:])] if said.strip() else []
    cases = tests()
    passed = 0
    failures = []
    for name, numbers in cases:
        fault = check(numbers)
        print('%s: %s' % (name, 'sorted' if fault is None else 'not sorted'), flush=True)
        feedback.set_tag(name, fault is None)
        if fault is None:
            passed += 1
        else:
            failures.append(fault)
    messages.append('%d of %d arrays come out sorted.' % (passed, len(cases)))
    conclude(100.0 * passed / len(cases), '\n\n'.join(messages + failures[:1]))


def student(command, stdin='', time=2):
    return run_student.run_student_simple(
        command,
        cmd_input=stdin,
        stdout_err_fuse=True,
        working_dir='/task/student',
        time_limit=time,
        hard_time_limit=2 * time,
    )


def check(numbers):
    """None, or what is wrong."""
    given = ' '.join(map(str, [len(numbers)] + numbers))
    out, status = student('./program', given)
    if status == 0 and out.split() == [str(number) for number in sorted(numbers)]:
        return None
    shown = ' '.join(map(str, numbers)) if 0 < len(numbers) < 20 else '(%d numbers)' % len(numbers)
    about = 'For this array' + rst.get_codeblock('', shown) + '\nyour program '
    if status != 0:
        # The number of a status may be the program's own: its fields say what happened.
        other = 'ends with status %d.' % status
        return about + (LIMITS.get(status.limit) or SIGNALS.get(status.signal) or other)
    return about + 'prints' + rst.get_codeblock('', ' '.join(out.split())[:500] or '(nothing)')


def conclude(grade, message):
    result = 'success' if grade == 100.0 else 'failed'
    feedback.set_grade(grade)
    feedback.set_global_result(result)
    feedback.set_problem_result(result, 'code')
    feedback.set_problem_feedback(message, 'code')


main()
