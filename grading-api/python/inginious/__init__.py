"""The name INGInious' API had before 0.6: `inginious.feedback` is `inginious_container_api.feedback`, and so on."""
import sys

from inginious_container_api import feedback, input, lang, rst, run_student, run_types, ssh_student, utils

for _module in (feedback, input, lang, rst, run_student, run_types, ssh_student, utils):
    sys.modules['%s.%s' % (__name__, _module.__name__.rpartition('.')[2])] = _module
