/** gradeport __complete environments | runtimes: names for a shell, one per line; nothing where they are not known. */

import { openEngine } from '../../adapters/open-engine.ts';
import { loadConfig } from '../../config/config.ts';
import { readEnvironments } from '../../environments/catalogue.ts';
import { data } from '../ui/terminal.ts';

/** Whoever pressed Tab does not wait longer for an engine. */
const MOST_MS = 1500;
/** Names come from labels of images, which anybody may write, and go into shells. */
const HARMLESS = /^[\p{L}\p{N}][\p{L}\p{N}._+-]{0,99}$/u;

export async function printNames(kind: string): Promise<void> {
  const engine = openEngine();
  const late = setTimeout(() => process.exit(), MOST_MS);
  try {
    const config = loadConfig({});
    const { list, runtimes } = await readEnvironments(engine, config.runtimes, config.aliases);
    const names = kind === 'runtimes' ? runtimes : list.flatMap(({ name, aliases }) => [name, ...aliases]);
    const harmless = [...new Set(names)].filter((name) => HARMLESS.test(name)).sort();
    if (harmless.length > 0) data(harmless.join('\n'));
  } catch {
    // A sentence would stand in the middle of what is being typed.
  } finally {
    clearTimeout(late);
    await engine.close();
  }
}
