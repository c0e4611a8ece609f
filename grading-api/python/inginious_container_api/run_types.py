"""How a grader named run.<extension> is run: the words put before its path, in the order they are looked for."""
import os

COMMANDS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), 'commands')

run_types = {
    'py': [os.path.join(COMMANDS, 'inginious-ipython')],
    'py3': [os.path.join(COMMANDS, 'inginious-ipython')],
    'sh': ['/bin/bash'],
}
