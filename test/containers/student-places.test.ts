/** Where a student's program can write: the places that toolchains take for granted, and what is said when one is full. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader();
});
afterAll(() => grader.close());

const PLACES = [
  ...['TMPDIR', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'CARGO_HOME'],
  ...['DOTNET_CLI_HOME', 'GOCACHE', 'GOPATH', 'GRADLE_USER_HOME', 'IPYTHONDIR', 'NPM_CONFIG_CACHE'],
  'NUMBA_CACHE_DIR',
];
const bash = (script: string) => `#!/bin/bash\n${script}\nfeedback-result success\n`;
const FILL: Record<string, string> = {
  '/tmp': 'head -c 64M /dev/zero > /tmp/all; exit 3',
  '/dev/shm': 'head -c 64M /dev/zero > /dev/shm/all; exit 3',
};

/** gVisor counts no files. */
const FOLDERS = { '/tmp, with folders': 'mkdir /tmp/{1..5000} 2>/dev/null; exit 3' };

describe.each(['crun', 'runsc'])('on %s', (runtime) => {
  const printed = async (run: string, student: Record<string, string> = {}) => {
    const files = Object.fromEntries(
      Object.entries(student).map(([name, text]) => [`student/${name}`, text]),
    );
    const { output } = await grader.grade({ files: { ...files, run: bash(run) } }, { runtime });
    return output.head;
  };

  test('each place that a toolchain writes to can be written', async () => {
    const look = `for name in ${PLACES.join(' ')}; do mkdir -p "\${!name}" && touch "\${!name}/x" && echo $name; done\n`;
    const said = await printed('cd student; run_student "bash look.sh"', { 'look.sh': look });
    expect(said.trim().split('\n')).toEqual(PLACES);
  });

  test.each(Object.entries(runtime === 'crun' ? { ...FILL, ...FOLDERS } : FILL))(
    'a program that fails after %s was full is followed by a sentence',
    async (_, fill) => {
      const said = await printed('cd student; run_student "bash fill.sh" 2>&1 | tail -n 1', {
        'fill.sh': fill,
      });
      expect(said).toMatch(
        /^Gradeport: \/(tmp|dev\/shm) \(\d+ (MiB|files)\) had no room left while the program ran\.\n$/,
      );
    },
  );
});

test('a grader that fails with a full /tmp is followed by the sentence, and a program that ends well by none', async () => {
  const fill = 'head -c 64M /dev/zero > /tmp/all 2>/dev/null';
  const { output } = await grader.grade({ files: { run: `#!/bin/bash\n${fill}; exit 3\n` } });
  expect(output.head).toBe('Gradeport: /tmp (32 MiB) had no room left while the program ran.\n');
  const well = await grader.grade({ files: { run: bash(`${fill}; rm /tmp/all; true`) } });
  expect(well.output.head).toBe('');
});

describe.each(['runc', 'crun', 'runsc'])('/tmp on %s', (runtime) => {
  test('is as large as the task says', async () => {
    const fill = 'head -c 40M /dev/zero > /tmp/all 2>/dev/null && echo fits || echo full; rm /tmp/all';
    const run = bash(`${fill}\ncd student; run_student "bash -c '${fill}'" 2>/dev/null`);
    const seen = async (limits: Record<string, number>) =>
      (await grader.grade({ files: { run }, limits }, { runtime })).output.head;
    expect(await seen({ tmp: 64 })).toBe('fits\nfits\n');
    expect(await seen({})).toBe('full\nfull\n');
  });

  test('is a place where programs can be started', async () => {
    const start = `printf '#!/bin/sh\\necho started\\n' > /tmp/x; chmod +x /tmp/x; /tmp/x`;
    const run = bash(`${start}\ncd student; run_student "bash start.sh"`);
    const { output } = await grader.grade({ files: { run, 'student/start.sh': start } }, { runtime });
    expect(output.head).toBe('started\nstarted\n');
  });
});
