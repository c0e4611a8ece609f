"""call.py FUNCTION: calls it with each pair of arguments on stdin and prints what it returns, as JSON."""
import importlib
import json
import sys
import traceback

answers = sys.stdout
sys.stdout = sys.stderr
try:
    function = getattr(importlib.import_module(sys.argv[1]), sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(function(*json.loads(line)), default=repr), file=answers, flush=True)
except Exception:
    # Where it happened is enough: the way there goes through Python's own files.
    sys.exit(traceback.format_exc(limit=-1))
