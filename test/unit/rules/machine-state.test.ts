/** Which faults concern the whole machine, from whatever source. */
import { expect, test } from 'vitest';
import { GradeportError } from '../../../server/rules/errors.ts';
import { machineState } from '../../../server/rules/machine-state.ts';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

test.each([
  ['the disk of the engine', new Error('(HTTP code 500) - mkdir /x/overlay2/y: no space left on device')],
  ['inodes, or a quota', withCode('EDQUOT')],
  ['memory', new Error('OCI runtime create failed: runc: fork/exec: cannot allocate memory')],
  [
    'memory, in the words of runc',
    new Error(
      '(HTTP code 500) server error - OCI runtime create failed: container init was OOM-killed (memory limit too low?): unknown',
    ),
  ],
  ['open files', withCode('ENFILE')],
  ['processes', withCode('EAGAIN')],
  ['images that the engine has lost', new Error('(HTTP code 500) - layer sha256:ab does not exist')],
  [
    'a layer that is gone where Gradeport mounts them itself',
    new GradeportError(
      'internal',
      'x did not get ready: mount: /run/1: special device overlay does not exist.',
    ),
  ],
  [
    'one that came up while another was handled',
    new SuppressedError(withCode('EMFILE'), new Error('the run failed')),
  ],
  ['one that was hidden by such an error', new SuppressedError(new Error('x'), withCode('EMFILE'))],
  ['one of several addresses', new AggregateError([withCode('ECONNREFUSED'), withCode('EMFILE')])],
  ['a thread that does not start', new Error('Worker initialization failure: EMFILE')],
  ['a cause', new Error('could not start', { cause: withCode('ENOSPC') })],
  ['our own sentence about it', new GradeportError('no-space', 'The disk that holds /data is full.')],
])('%s', (_, error) => {
  expect(machineState(error)).toMatch(/^[A-Z][^/]*\.$/);
});

test.each([
  ['an image without Python', new GradeportError('conflict', 'x', { cause: withCode('ENOSPC') })],
  ['an engine that is away', new GradeportError('unreachable', 'x')],
  ['an error of the engine about one container', new Error('(HTTP code 409) - conflict')],
  ['what is no error', 'no space left on device'],
])('%s is none of them', (_, error) => {
  expect(machineState(error)).toBeNull();
});
