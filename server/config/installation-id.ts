/** The id that distinguishes installations on the same engine: made once, kept in the data folder. */
import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GradeportError } from '../rules/errors.ts';

const FILE = 'installation-id';
/** The id is part of image tags, which allow only these characters. */
const ID = /^[0-9a-f]{8}$/;

export async function installationId(dataFolder: string): Promise<string> {
  const file = join(dataFolder, FILE);
  const known = await readId(file);
  if (known !== null) return known;
  // A server and a command may start at the same time: the first to link decides, and the file is never half written.
  const own = join(dataFolder, `${FILE}.${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(own, `${randomBytes(4).toString('hex')}\n`);
    await link(own, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(own, { force: true });
  }
  const made = await readId(file);
  if (made !== null) return made;
  throw new GradeportError(
    'conflict',
    `${file} holds no id: eight hexadecimal digits. Remove it, and start again.`,
  );
}

async function readId(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return ID.test(text.trim()) ? text.trim() : null;
}
