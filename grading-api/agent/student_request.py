"""The requests that a grader may send to run_student, checked so that no grader can end the worker's connection."""
MAX_COMMAND = 128 * 1024
MAX_LIMIT = 10**9
LIMITS = ('time', 'hardTime', 'memory')
FLAGS = ('shareNetwork', 'runAsRoot', 'mergeStderr')


def run_student(message, channel):
    """Return the run-student message for the worker; raises ValueError with what is wrong."""
    request = {
        'type': 'run-student',
        'channel': channel,
        'command': _text(message, 'command', MAX_COMMAND),
        'environment': None if message.get('environment') is None else _text(message, 'environment', 200),
        'workingDir': _text(message, 'workingDir', 4096),
        'teardown': _text(message, 'teardown', MAX_COMMAND),
    }
    for name in LIMITS:
        request[name] = _limit(message, name)
    for name in FLAGS:
        request[name] = message.get(name) is True
    if message.get('terminal') is True:
        request['terminal'] = True
    return request


def signal_number(message):
    """Return the number of a signal message; raises ValueError."""
    number = message.get('signal')
    if type(number) is not int or not 1 <= number <= 64:
        raise ValueError('no signal')
    return number


def output_taken(message, channel):
    """Return the output-taken message for the worker; raises ValueError."""
    stream, count = message.get('stream'), message.get('bytes')
    if stream not in (1, 2) or type(count) is not int or not 1 <= count <= 2**31:
        raise ValueError('no count of output')
    return {'type': 'output-taken', 'channel': channel, 'stream': int(stream), 'bytes': count}


def _text(message, name, limit):
    text = message.get(name, '')
    if not isinstance(text, str):
        raise ValueError('%s is not a text' % name)
    if len(text.encode('utf-16-le', 'replace')) // 2 > limit:  # JavaScript counts UTF-16 units
        raise ValueError('%s is longer than %d characters' % (name, limit))
    return text


def _limit(message, name):
    number = message.get(name, 0)
    if type(number) not in (int, float) or not 0 <= number <= MAX_LIMIT:  # NaN is not between anything
        raise ValueError('%s is not a limit' % name)
    return number
