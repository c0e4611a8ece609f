/** Volumes that an image declares (VOLUME) hold little, and nothing on the disk of the machine, on every way. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { openTestGrader } from '../support/grade.ts';
import { dockerBuild } from '../support/revision-images.ts';
import { hasWay } from '../support/ways-here.ts';

const docker = openClient();
const name = `volumes-${process.pid}`;
const image = `gradeport-test/${name}`;
const folder = mkdtempSync(join(tmpdir(), 'gradeport-volumes-'));

beforeAll(async () => {
  const open = `RUN mkdir -p /data "/srv/new place" && chmod 777 /data "/srv/new place"`;
  const declared = 'VOLUME ["/data", "/srv/new place", "/task/student", "/tmp"]';
  writeFileSync(join(folder, 'Dockerfile'), `FROM gradeport/default\n${open}\n${declared}\n`);
  await dockerBuild(folder, image, name);
});
afterAll(async () => {
  await docker.getImage(image).remove({ force: true });
  rmSync(folder, { recursive: true });
});

const FILL = `
import os
for place in ("/data", "/srv/new place", "/tmp"):
    try:
        with open(place + "/big", "wb", buffering=0) as big:
            for _ in range(40): big.write(bytes(2**20))
    except OSError as error: print(place, error.strerror)
    print(place, os.path.getsize(place + "/big") >> 20, "MiB")
    os.unlink(place + "/big")
    made = 0
    try:
        for made in range(6000): open("%s/%d" % (place, made), "w").close()
    except OSError as error: print(place, error.strerror)
    print(place, "many" if made > 4200 else "few", "files")
`;
const TASK = {
  environment: name,
  files: {
    run: '#!/bin/bash\ncd student; run_student "python3 fill.py"; echo "code $?"\nfeedback-result success\n',
    'student/fill.py': FILL,
  },
  limits: { memory: 256, time: 20, hard_time: 60 },
};
const NO_SPACE = 'No space left on device';
/** gVisor counts no files of a folder in memory; the container's memory bounds them. */
const bounded = (place: string, counts: boolean) => [
  ...[`${place} ${NO_SPACE}`, `${place} 32 MiB`],
  ...(counts ? [`${place} ${NO_SPACE}`, `${place} few files`] : [`${place} many files`]),
];

const STARTED = [
  ['direct', 'crun'],
  ['local', 'runc'],
  ['local', 'runsc'],
  ['portable', 'crun'],
] as const;

test.each(STARTED.filter(([way]) => hasWay(way)))(
  'started on the %s way on %s, a program can fill no more than that',
  async (way, runtime) => {
    const grader = await openTestGrader({ engine: openEngine(way) });
    try {
      const { output, details } = await grader.grade(TASK, { runtime });
      const lines = output.head.trim().split('\n');
      const places = ['/data', '/srv/new place', '/tmp'];
      const expected = places.flatMap((place) => bounded(place, runtime !== 'runsc'));
      expect(lines, details).toEqual([...expected, 'code 0']);
    } finally {
      await grader.close();
    }
  },
);

const LED = {
  environment: name,
  files: {
    run: `#!/bin/bash
echo "what only the grader knows" > /data/expected
echo "what only the grader knows" > "/srv/new place/expected"
run_student "sh -c 'cd /task/student; ln -s /data/expected one; ln -s \\"/srv/new place\\" two; ln -s two/expected three'"
cat student/one student/two/expected student/three
echo planted > student/one; echo planted > student/two/expected
grep -h planted /data/expected "/srv/new place/expected"
feedback-result success
`,
  },
  limits: { memory: 256, time: 20, hard_time: 60 },
};

const LED_ON = [
  ['direct', 'runc'],
  ['local', 'runsc'],
  ['portable', 'runc'],
] as const;

test.each(LED_ON.filter(([way]) => hasWay(way)))(
  'started on the %s way on %s, no link leads the grader to its volumes',
  async (way, runtime) => {
    const grader = await openTestGrader({ engine: openEngine(way) });
    try {
      const { output, details, verdict } = await grader.grade(LED, { runtime });
      expect(verdict, details).toBe('success');
      expect(output.head).not.toContain('only the grader knows');
      expect(output.head).not.toContain('planted');
    } finally {
      await grader.close();
    }
  },
);
