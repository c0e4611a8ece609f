/** The bill of materials: every package once for each place that has it, by a name that scanners know. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { billOf, debianComponents, npmComponents } from '../../../deploy/bill.ts';

test('names the packages of a lock file, nested and scoped ones too, with digests and licences', () => {
  const integrity = `sha512-${Buffer.from('digest').toString('base64')}`;
  const lock = {
    packages: {
      '': { version: '0.3.0' },
      'node_modules/@a/b': { version: '1.0.0', integrity, license: 'MIT' },
      'node_modules/c/node_modules/d': { version: '2.0.0+x', dev: true },
      'node_modules/link': { link: true },
    },
  };
  expect(npmComponents(lock)).toEqual([
    {
      type: 'library',
      name: '@a/b',
      version: '1.0.0',
      purl: 'pkg:npm/%40a/b@1.0.0',
      scope: 'required',
      hashes: [{ alg: 'SHA-512', content: Buffer.from('digest').toString('hex') }],
      licenses: [{ license: { name: 'MIT' } }],
    },
    { type: 'library', name: 'd', version: '2.0.0+x', purl: 'pkg:npm/d@2.0.0%2Bx', scope: 'excluded' },
  ]);
});

test('names the Debian packages of an image, and nothing for lines that are none', () => {
  expect(debianComponents('bash\t5.2.15-2+b7\tamd64\n\nbroken line\n', 'gradeport/base')).toEqual([
    {
      type: 'library',
      name: 'bash',
      version: '5.2.15-2+b7',
      purl: 'pkg:deb/debian/bash@5.2.15-2%2Bb7?arch=amd64',
      properties: [{ name: 'gradeport:image', value: 'gradeport/base' }],
    },
  ]);
});

test('every package of our own lock file that the server needs has a digest', () => {
  const lock: unknown = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const needed = npmComponents(lock).filter(({ scope }) => scope === 'required');
  expect(needed.length).toBeGreaterThan(100);
  expect(needed.filter(({ hashes }) => hashes === undefined)).toEqual([]);
  expect(billOf('1.0.0', needed)).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' });
});
