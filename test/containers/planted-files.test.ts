/**
 * The marks of a mount (nosuid, nodev) are one bar of two before what root planted in a student's folder. The engine loses
 * them where crun mounts for it: there the other one must hold alone (no_new_privs, the list of devices).
 */
import type Docker from 'dockerode';
import { expect, onTestFinished, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import type { ContainerSpec } from '../../server/ports/engine/containers.ts';
import type { Engine } from '../../server/ports/engine/engine.ts';
import { openTestGrader } from '../support/grade.ts';

const FOLDER = '/task/student';

/** Block device 7:0 is a loop device: what refuses it is the list of devices, or that there is none behind it (ENXIO). */
const PLANT = `cp /usr/bin/id ${FOLDER}/own-id && chmod 6755 ${FOLDER}/own-id &&
mknod -m 666 ${FOLDER}/disk b 7 0`;

/** Plants the files as root, in the folder of each student container before it starts. */
async function plantFor(docker: Docker, { image, policy }: ContainerSpec): Promise<void> {
  const folder = policy.mounts.find(({ target }) => target === FOLDER);
  if (!folder || !('volume' in folder)) throw new Error('The student folder of this test is a volume.');
  const container = await docker.createContainer({
    Image: image,
    Entrypoint: ['sh', '-c', PLANT],
    User: '0:0',
    HostConfig: {
      NetworkMode: 'none',
      Mounts: [{ Type: 'volume', Source: folder.volume, Target: FOLDER, ReadOnly: false }],
    },
  });
  try {
    await container.start();
    expect(await container.wait()).toMatchObject({ StatusCode: 0 });
  } finally {
    await container.remove({ force: true });
  }
}

function planting(docker: Docker): Engine {
  const engine = openEngine('portable');
  return {
    ...engine,
    containers: {
      ...engine.containers,
      start: async (spec, output) => {
        if (spec.role === 'student') await plantFor(docker, spec);
        return await engine.containers.start(spec, output);
      },
    },
  };
}

const LOOK = `import errno, os, subprocess
print(subprocess.run(["./own-id", "-u"], capture_output=True, text=True).stdout.strip())
print(oct(os.stat("own-id").st_mode), os.stat("own-id").st_uid)
try: print("opened", os.open("disk", os.O_RDONLY))
except OSError as error: print(errno.errorcode[error.errno])
`;

/** nodev; the list of devices. */
const REFUSALS = ['EACCES', 'EPERM'];

test.each(['runc', 'crun'])(
  'on %s, neither a set-uid program nor a device of root gives a student program anything',
  async (runtime) => {
    const grader = await openTestGrader({ engine: planting(openClient()) });
    onTestFinished(() => grader.close());
    const run = '#!/bin/bash\ncd student\nrun_student "python3 look.py"\nfeedback-result success\n';
    const { output, details } = await grader.grade({ files: { run, 'student/look.py': LOOK } }, { runtime });
    const [user, file, refusal] = output.head.trim().split('\n');
    expect([user, file], details).toEqual(['4242', '0o106755 0']);
    expect(REFUSALS).toContain(refusal);
  },
);
