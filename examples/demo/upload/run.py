"""Checks an uploaded table. It is only data: nothing of it is run, so no student container is needed."""
import csv
import io
import math

from inginious_container_api import feedback, input, rst


def main():
    name = input.get_input('table:filename')
    try:
        text = input.get_input('table').decode('utf-8-sig')
    except UnicodeDecodeError:
        conclude(0, ['The file is not text in UTF-8.'])
        return
    try:
        rows = [row for row in csv.reader(io.StringIO(text)) if row]
    except csv.Error as error:
        conclude(0, ['The file is not CSV: %s.' % error])
        return
    checks = [('columns', columns(rows)), ('days', days(rows[1:])), ('numbers', numbers(rows[1:]))]
    for test, fault in checks:
        feedback.set_tag(test, fault is None)
    faults = [fault for _, fault in checks if fault is not None]
    passed = len(checks) - len(faults)
    # A name is text of the student's: in a code block it stays text.
    conclude(passed / len(checks), ['I read this file:' + rst.get_codeblock('', name)] + faults)


def columns(rows):
    if rows and [cell.strip() for cell in rows[0]] == ['day', 'celsius']:
        return None
    return 'The first line should be ``day,celsius``.'


def days(rows):
    if sorted(row[0].strip() for row in rows) == [str(day) for day in range(1, 8)]:
        return None
    return 'Each day from 1 to 7 should be there once.'


def numbers(rows):
    wrong = [row for row in rows if len(row) != 2 or not is_number(row[1])]
    if rows and not wrong:
        return None
    line = ','.join(wrong[0])[:200] if wrong else '(no lines)'
    return 'Each line should be a day, a comma and a number. This one is not:' + rst.get_codeblock('', line)


def is_number(cell):
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def conclude(share, messages):
    result = 'success' if share == 1 else 'failed'
    feedback.set_grade(100.0 * share)
    feedback.set_global_result(result)
    feedback.set_problem_result(result, 'table')
    feedback.set_problem_feedback('\n\n'.join(messages), 'table')


main()
