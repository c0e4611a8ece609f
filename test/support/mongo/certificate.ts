/** A certificate for a server of a test, signed with its own key. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type Certificate = { file: string; cert: Buffer; key: Buffer; remove(): Promise<void> };

/** @param names as openssl takes them, such as "IP:127.0.0.1,DNS:localhost" */
export async function makeCertificate(names: string): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'gradeport-certificate-'));
  const [file, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  const subject = ['-subj', '/CN=gradeport test', '-addext', `subjectAltName=${names}`];
  await promisify(execFile)('openssl', ['req', '-x509', '-days', '1', ...key, ...subject, '-out', file]);
  const remove = () => rm(folder, { recursive: true });
  return { file, cert: await readFile(file), key: await readFile(keyFile), remove };
}
