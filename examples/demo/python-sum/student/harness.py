"""Calls total() for each list on stdin (one JSON text per line) and prints what comes back, one JSON text per line.

It knows the questions only. What is right stays in the grading container, so printing cannot forge anything.
"""
import json
import sys
import traceback

answers = sys.stdout
sys.stdout = sys.stderr  # what the student's code prints is not an answer

from solution import total  # noqa: E402

for line in sys.stdin:
    try:
        answer = {'value': total(json.loads(line))}
    except Exception:
        answer = {'error': traceback.format_exc(limit=-3)}
    print(json.dumps(answer, default=repr), file=answers, flush=True)
