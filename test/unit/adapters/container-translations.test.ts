/** Docker and an OCI runtime are kept from the same: read back from what each is given, for every row of the table. */
import { describe, expect, test } from 'vitest';
import { createOptions } from '../../../server/adapters/docker/host-config.ts';
import { isDirect, ociConfig } from '../../../server/adapters/oci/oci-config.ts';
import { boundsInDocker, boundsInOci, boundsOf } from '../../support/execution/bounds.ts';
import { POLICY_TABLE } from '../../support/execution/policy-table.ts';

const around = {
  rootfs: '/files/1',
  env: ['PATH=/usr/bin'],
  cgroup: '/gradeport/1/box',
  limitsSwap: true,
  compiledCalls: null,
  profile: null,
  userNamespace: '/users/1',
  processor: 'x64',
};

describe.each(POLICY_TABLE)('$title', ({ spec, policy }) => {
  test('Docker is asked for exactly what the policy allows', () => {
    expect(boundsInDocker(createOptions(spec))).toEqual(boundsOf(policy));
  });

  test('an OCI runtime gets the same, or is not asked at all', () => {
    if (isDirect(spec)) expect(boundsInOci(ociConfig(spec, around))).toEqual(boundsOf(policy));
    else expect(spec.ownKernel || policy.network || policy.gpu || policy.rootProgram).toBe(true);
  });
});

test('most rows of the table are within what an OCI runtime is asked for', () => {
  expect(POLICY_TABLE.filter(({ spec }) => isDirect(spec)).length).toBeGreaterThan(POLICY_TABLE.length / 3);
});
