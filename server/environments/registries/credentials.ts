/**
 * Users and passwords for registries: a file for each, encrypted, in the data folder. Passwords are only sent to
 * registries and to the engine; no page, route or command shows one. Read at each use, so that a server knows at once
 * what a command beside it changed.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { GradeportError, isNoSpace } from '../../rules/errors.ts';
import { createSecrets, replacePrivate } from '../../rules/files/secrets.ts';
import type { Login } from './client/session.ts';
import { parseHost } from './reference.ts';

export type KnownRegistry = { host: string; user: string; by: string | null; at: string };

export type Credentials = {
  /** Sorted by host; without the passwords. */
  list(): Promise<KnownRegistry[]>;
  /** The login for a request to this registry; null: none is stored. */
  login(host: string): Promise<Login | null>;
  /** Replaces the stored login. */
  save(host: string, login: Login, by: string | null): Promise<KnownRegistry>;
  /** Fails with "not-found". */
  forget(host: string): Promise<void>;
};

const entrySchema = z.strictObject({
  version: z.literal(1),
  host: z.string(),
  user: z.string(),
  by: z.string().nullable(),
  at: z.string(),
  sealed: z.base64(),
});
type Entry = z.infer<typeof entrySchema>;

const loginSchema = z.strictObject({
  user: z
    .string()
    .min(1, 'the user is missing')
    .max(200)
    // Basic authentication joins user and password with a colon, so the user cannot contain one (RFC 7617).
    .regex(/^[^:\p{Cc}]+$/u, 'a user name has no colon and no control characters'),
  password: z.string().min(1, 'the password is missing').max(8192),
});

const ENDING = '.json';

/** @param key base64, or null for a key file in the folder */
export function createCredentials(dataFolder: string, key: string | null, clock: () => number): Credentials {
  const folder = join(dataFolder, 'registries');
  const secrets = createSecrets(folder, key);
  // Hosts can contain colons and brackets, so the file is named by a hash.
  const fileOf = (host: string): string =>
    join(folder, createHash('sha256').update(host).digest('hex').slice(0, 32) + ENDING);
  const about = ({ host, user }: Pick<Entry, 'host' | 'user'>): string => `${host}\n${user}`;

  async function read(file: string): Promise<Entry | null> {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) return null;
    const parsed = entrySchema.safeParse(tryJson(text));
    if (parsed.success) return parsed.data;
    throw new GradeportError(
      'internal',
      `${file} is damaged. Delete it, and sign in to that registry again.`,
    );
  }

  return {
    async list() {
      const names = await readdir(folder).catch(() => []);
      const files = names.filter((name) => name.endsWith(ENDING)).map((name) => join(folder, name));
      const entries = (await Promise.all(files.map(read))).filter((entry) => entry !== null);
      return entries.map(shown).sort((a, b) => a.host.localeCompare(b.host));
    },
    async login(host) {
      const entry = await read(fileOf(host));
      if (entry?.host !== host) return null;
      return { user: entry.user, password: await secrets.open(entry.sealed, about(entry)) };
    },
    async save(given, login, by) {
      const host = parseHost(given);
      const { user, password } = checked(login);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const at = new Date(clock()).toISOString();
      const sealed = await secrets.seal(password, about({ host, user }));
      await replace(fileOf(host), { version: 1, host, user, by, at, sealed });
      return { host, user, by, at };
    },
    async forget(given) {
      const host = parseHost(given);
      const file = fileOf(host);
      if ((await read(file)) === null) {
        throw new GradeportError('not-found', `Nothing is kept for the registry ${host}.`);
      }
      await rm(file, { force: true });
    },
  };
}

const shown = ({ host, user, by, at }: Entry): KnownRegistry => ({ host, user, by, at });

function checked(login: Login): Login {
  const parsed = loginSchema.safeParse(login);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new GradeportError('usage', `${issue?.path.join('.')}: ${issue?.message}.`);
}

async function replace(file: string, entry: Entry): Promise<void> {
  try {
    await replacePrivate(file, `${JSON.stringify(entry)}\n`);
  } catch (error) {
    if (!isNoSpace(error)) throw error;
    throw new GradeportError('no-space', 'The disk of the data folder is full. Nothing was stored.', {
      cause: error,
    });
  }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
