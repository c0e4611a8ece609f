/** Whose fault it is when a container is gone: never the student's, unless the program was root in it. */
import { describe, expect, test } from 'vitest';
import type { Placement } from '../../../server/environments/discovery/placement.ts';
import { endOfContainer, goneContainer } from '../../../server/execution/agent/ending-of-container.ts';
import { startStudentRun } from '../../../server/execution/run/student-run.ts';
import { runTrue, studentContext } from '../../support/execution/student.ts';
import { placeOf } from '../../support/stand-ins.ts';

const place = (change: Partial<Placement> = {}): Placement => placeOf('default', change);
const ended = (exitCode: number | null) => ({
  exitCode,
  outOfMemory: false,
  complaint: '',
  spokeNonsense: false,
});

describe('a container that ended before its program', () => {
  test('was lost by the engine when that says nothing, or 255, which is what Docker says then', () => {
    for (const exitCode of [null, 255])
      expect(endOfContainer(ended(exitCode), place(), 'It ended.')).toMatchObject({
        kind: 'system-error',
        engineLost: true,
      });
  });

  test('with another status is our fault, too', () => {
    expect(endOfContainer(ended(137), place(), 'It ended.')).toMatchObject({
      kind: 'system-error',
      engineLost: false,
    });
    expect(goneContainer(place(), 'It ended.')).toMatchObject({ kind: 'system-error' });
  });

  test('is the doing of a program that was root in it, which can choose any status', () => {
    const asRoot = place({ asRoot: true });
    for (const exitCode of [0, 137, 255])
      expect(endOfContainer(ended(exitCode), asRoot, 'It ended.')).toMatchObject({ kind: 'crashed' });
    expect(goneContainer(asRoot, 'It ended.')).toMatchObject({ kind: 'crashed' });
  });
});

test('an engine that is away when run_student is called is our fault, and no word about the answer', async () => {
  const away = place({
    environment: { ...place().environment, available: false, reason: 'does not answer' },
  });
  const context = studentContext(
    () => Promise.reject(new Error('The container engine does not answer.')),
    away,
  );
  const run = startStudentRun(context, runTrue, { output: () => {}, stdinTaken: () => {} });
  expect(await run.end).toMatchObject({ code: 254, ending: { kind: 'system-error' } });
});
