"""The student's answer on disk, where INGInious' tools and scripts expect it."""
import binascii
import json
import os

FOLDER = '/.__input'


def write_inputs(start):
    """Write every uploaded file and __inputdata.json, readable for all users of the container. May raise OSError."""
    values = dict(start['input'])
    uploads = [key for key in values if key in set(start['files'])]
    for number, key in enumerate(uploads):
        path = '%s/__inputfile_%d' % (FOLDER, number)
        _write(path, binascii.a2b_base64(values[key]['value']))
        values[key] = {'filename': values[key]['filename'], 'value': path}
    shared_kernel = start['sharedKernel']
    data = {
        'type': 'start',
        'input': values,
        'debug': start['debug'],
        'envtypes': {'docker': shared_kernel},
        'run_as_root': start['runAsRoot'],
        'shared_kernel': shared_kernel,
    }
    if start['command'] is not None:
        data['run_cmd'] = ' '.join(start['command'])
    _write(FOLDER + '/__inputdata.json', json.dumps(data).encode())
    if shared_kernel:
        _write(FOLDER + '/__shared_kernel', b'')
    try:
        os.chmod(FOLDER, 0o755)
    except OSError:
        pass  # we may not change it: then the engine decides which users can write here


def _write(path, data):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    with open(fd, 'wb') as file:
        os.fchmod(fd, 0o644)
        file.write(data)
