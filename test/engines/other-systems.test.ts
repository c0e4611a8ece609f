/** What a Mac has is enough: grading by an engine that shares nothing with a process from which Linux was taken away. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { openOtherSystem, whyNoOtherSystem } from '../support/other-system.ts';
import { folderOfUser } from '../support/other-user.ts';

if (whyNoOtherSystem !== null) console.warn(`The test of other systems is skipped: ${whyNoOtherSystem}.`);

const BIN = join(PROJECT_FOLDER, 'bin/gradeport.mjs');
const LONG = `a folder with blanks ${'long '.repeat(26)}end`;

test.skipIf(whyNoOtherSystem !== null)(
  'without /proc, cgroups, mounts, root and a shared disk, samples get their verdicts',
  async () => {
    const place = folderOfUser(LONG);
    await using system = await openOtherSystem(['gradeport/default:latest'], place, [PROJECT_FOLDER]);
    const look = await system.run(['sh', '-c', 'ls /proc /sys /run; id -u; mount; docker ps; rm -rf x']);
    expect(look.stdout).not.toMatch(/self|cgroup|docker/);
    expect(look.stderr.match(/[Pp]ermission denied/g), look.stdout + look.stderr).toHaveLength(3);
    const before = readdirSync(place);
    const tested = await system.run([
      process.execPath,
      BIN,
      'task',
      'test',
      join(PROJECT_FOLDER, 'examples/demo/python-sum'),
    ]);
    expect(tested.code, tested.stdout + tested.stderr).toBe(0);
    expect(tested.stdout).toContain('memory-hog: out-of-memory');
    expect(readdirSync(place)).toEqual(before);
  },
  300_000,
);
