/** An authority of a test, and what it signs: openssl makes them, as operators do. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export type Authority = {
  file: string;
  /** Writes <name>/cert.pem and key.pem, with the authority as ca.pem: a folder for DOCKER_CERT_PATH. */
  sign(name: string, options?: { names?: string; days?: number; trusts?: Authority }): Promise<string>;
};

export async function makeAuthority(folder: string): Promise<Authority> {
  await mkdir(folder, { recursive: true });
  const [file, keyFile] = [join(folder, 'authority.pem'), join(folder, 'authority.key')];
  const subject = ['-subj', '/CN=authority of a test'];
  await run('openssl', [
    'req',
    '-x509',
    '-days',
    '1',
    ...CURVE,
    '-keyout',
    keyFile,
    ...subject,
    '-out',
    file,
  ]);
  return {
    file,
    async sign(name, { names = 'IP:127.0.0.1,DNS:localhost', days = 1, trusts } = {}) {
      const at = join(folder, name);
      await mkdir(at);
      const [request, extensions] = [join(at, 'request.pem'), join(at, 'extensions')];
      await writeFile(extensions, `subjectAltName=${names}\n`);
      const key = ['-keyout', join(at, 'key.pem'), '-subj', `/CN=${name}`, '-out', request];
      await run('openssl', ['req', ...CURVE, ...key]);
      const by = ['-CA', file, '-CAkey', keyFile, '-CAcreateserial', '-extfile', extensions];
      const out = ['-days', String(days), '-out', join(at, 'cert.pem')];
      await run('openssl', ['x509', '-req', '-in', request, ...by, ...out]);
      await run('cp', [(trusts ?? { file }).file, join(at, 'ca.pem')]);
      return at;
    },
  };
}
