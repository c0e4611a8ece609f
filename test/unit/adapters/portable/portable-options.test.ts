/** The portable translation: Docker’s words, with volumes of the engine, and without any path of this machine. */
import { expect, test } from 'vitest';
import { createOptions } from '../../../../server/adapters/docker/host-config.ts';
import { isDirect } from '../../../../server/adapters/oci/oci-config.ts';
import { refuseOurFolders } from '../../../../server/adapters/portable/portable-options.ts';
import { boundsInDocker, boundsOf } from '../../../support/execution/bounds.ts';
import { POLICY_TABLE, specWith } from '../../../support/execution/policy-table.ts';

const portable = specWith({
  mounts: [
    { volume: 'api', target: '/opt/gradeport', readOnly: true },
    { volume: 'hosts', file: '/engine/volumes/hosts/_data/hosts', target: '/etc/hosts', readOnly: true },
    { volume: 'task', target: '/task', readOnly: false },
    { volume: 'student', target: '/task/student', readOnly: false },
  ],
});

test('every volume is asked for as it is, and nothing of the image is copied into it', () => {
  refuseOurFolders(portable);
  const options = createOptions(portable);
  expect(boundsInDocker(options)).toEqual(boundsOf(portable.policy));
  const volumes = options.HostConfig?.Mounts?.filter(({ Type }) => Type === 'volume') ?? [];
  expect(volumes.map(({ Source }) => Source)).toEqual(['api', 'task', 'student']);
  expect(volumes.every(({ VolumeOptions }) => VolumeOptions?.NoCopy)).toBe(true);
});

test.each(POLICY_TABLE.map((row) => [row.title, row.spec] as const))(
  'a container that mounts folders of this machine is refused: %s',
  (_, spec) => {
    expect(() => refuseOurFolders(spec)).toThrow(/would mount a folder of this machine at \//);
  },
);

test('the runtime itself is never asked for a container with volumes, which it does not know', () => {
  expect(isDirect(specWith())).toBe(true);
  expect(isDirect(portable)).toBe(false);
});
