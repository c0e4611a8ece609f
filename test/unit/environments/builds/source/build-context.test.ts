import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readArchive } from '../../../../../server/environments/builds/source/build-context.ts';
import { archive } from '../../../../support/archive.ts';

const MIB = 2 ** 20;

const docker = { name: 'Dockerfile', content: 'FROM x\n' };

describe('an archive of a build context', () => {
  test.each(['plain', 'gzipped'])('is read, %s', async (kind) => {
    const plain = await archive(
      docker,
      { name: './bin/run', content: 'hi', mode: 0o755 },
      { name: 'bin', type: 'directory' },
    );
    const files = await readArchive(kind === 'plain' ? plain : gzipSync(plain), MIB);
    expect([...files.keys()].sort()).toEqual(['Dockerfile', 'bin/run']);
    expect(files.get('bin/run')).toEqual({ content: Buffer.from('hi'), executable: true });
    expect(files.get('Dockerfile')?.executable).toBe(false);
  });

  test('may be the folder itself: its only entry is left out', async () => {
    const files = await readArchive(
      await archive({ name: 'my-env/Dockerfile' }, { name: 'my-env/a/b' }),
      MIB,
    );
    expect([...files.keys()].sort()).toEqual(['Dockerfile', 'a/b']);
  });

  test.each([
    ['a link', { name: 'a', type: 'symlink', linkname: '/etc/passwd' }, /"a" in the archive is a symlink/],
    ['a hard link', { name: 'a', type: 'link', linkname: 'Dockerfile' }, /is a link/],
    ['a device', { name: 'a', type: 'character-device' }, /is a character-device/],
    ['a pipe', { name: 'a', type: 'fifo' }, /is a fifo/],
    ['a way out', { name: 'a/../../b' }, /leads out of its folder/],
    ['an absolute path', { name: '/etc/cron.d/x' }, /leads out of its folder/],
    ['a path of Windows', { name: 'C:/x' }, /leads out of its folder/],
    ['a line break', { name: 'a\nb' }, /not a file name/],
    ['a backslash', { name: 'a\\b' }, /not a file name/],
    ['a deep folder', { name: `${'a/'.repeat(30)}b` }, /not a file name/],
    ['a file below a file', { name: 'Dockerfile/x' }, /lies in something that is a file/],
  ] as const)('with %s is refused by name', async (_, entry, sentence) => {
    await expect(readArchive(await archive(docker, entry), MIB)).rejects.toThrow(sentence);
  });

  test('that holds too much is refused, without unpacking it', async () => {
    const bomb = gzipSync(Buffer.concat([await archive(docker), Buffer.alloc(0)]));
    await expect(readArchive(bomb, 3)).rejects.toThrow(/more than/);
    const zeros = gzipSync(await archive({ name: 'zeros', content: '0'.repeat(20 * MIB) }));
    expect(zeros.length).toBeLessThan(MIB / 10);
    await expect(readArchive(zeros, MIB)).rejects.toThrow(/more than 1 MiB/);
    const many = await archive(...Array.from({ length: 2001 }, (_, at) => ({ name: `f${at}` })));
    await expect(readArchive(many, MIB)).rejects.toThrow(/more than 2000 files/);
  });

  test.each([
    ['a zip', Buffer.from('PK\u0003\u0004'), /zip archive.*tar -czf/],
    ['a picture', Buffer.from(`\u0089PNG${'x'.repeat(2000)}`, 'latin1'), /cannot be read/],
    ['half an archive', null, /cannot be read/],
    ['a broken gzip', Buffer.from([0x1f, 0x8b, 1, 2, 3]), /cannot be read/],
  ])('that is %s is refused with what to send', async (_, bytes, sentence) => {
    const given = bytes ?? (await archive({ name: 'a', content: 'x'.repeat(5000) })).subarray(0, 2000);
    await expect(readArchive(given, MIB)).rejects.toThrow(sentence);
  });
});
