/**
 * Images built on INGInious' base carry its commands and Python package, which speak to another agent. This is an
 * imitation of such an image: whatever of it runs says so and fails, so a passing grader used ours alone.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestGrader, type TestGrader } from '../support/grade.ts';
import { onceInCi } from '../support/runtimes-here.ts';

const NAME = `foreign-${process.pid}`;
const TAG = `gradeport-test/${NAME}`;
const COMMANDS = [
  'getinput',
  'run_student',
  'feedback-result',
  'feedback-msg',
  'feedback-grade',
  'INGInious',
];

/** An image that was not made for us: without the links to our commands, and without the label that says they are there. */
const BARE = `FROM gradeport/base
RUN find /bin/ /usr/local/bin -lname '/opt/gradeport/*' -delete
LABEL org.gradeport.commands=""
`;
const PLAIN = `FROM ${TAG}-bare\nLABEL org.gradeport.grading.name=${NAME}-plain\n`;
const DOCKERFILE = `FROM ${TAG}-bare
COPY theirs /tmp/theirs
RUN for command in ${COMMANDS.join(' ')}; do for folder in /bin /usr/local/bin; do \\
      cp /tmp/theirs "$folder/$command" && chmod 755 "$folder/$command"; done; done \\
 && for package in inginious inginious_container_api; do \\
      mkdir -p "/usr/lib/python3/dist-packages/$package" \\
      && echo "raise SystemExit('their Python package ran')" > "/usr/lib/python3/dist-packages/$package/__init__.py"; done
LABEL org.inginious.grading.name=${NAME} org.inginious.grading.agent_version=3
CMD ["INGInious"]
`;
const THEIRS = '#!/bin/sh\necho "their $0 ran, and nobody answers on its socket" >&2\nexit 97\n';

function build(tag: string, files: Record<string, string>): void {
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-foreign-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const env = { ...process.env, DOCKER_BUILDKIT: '0' };
    execFileSync('docker', ['build', '-q', '-t', tag, folder], { env, stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

let grader: TestGrader;
beforeAll(async () => {
  build(`${TAG}-bare`, { Dockerfile: BARE });
  build(`${TAG}-plain`, { Dockerfile: PLAIN });
  build(TAG, { Dockerfile: DOCKERFILE, theirs: THEIRS });
  grader = await openTestGrader();
});
afterAll(async () => {
  await grader.close();
  execFileSync('docker', ['rmi', TAG, `${TAG}-plain`, `${TAG}-bare`]);
});

const script = (prefix: string) => `#!/bin/bash
answer=$(${prefix}getinput q1) || exit 1
printed=$(${prefix}run_student "echo $answer")
${prefix}feedback-grade 75.0
${prefix}feedback-msg -m "printed $printed"
${prefix}feedback-result success
`;

describe.each(onceInCi('crun', 'runc', 'runsc'))(
  "in an image with INGInious' own commands, on %s,",
  (runtime) => {
    test.each([
      ['by their names', ''],
      ['as /bin/…', '/bin/'],
      ['as /usr/bin/…', '/usr/bin/'],
      ['as /usr/local/bin/…', '/usr/local/bin/'],
    ])('a grader that calls the commands %s gets ours', async (_, prefix) => {
      const outcome = await grader.grade(
        { environment: NAME, files: { run: script(prefix) } },
        { answers: { q1: 'hello' }, runtime },
      );
      expect(outcome, outcome.details).toMatchObject({
        verdict: 'success',
        grade: 75,
        report: { text: 'printed hello' },
      });
    });
  },
);

test.each(['inginious', 'inginious_container_api'])(
  'a Python grader that imports %s gets ours',
  async (name) => {
    const run = `#!/bin/python3
from ${name} import feedback, input
feedback.set_global_feedback('got ' + input.get_input('q1'))
feedback.set_global_result('success')
`;
    const outcome = await grader.grade({ environment: NAME, files: { run } }, { answers: { q1: 'hello' } });
    expect(outcome, outcome.details).toMatchObject({ verdict: 'success', report: { text: 'got hello' } });
  },
);

test.each([
  ['built on our base, which links them', 'default'],
  ['of any other kind, where they are mounted', `${NAME}-plain`],
])('in an image %s, ours are still there by path', async (_, environment) => {
  const outcome = await grader.grade(
    { environment, files: { run: script('/bin/') } },
    { answers: { q1: 'hello' }, runtime: 'crun' },
  );
  expect(outcome, outcome.details).toMatchObject({ verdict: 'success', report: { text: 'printed hello' } });
});
