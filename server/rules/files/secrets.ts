/** Encrypts secrets that must be recovered: passwords of registries, secrets of second factors. AES-256-GCM; the key stays in this module. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GradeportError } from '../errors.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** GCM's own sizes (NIST SP 800-38D). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export type Secrets = {
  /** @param about the context of the secret: only the same text opens it */
  seal(text: string, about: string): Promise<string>;
  /** Fails with "denied" when the key differs, or the text was changed. */
  open(sealed: string, about: string): Promise<string>;
};

/** @param given the key in base64, from the environment; null: a file beside the secrets, made on first use */
export function createSecrets(folder: string, given: string | null): Secrets {
  const file = join(folder, 'key');
  const key = async (): Promise<Buffer> =>
    given === null ? readKey(file) : decodeKey(given, 'the key given');
  return {
    async seal(text, about) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, await key(), nonce).setAAD(Buffer.from(about));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
    },
    async open(sealed, about) {
      const bytes = Buffer.from(sealed, 'base64');
      const [nonce, tag] = [
        bytes.subarray(0, NONCE_BYTES),
        bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES),
      ];
      try {
        const decipher = createDecipheriv(CIPHER, await key(), nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(about)).setAuthTag(tag);
        const rest = bytes.subarray(NONCE_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(rest), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new GradeportError(
          'denied',
          `What is kept in ${folder} cannot be decrypted: its key is another.`,
          {
            cause,
          },
        );
      }
    },
  };
}

function decodeKey(text: string, where: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new GradeportError(
    'usage',
    `${where}: expected ${KEY_BYTES} bytes in base64, as "openssl rand -base64 ${KEY_BYTES}" makes them.`,
  );
}

async function readKey(file: string): Promise<Buffer> {
  const text = await readFile(file, 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    await makeKey(file);
    return readFile(file, 'utf8');
  });
  return decodeKey(text, file);
}

/** If two processes make a key at once, the second one uses the key of the first. */
async function makeKey(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writePrivate(draft, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
}

/** A new file that only this user can read, on the disk when this settles. */
async function writePrivate(file: string, text: string): Promise<void> {
  await using handle = await open(file, 'wx', 0o600);
  await handle.writeFile(text);
  await handle.sync();
}

/** As writePrivate, in the place of a file or of nothing: a reader sees the old one or the new one. */
export async function replacePrivate(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writePrivate(draft, text);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
