/**
 * Every error that can reach a student, wherever it does: whose fault it is, what it costs (nothing), and what happens
 * next. No path, stack, status or sentence of an engine.
 */
import { join } from 'node:path';
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { explain } from '../../server/adapters/sqlite/errors.ts';
import { outcomeWithoutRun } from '../../server/model/outcome-without-run.ts';
import { ERROR_CODES, GradeportError } from '../../server/rules/errors.ts';
import { machineState } from '../../server/rules/machine-state.ts';
import { afterFailure } from '../../server/worker/after-failure.ts';
import { sharedHouse } from '../support/http/house.ts';

const PLACE = '/var/lib/gradeport/data';
const sqlite = (errcode: number) =>
  explain(Object.assign(new Error('database is locked'), { errcode }), PLACE);
const system = (code: string) =>
  Object.assign(new Error(`${code}: no, open '${join(PLACE, 'runs/1/run')}'`), { code });

/** What goes wrong beneath, as each part says it. */
const FAULTS: [string, unknown][] = [
  ['the database is busy', sqlite(5)],
  ['the disk of the database is full', sqlite(13)],
  ['the database is damaged', sqlite(11)],
  ...['ENOSPC', 'EDQUOT', 'ENOMEM', 'EMFILE', 'ENFILE', 'EIO', 'EROFS', 'EACCES', 'ENOENT'].map(
    (code): [string, unknown] => [`the system says ${code}`, system(code)],
  ),
  ...[
    '(HTTP code 500) server error - mkdir /var/lib/docker/overlay2/ab-init: no space left on device',
    '(HTTP code 404) no such container - No such image: sha256:ab',
    'OCI runtime create failed: runc create failed: unable to start container process: exec: "/opt/x": no such file',
  ].map((said): [string, unknown] => [`the engine says ${said.slice(0, 30)}`, new Error(said)]),
  ...ERROR_CODES.filter((code) => !['usage', 'denied', 'too-large'].includes(code)).map(
    (code): [string, unknown] => [
      `a fault of Gradeport with the code ${code}`,
      new GradeportError(code, `It failed at ${PLACE}/bundles/1.`, { cause: system('EIO') }),
    ],
  ),
  ['something that is no Error', 'odd'],
];

const NOT_FOR_STUDENTS =
  /\/(?:var|tmp|opt|home|data)\b|overlay|HTTP|\b[45]\d\d\b|\bE[A-Z]{3,}\b|sha256|OCI|runc|\bat .+:\d+|undefined|null|\[object/;

/** English that a student understands at once: whole sentences, the subject first, and what is asked for. */
function readsWell(sentence: string): void {
  expect(sentence).not.toMatch(NOT_FOR_STUDENTS);
  expect(sentence).toMatch(/^[A-Z][^.]+\. .*\.$/);
  expect(sentence).toContain('This is not your fault and costs you nothing: ');
  expect(sentence).toMatch(
    /: (?:try again|what was stored is safe, so try again|submit it again|the run (?:waits|is tried))/,
  );
  expect(sentence.length).toBeLessThan(250);
}

const house = await sharedHouse();
const { cookie } = await house.person('eve', 'student');

describe('while a student hands in', () => {
  test.each(FAULTS)('%s', async (_, fault) => {
    house.grading.failure.next = fault as Error;
    const api = await request(house.app)
      .post('/api/courses/c1/tasks/hello/submissions')
      .set('Cookie', cookie)
      .send({ answers: { q1: 'x' } });
    const page = await request(house.app)
      .post('/courses/c1/tasks/hello')
      .set('Cookie', cookie)
      .field('answer.q1', 'x');
    house.grading.failure.next = null;
    expect(api.status).toBeGreaterThanOrEqual(400);
    expect(page.status).toBe(api.status);
    readsWell(api.body.error);
    expect(textOf(page.text)).toContain('This is not your fault and costs you nothing: ');
  });
});

describe('while a run waits, or is given up', () => {
  test.each(FAULTS)('%s', (_, fault) => {
    for (const [alone, failures] of [
      [0, 0],
      [30, 5],
    ] as const) {
      const after = afterFailure({ failures }, fault, { alone, waitedMs: 0 });
      if (after.next === 'try again') readsWell(after.reason);
      else {
        const outcome = outcomeWithoutRun({ kind: 'system-error', reason: after.reason });
        readsWell(outcome.summary);
        expect(outcome.details).toBe(after.reason);
      }
    }
  });
});

test.each(FAULTS)('the reason why all runs wait holds nothing of %s', (_, fault) => {
  expect(machineState(fault) ?? '').not.toMatch(NOT_FOR_STUDENTS);
});

test('an operator reads which folder or address it is', async () => {
  const boss = await house.person('boss', 'teacher', true);
  house.grading.failure.next = new GradeportError('no-space', `The disk that holds ${PLACE} is full.`);
  const { body } = await request(house.app)
    .post('/api/courses/c1/tasks/hello/submissions')
    .set('Cookie', boss.cookie)
    .send({ answers: { q1: 'x' } });
  house.grading.failure.next = null;
  expect(body.error).toContain(PLACE);
});

const textOf = (html: string): string =>
  html
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll(/\s+/g, ' ');
