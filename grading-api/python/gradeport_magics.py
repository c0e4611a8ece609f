"""IPython's `!command`, `x = !command`, %env and %cd in a grader's file: by IPython if it is installed, else here."""
import os
import re
import string
import subprocess
import sys

_BANG = re.compile(r'^(\s*)!!?(.+)$')
_ASSIGN = re.compile(r'^(\s*)([A-Za-z_][\w., \[\]\'"]*?)\s*=\s*!(.+)$')
_MAGIC = re.compile(r'^(\s*)%(env|set_env|cd)\b\s*(.*)$')


class Lines(list):
    """The output of a command, line by line; l, n and s are the list, the lines joined by newlines and by spaces."""

    l = property(lambda self: self)  # noqa: E741  (IPython's name)
    n = property('\n'.join)
    s = property(' '.join)


def run_magic(source, path, namespace):
    """Run a file that is not plain Python."""
    try:
        from IPython.core.interactiveshell import InteractiveShell
    except ImportError:
        InteractiveShell = None
    if InteractiveShell is None:
        shell = namespace['__gradeport'] = Shell(namespace)
        namespace['get_ipython'] = lambda: shell
        exec(_compile(source, path), namespace)
        return
    text = source.decode('utf-8', 'replace')
    shell = InteractiveShell.instance(user_ns=namespace)
    shell.system = shell.system_raw
    if not shell.run_cell(text, store_history=False).success:
        sys.exit(1)


class Shell:
    """The calls that replace the lines; get_ipython() returns this, too."""

    def __init__(self, namespace):
        self.user_ns = namespace

    def system(self, command):
        sys.stdout.flush()
        sys.stderr.flush()
        self.user_ns['_exit_code'] = subprocess.call(self._expand(command, sys._getframe(1)), shell=True)

    def getoutput(self, command):
        sys.stdout.flush()
        done = subprocess.run(
            self._expand(command, sys._getframe(1)), shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.user_ns['_exit_code'] = done.returncode
        return Lines(done.stdout.decode('utf-8', 'replace').splitlines())

    def run_line_magic(self, name, rest):
        self._run(name, self._expand(rest, sys._getframe(1)).strip())

    def magic(self, line):
        name, _, rest = line.lstrip('%').partition(' ')
        self._run(name, self._expand(rest, sys._getframe(1)).strip())

    def _run(self, name, rest):
        if name == 'cd':
            os.chdir(os.path.expanduser(rest or '~'))
            return
        if name not in ('env', 'set_env'):
            raise NameError('%%%s: this environment has no IPython; it knows %%cd, %%env and %%set_env' % name)
        key, _, value = rest.partition('=') if '=' in rest else rest.partition(' ')
        if value:
            os.environ[key.strip()] = value.strip()
        else:
            print(os.environ.get(key, dict(os.environ)) if key else dict(os.environ))

    def _expand(self, command, caller):
        """Fill in $name and {expression} from the grader's names at this line; anything else is left for the shell."""
        names = dict(self.user_ns, **caller.f_locals)
        try:
            filled = ''.join(self._fields(command, names))
        except Exception:  # as IPython: a failing expression is left unchanged
            return command
        return re.sub(r'\$(\$|[A-Za-z_]\w*)', lambda found: self._name(found, names), filled)

    @staticmethod
    def _fields(command, names):
        for text, expression, form, conversion in string.Formatter().parse(command):
            yield text
            if expression is not None:
                value = eval(expression, names)
                yield format(repr(value) if conversion == 'r' else value, form or '')

    @staticmethod
    def _name(found, names):
        name = found[1]
        if name == '$':
            return '$'
        return str(names[name]) if name in names else found[0]


def _compile(source, path):
    """Compile, turning into Python every line that the compiler rejects and that is a `!` or `%` line."""
    lines = source.decode('utf-8').splitlines()
    while True:
        try:
            return compile('\n'.join(lines) + '\n', path, 'exec', dont_inherit=True)
        except SyntaxError as error:
            at = (error.lineno or 0) - 1
            line = _as_python(lines[at]) if 0 <= at < len(lines) else None
            if line is None:
                raise
            lines[at] = line


def _as_python(line):
    found = _BANG.match(line)
    if found:
        return '%s__gradeport.system(%r)' % (found[1], found[2])
    found = _ASSIGN.match(line)
    if found:
        return '%s%s = __gradeport.getoutput(%r)' % (found[1], found[2], found[3])
    found = _MAGIC.match(line)
    return found and '%s__gradeport.run_line_magic(%r, %r)' % (found[1], found[2], found[3])
