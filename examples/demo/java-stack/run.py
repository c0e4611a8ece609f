"""
JUnit here, the student's class in a student container, and a pipe each way between them.

Were test and class compiled into one program, the class could do to the test what it likes: end it with status 0,
print what success looks like, or replace JUnit's listeners. Here it can only answer calls.
"""
import os
import subprocess
import threading

from inginious_container_api import feedback, input, rst, run_student

JUNIT = '/usr/share/java/junit4.jar:/usr/share/java/hamcrest.jar'
# Small programs: the quick compiler and one collector start fastest.
JAVA = ['java', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']
RESULTS = '/task/results'
ENDINGS = {
    'memory': 'Your program needed too much memory.',
    'time': 'Your program took too long: does a loop never end?',
    'hard-time': 'Your program took too long: does a loop never end?',
}
NOT_RUN = 'Your program could not be run: please tell your teacher.'


def main():
    with open('student/IntStack.java', 'w', encoding='utf-8') as file:
        file.write(input.get_input('code'))
    said, status = run_student.run_student_simple(
        'javac -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -encoding UTF-8 -d classes IntStack.java Driver.java',
        stdout_err_fuse=True,
        working_dir='/task/student',
        time_limit=15,
    )
    if status != 0:
        conclude([], 'Your class does not compile.' + rst.get_codeblock('', said[-4000:]))
        return
    os.makedirs('tests/classes', exist_ok=True)
    sources = ['tests/RemoteStack.java', 'tests/StackTest.java', 'tests/Grade.java']
    subprocess.run(['javac', '-J-XX:TieredStopAtLevel=1', '-cp', JUNIT, '-d', 'tests/classes'] + sources, check=True)
    status = play()
    results = read_results()
    conclude(results, NOT_RUN if status is None or status.wall_seconds is None else ENDINGS.get(status.limit, ''))


def play():
    """Lets the tests and the student's program talk to each other; returns how the latter ended."""
    calls_out, calls_in = os.pipe()
    answers_out, answers_in = os.pipe()
    ended = []

    def student():
        command = ' '.join(JAVA + ['-cp', 'classes', 'Driver'])
        try:
            ended.append(
                run_student.run_student(
                    command,
                    stdin=calls_out,
                    stdout=answers_in,
                    working_dir='/task/student',
                    time_limit=5,
                    hard_time_limit=30,
                )
            )
        finally:
            # The one that still waits for the other must see that it has gone.
            os.close(calls_out)
            os.close(answers_in)

    thread = threading.Thread(target=student)
    thread.start()
    tests = JAVA + ['-cp', 'tests/classes:' + JUNIT, 'Grade', RESULTS]
    subprocess.run(tests, stdin=answers_out, stdout=calls_in, check=False)
    os.close(calls_in)
    os.close(answers_out)
    thread.join()
    return ended[0] if ended else None


def read_results():
    """[(test, why it failed or '')]"""
    try:
        with open(RESULTS, encoding='utf-8') as file:
            return [tuple(line.rstrip('\n').split('\t', 1)) for line in file]
    except OSError:
        return []


def conclude(results, message):
    for test, fault in results:
        feedback.set_tag(test, fault == '')
    passed = sum(fault == '' for _, fault in results)
    result = 'success' if results and passed == len(results) else 'failed'
    faults = ['%s:' % test + rst.get_codeblock('', fault) for test, fault in results if fault]
    feedback.set_grade(100.0 * passed / len(results) if results else 0.0)
    feedback.set_global_result(result)
    feedback.set_problem_result(result, 'code')
    # The first fault is the one to mend first.
    feedback.set_problem_feedback('\n\n'.join([message] * (message != '') + faults[:1]) or 'All tests passed.', 'code')


main()
