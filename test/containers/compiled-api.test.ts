/** An image whose own python3 does harm instead of compiling our code, on every runtime and both ways of sharing files. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { installationOf } from '../../server/config/config.ts';
import { createCompiledApi } from '../../server/execution/slots/compiled-api.ts';
import { dockerBuild } from '../support/revision-images.ts';
import { environmentNamed, placeOf } from '../support/stand-ins.ts';

const NAME = `compiles-${process.pid}`;
const IMAGE = `gradeport-test/${NAME}`;
const docker = openClient();
const folder = mkdtempSync(join(tmpdir(), 'gradeport-hostile-'));
let digest = '';

/** Fills what it can write to, marks a shell to run as root, makes a deep tree, and says that all went well. */
const PYTHON = `#!/bin/sh
for place in /opt/gradeport-compiled /opt/gradeport /task /var/tmp /; do
  head -c 300000000 /dev/zero > $place/big
  cp /bin/sh $place/shell && chmod 6755 $place/shell
  cd $place && name=$(printf 'd%.0s' $(seq 200)) && for _ in $(seq 300); do mkdir $name && cd -P $name || break; done
done 2>/dev/null
exit 0
`;

beforeAll(async () => {
  writeFileSync(join(folder, 'python3'), PYTHON, { mode: 0o755 });
  writeFileSync(join(folder, 'Dockerfile'), 'FROM gradeport/default\nCOPY python3 /usr/local/bin/python3\n');
  await dockerBuild(folder, IMAGE, NAME);
  digest = (await docker.getImage(IMAGE).inspect()).Id;
});
afterAll(async () => {
  await docker.getImage(IMAGE).remove({ force: true });
  rmSync(folder, { recursive: true });
});

const traits = { root: false, gpu: false };

describe.each(['auto', 'engine', 'portable'] as const)('by the way "%s"', (way) => {
  test.each(['runc', 'crun', 'runsc'])('nothing of it arrives on this machine, on %s', async (runtime) => {
    const engine = openEngine(way);
    const place = mkdtempSync(join(folder, 'compiled-'));
    const volumes = async () =>
      (await docker.listVolumes()).Volumes.filter(({ Name }) => /-compiled-/.test(Name)).length;
    const before = await volumes();
    const api = createCompiledApi(
      { containers: engine.containers, installation: installationOf(NAME), log: pino({ level: 'silent' }) },
      place,
    );
    try {
      const environment = environmentNamed(NAME, { digest });
      await api.prepare(
        placeOf(NAME, { environment, runtime, traits: { ...traits, sharedKernel: runtime !== 'runsc' } }),
      );
      expect(api.sourceOf(digest)).toBeNull();
      expect(readdirSync(place)).toEqual([]);
      expect(await volumes()).toBe(before);
    } finally {
      await api.close();
      await engine.close();
    }
  });
});
