/** An image whose containers say nothing: it costs its own runs their time, and nothing beyond. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { INSTANCE_LABEL } from '../../server/ports/engine/container-labels.ts';
import type { Engine } from '../../server/ports/engine/engine.ts';
import { onStopped, type StoppedAttack } from '../../server/rules/stopped-attacks.ts';
import { askedHere, openTestGrader, type TestGrader } from '../support/grade.ts';
import { dockerBuild, writeFiles } from '../support/revision-images.ts';

const NAME = `silent-${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), 'gradeport-silent-'));
let engine: Engine;
let grader: TestGrader;
beforeAll(async () => {
  const python =
    "RUN printf '#!/bin/sh\\nsleep 1000\\n' > /usr/local/bin/python3 && chmod +x /usr/local/bin/python3";
  writeFiles(folder, { Dockerfile: `FROM gradeport/default\n${python}\n` });
  await dockerBuild(folder, NAME, NAME);
  engine = openEngine(askedHere());
  grader = await openTestGrader({ engine });
});
afterAll(async () => {
  await grader.close();
  await openClient().getImage(NAME).remove({ force: true });
  rmSync(folder, { recursive: true });
});

const left = async () => (await engine.containers.list(INSTANCE_LABEL, grader.instance)).length;

test('a program in it is over with its grader, and the grader keeps its word', async () => {
  const run = `#!/bin/bash\nfeedback-result failed\nrun_student --container ${NAME} true\n`;
  const begun = performance.now();
  const outcome = await grader.grade({ files: { run }, limits: { time: 1, hard_time: 2 } });
  expect(outcome.verdict).toBe('timeout');
  // A silent container is given up after 30 s.
  expect(performance.now() - begun).toBeLessThan(20_000);
  expect(await left()).toBe(0);
});

test('a run in it is stopped at once', async () => {
  const stop = new AbortController();
  const grading = grader.grade(
    { environment: NAME, files: { run: '#!/bin/bash\n' }, limits: { time: 1, hard_time: 2 } },
    {
      signal: stop.signal,
      onEvent: ({ type }) => type === 'starting' && setTimeout(() => stop.abort(), 500),
    },
  );
  const begun = performance.now();
  expect((await grading).verdict).toBe('killed');
  expect(performance.now() - begun).toBeLessThan(20_000);
  expect(await left()).toBe(0);
});

test('a run in it fails once, by the fault of its image', async () => {
  const stopped: StoppedAttack[] = [];
  const forget = onStopped((attack) => stopped.push(attack));
  const grading = grader.grade({ environment: NAME, files: { run: '#!/bin/bash\n' } });
  await expect(grading).rejects.toMatchObject({ code: 'conflict' });
  forget();
  // The operator learns which image it was, and whose run met it.
  expect(stopped).toEqual([
    expect.objectContaining({ kind: 'image', run: expect.any(String), why: expect.stringContaining(NAME) }),
  ]);
});
