/** Images built for INGInious: they carry its own commands and package, and some add run types. */

import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';
import { makeTar } from '../support/tar-files.ts';

const docker = openClient();
const NAME = `inginious-like-${process.pid}`;
const IMAGE = `gradeport-test/${NAME}`;
/** Nothing of INGInious': files where it has its own, that would fail every grader that got at them. */
const PACKAGE = '/usr/lib/python3/dist-packages/inginious_container_api';
const DOCKERFILE = `FROM ${process.env['GRADEPORT_TEST_BASE'] ?? 'gradeport/base'}
RUN mkdir ${PACKAGE} && echo 'raise ImportError("the image’s own")' | tee ${PACKAGE}/run_student.py > ${PACKAGE}/feedback.py \\
 && touch ${PACKAGE}/__init__.py \\
 && printf 'run_types = {"py": ["/nowhere"], "sh": ["/nowhere"]}\\nrun_types["awk"] = ["/usr/bin/awk", "-f"]\\n' > ${PACKAGE}/run_types.py \\
 && rm -f /usr/bin/run_student /usr/bin/getinput \\
 && printf '#!/bin/sh\\necho of the image\\nexit 99\\n' > /usr/bin/getinput \\
 && printf '#!/bin/python3\\nimport sys\\nfrom inginious_container_api.run_student import run_student\\nsys.exit(run_student(sys.argv[1], stdout=1))\\n' > /usr/bin/run_student \\
 && chmod 755 /usr/bin/getinput /usr/bin/run_student
LABEL org.inginious.grading.name=${NAME} org.inginious.grading.agent_version=3
CMD ["INGInious"]
`;

let grader: TestGrader;
beforeAll(async () => {
  const context = await makeTar([{ name: 'Dockerfile', content: DOCKERFILE }]);
  const stream = await docker.buildImage(Readable.from(context), { t: IMAGE });
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(stream, (error, lines) => {
      const fault = error ?? lines.find((line: { error?: string }) => line.error);
      if (fault) reject(new Error(JSON.stringify(fault)));
      else resolve();
    }),
  );
  grader = await openTestGrader();
});
afterAll(async () => {
  await docker.getImage(IMAGE).remove();
  await grader.close();
});

const gradeWith = (files: Record<string, string>) =>
  grader.grade({ environment: NAME, files }, { answers: { q1: 'hello' } });

test('Gradeport’s commands and package come first', async () => {
  const run = `#!/bin/bash
getinput q1 | feedback-msg
python3 -c 'from inginious import feedback; feedback.set_global_result("success")'`;
  const outcome = await gradeWith({ run });
  expect(outcome, outcome.output.head).toMatchObject({ result: 'success', report: { text: 'hello' } });
});

test('run_student called by its path speaks to Gradeport, because the package that it finds is ours', async () => {
  const outcome = await gradeWith({
    run: '#!/bin/bash\ncd student; feedback-msg -m "$(/bin/run_student "echo out"; echo $?)"; feedback-result success',
  });
  expect(outcome.report.text, outcome.output.head).toBe('out\n0');
});

test('its run types are looked for after INGInious’ own', async () => {
  const awk = 'BEGIN { system("feedback-result success; feedback-msg -m awk") }';
  expect(await gradeWith({ 'run.awk': awk })).toMatchObject({ result: 'success', report: { text: 'awk' } });
  const both = await gradeWith({ 'run.awk': awk, 'run.sh': 'feedback-result success; feedback-msg -m sh' });
  expect(both.report.text).toBe('sh');
});
