/**
 * Gradeport for a user who may reach the engine, and nothing else: on the portable way, with folders of their own, whose
 * paths are long and have blanks.
 */
import { chmodSync, chownSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { asUser, folderOfUser, saidBy, userId } from '../support/other-user.ts';
import { cli } from '../support/processes.ts';

const SOCKET = '/var/run/docker.sock';
const BIN = join(PROJECT_FOLDER, 'bin/gradeport.mjs');
const PYTHON_SUM = join(PROJECT_FOLDER, 'examples/demo/python-sum');
/** Longer than 150 characters, and with what shells and mounts stumble over. */
const LONG = `a folder's name, with "quotes" & blanks ${'long '.repeat(24)}end`;

/** Commands of the user, whose temporary folder is `place`. */
const commandsIn = (place: string) => (args: string[]) =>
  saidBy(
    asUser([process.execPath, BIN, ...args], {
      env: { HOME: place, TMPDIR: place, GRADEPORT_DATA: join(place, 'data'), GRADEPORT_TEST_FIRST: 'no' },
      socket: SOCKET,
    }),
  );

describe('without root', () => {
  test('samples get their verdicts, and nothing is left in a temporary folder with a long path', async () => {
    const place = folderOfUser(LONG);
    expect(place.length).toBeGreaterThan(150);
    const { code, stdout, stderr } = await commandsIn(place)(['task', 'test', PYTHON_SUM, '--json']);
    expect(code, stderr + stdout).toBe(0);
    const verdicts = z.array(z.object({ sample: z.string(), verdict: z.string() })).parse(JSON.parse(stdout));
    // What the kernel and the engine have to hold, not only the grader.
    expect(Object.fromEntries(verdicts.map(({ sample, verdict }) => [sample, verdict]))).toMatchObject({
      right: 'success',
      'memory-hog': 'out-of-memory',
      'endless-loop': 'timeout',
    });
    expect(readdirSync(place)).toEqual([]);
  });

  test('what a run leaves is kept for the user', async () => {
    const place = folderOfUser(LONG);
    const kept = join(place, 'kept');
    const answer = 'code=def total(numbers):\n    return sum(numbers)\n';
    const { stderr } = await commandsIn(place)(['grade', PYTHON_SUM, '--answer', answer, '--keep', kept]);
    expect(readdirSync(kept).sort(), stderr).toEqual(['student', 'task']);
    expect(existsSync(join(kept, 'task/run.py'))).toBe(true);
    expect(statSync(join(kept, 'task/run.py')).uid).toBe(userId());
  });

  test('the doctor finds the machine fit, and says which way grades', async () => {
    const { stdout, stderr } = await commandsIn(folderOfUser(LONG))(['doctor', '--json']);
    const checks = z
      .array(z.object({ check: z.string(), state: z.string(), sentence: z.string() }))
      .parse(JSON.parse(stdout));
    const failed = checks
      .filter(({ state }) => state === 'fail')
      .map(({ check, sentence }) => [check, sentence]);
    // Another server may have the port meanwhile.
    expect(
      failed.filter(([check]) => check !== 'port'),
      stderr,
    ).toEqual([]);
    expect(checks.some(({ sentence }) => /portable/.test(sentence))).toBe(true);
  });
});

test.skipIf(process.getuid?.() !== 0)('root and a user grade at once in one temporary folder', async () => {
  const place = folderOfUser('shared');
  // As the temporary folder of a machine is: root's, and sticky.
  chownSync(place, 0, 0);
  chmodSync(place, 0o1777);
  const [root, user] = await Promise.all([
    cli(['task', 'test', PYTHON_SUM], { env: { TMPDIR: place } }),
    commandsIn(place)(['task', 'test', PYTHON_SUM]),
  ]);
  for (const { code, stderr } of [root, user]) expect(code, stderr).toBe(0);
  expect(readdirSync(place)).toEqual([]);
});
