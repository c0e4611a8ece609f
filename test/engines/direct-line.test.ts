/** The socket between worker and agent: used where the kernel is shared, closed to what runs in the container. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { DIRECT_LINE } from '../../grading-api/paths.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import type { ContainerSpec, Containers } from '../../server/ports/engine/containers.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

/** What went through the engine's own streams, in bytes, by runtime. */
const throughEngine = new Map<string, number>();
const engine = openEngine();
const containers: Containers = {
  ...engine.containers,
  start(spec, output) {
    const stdout = (bytes: Buffer) => {
      throughEngine.set(spec.runtime, (throughEngine.get(spec.runtime) ?? 0) + bytes.length);
      output.stdout(bytes);
    };
    specs.push(spec);
    return engine.containers.start(spec, { ...output, stdout });
  },
};
const specs: ContainerSpec[] = [];
let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader({ engine: { ...engine, containers } });
});
afterAll(() => grader.close());

const PYTHON = `#!/usr/bin/env python3
from inginious_container_api import feedback, run_student
out, code = run_student.run_student_simple('cat', cmd_input='x' * 700_000, stdout_err_fuse=True)
feedback.set_global_result('success' if (len(out), code) == (700_000, 0) else 'failed')
`;

test.each([
  ['crun', true],
  ['runc', true],
  ['runsc', false],
])('on %s every word goes by it: %s', async (runtime, direct) => {
  throughEngine.clear();
  const { verdict } = await grader.grade({ files: { run: PYTHON } }, { runtime });
  expect(verdict).toBe('success');
  expect((throughEngine.get(runtime) ?? 0) === 0).toBe(direct);
});

test.each(['crun', 'runc'])('on %s neither student nor grader can speak into it', async (runtime) => {
  const connect = `import socket
try:
    socket.socket(socket.AF_UNIX).connect('${DIRECT_LINE}')
    print('connected', flush=True)
except OSError as error:
    print(type(error).__name__, flush=True)
`;
  const run =
    '#!/bin/bash\ncd student\npython3 connect.py\nrun_student python3 connect.py\nfeedback-result success\n';
  const { output, verdict } = await grader.grade(
    { files: { run, 'student/connect.py': connect } },
    { runtime },
  );
  expect(output.head).toBe('PermissionError\nPermissionError\n');
  expect(verdict).toBe('success');
});

test('where the path is too long for a socket, the engine carries the words', async () => {
  throughEngine.clear();
  const deep = join(grader.runsFolder, 'x'.repeat(100));
  mkdirSync(deep, { recursive: true });
  const far = await openTestGrader({ engine: { ...engine, containers }, runsFolder: deep });
  onTestFinished(far.close);
  expect((await far.grade({ files: { run: PYTHON } }, { runtime: 'crun' })).verdict).toBe('success');
  expect(throughEngine.get('crun')).toBeGreaterThan(0);
  expect(specs.at(-1)?.policy.mounts.some(({ target }) => target === DIRECT_LINE)).toBe(false);
});
