/** A wrong signature fails the build; a registry that signs nothing does not. */
import { expect, test } from 'vitest';
import { judgeSignatures } from '../../../deploy/check-signatures.ts';

test.each([
  [0, 'audited 300 packages in 5s\n\n300 packages have verified registry signatures', 'signed'],
  [1, '1 package has an invalid registry signature:\n\nleft-pad@1.3.0', 'wrong'],
  [1, '2 packages have missing registry signatures but the registry is providing signing keys', 'wrong'],
  [
    1,
    'npm error code ENOTFOUND\nnpm error network request to https://keys.example.org failed',
    'not-offered',
  ],
  [1, 'found no dependencies to audit that were installed from a supported registry', 'not-offered'],
  [null, '', 'not-offered'],
  [1, 'npm error something that was never seen before', 'wrong'],
  // An attacker who makes the network fail afterwards hides nothing.
  [1, '1 package has an invalid registry signature\nnpm error code ENOTFOUND', 'wrong'],
])('npm that ends with %s and says %j is judged as %3$s', (status, output, judged) => {
  expect(judgeSignatures(status, output)).toBe(judged);
});
