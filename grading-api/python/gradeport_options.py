"""Command lines of the grader's commands, read as INGInious' were (argparse), without its 7 ms start."""
import re
import sys

_NUMBER = re.compile(r'-\d+$|-\d*\.\d+$')


class _Usage(Exception):
    pass


def parse(usage, flags='', values='', least=0, most=0, to_the_end=False, argv=None):
    """Return (options, words) of the command line; a wrong one ends the process with status 2 and the usage.

    flags and values: names such as "a/append i/id"; a value option takes the next word.  options maps the long
    names to True or to the value; a missing flag is False, a missing value None.
    least, most: how many words are allowed (most=None: any).  to_the_end: from the first word on everything is a word.
    """
    line = _Line(flags.split(), values.split(), to_the_end)
    try:
        line.read(list(sys.argv[1:] if argv is None else argv))
        if len(line.words) < least:
            raise _Usage('something is missing')
        if most is not None and len(line.words) > most:
            raise _Usage('unrecognized arguments: %s' % ' '.join(line.words[most:]))
    except _Usage as error:
        if str(error) == 'help':
            print('usage: ' + usage)
            sys.exit(0)
        sys.stderr.write('usage: %s\n%s: error: %s\n' % (usage, usage.split()[0], error))
        sys.exit(2)
    return line.options, line.words


def numbers(command, options, *names):
    """Return the values of these options as numbers, 0 for missing ones; ends the process if one is not a number."""
    try:
        return [float(options[name] or 0) for name in names]
    except ValueError as error:
        sys.stderr.write('%s: error: %s\n' % (command, error))
        sys.exit(2)


def or_refused(command, change, *arguments):
    """Change the feedback; a value that no report can hold ends the process with status 2 and a sentence."""
    try:
        change(*arguments)
    except ValueError as error:
        sys.stderr.write('%s: %s\n' % (command, error))
        sys.exit(2)


class _Line:
    def __init__(self, flags, values, to_the_end):
        self._long, self._short, self._takes = {}, {}, set()
        self.options, self.words = {}, []
        self._to_the_end = to_the_end
        for name in flags + values:
            short, _, long = name.rpartition('/')
            self._long[long] = long
            if short:
                self._short[short] = long
            if name in values:
                self._takes.add(long)
            self.options[long] = None if name in values else False

    def read(self, arguments):
        while arguments:
            argument = arguments.pop(0)
            if argument == '--':
                self.words += arguments
                return
            if self._is_word(argument):
                self.words.append(argument)
                if self._to_the_end:
                    self.words += arguments
                    return
            elif argument.startswith('--'):
                self._read_long(argument, arguments)
            else:
                self._read_short(argument[1:], arguments)

    def _is_word(self, argument):
        if not argument.startswith('-') or argument == '-' or _NUMBER.match(argument):
            return True
        return ' ' in argument and argument[1] not in self._short and not argument.startswith('--')

    def _read_long(self, argument, arguments):
        given, equals, value = argument[2:].partition('=')
        fits = [name for name in self._long if name.startswith(given)]
        if given == 'help':
            raise _Usage('help')
        name = given if given in self._long else fits[0] if len(fits) == 1 else None
        if name is None or (equals and name not in self._takes):
            raise _Usage('unrecognized arguments: ' + argument)
        if equals:
            self.options[name] = value
        else:
            self._set(name, arguments)

    def _read_short(self, letters, arguments):
        while letters:
            letter, letters = letters[0], letters[1:]
            name = self._short.get(letter)
            if name is None:
                raise _Usage('help' if letter == 'h' else 'unrecognized arguments: -' + letter)
            if name in self._takes and letters:
                self.options[name] = letters[1:] if letters[0] == '=' else letters
                return
            self._set(name, arguments)

    def _set(self, name, arguments):
        if name not in self._takes:
            self.options[name] = True
        elif arguments:
            self.options[name] = arguments.pop(0)
        else:
            raise _Usage('option --%s needs a value' % name)
