"""The environment variables of programs."""
import os

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PYTHON = HOME + '/python'
DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
# In a student container HOME cannot be written, so what toolchains keep there has another place, gone with the container.
KEPT = '/tmp/home'
PLACES = {
    'TMPDIR': '/tmp',
    'XDG_CACHE_HOME': KEPT + '/.cache',
    'XDG_CONFIG_HOME': KEPT + '/.config',
    'XDG_DATA_HOME': KEPT + '/.local/share',
    'XDG_STATE_HOME': KEPT + '/.local/state',
    'CARGO_HOME': KEPT + '/.cargo',
    'DOTNET_CLI_HOME': KEPT,
    'GOCACHE': KEPT + '/.cache/go-build',
    'GOPATH': KEPT + '/go',
    'GRADLE_USER_HOME': KEPT + '/.gradle',
    'IPYTHONDIR': KEPT + '/.ipython',
    'MAVEN_OPTS': '-Duser.home=' + KEPT,  # Java takes a home from the list of users
    'NPM_CONFIG_CACHE': KEPT + '/.npm',
    'NUMBA_CACHE_DIR': KEPT + '/.cache/numba',
}
# The folders of a run belong to others than its user, which git takes for an attack.
GIT = {'GIT_CONFIG_COUNT': '1', 'GIT_CONFIG_KEY_0': 'safe.directory', 'GIT_CONFIG_VALUE_0': '*'}


def base_environment():
    """The image's environment as INGInious' programs expect it: HOME is /task, and a UTF-8 locale."""
    environment = dict(os.environ, HOME='/task')
    environment.setdefault('PATH', DEFAULT_PATH)
    if not environment.get('LANG') and not environment.get('LC_ALL'):
        environment['LANG'] = 'C.UTF-8'
    if 'GIT_CONFIG_COUNT' not in environment:
        environment.update(GIT)
    return environment


def grader_environment():
    """The commands and the Python packages of the grading API come before the image's own."""
    environment = base_environment()
    environment.setdefault('PYTHONUNBUFFERED', '1')  # shows a grader's output while it works
    environment['PATH'] = HOME + '/commands:' + environment['PATH']
    environment['PYTHONPATH'] = ':'.join(filter(None, [PYTHON, environment.get('PYTHONPATH')]))
    return environment


def student_environment():
    """INGInious' images have its Python packages in every container, and tests that run as student import them."""
    environment = dict(PLACES, **base_environment())
    environment['PYTHONPATH'] = ':'.join(filter(None, [environment.get('PYTHONPATH'), PYTHON]))
    return environment
