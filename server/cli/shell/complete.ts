/** gradeport __complete environments | runtimes: names for a shell, one per line; nothing if they are unknown. */

import { openEngine } from '../../adapters/open-engine.ts';
import { loadConfig } from '../../config/config.ts';
import { readEnvironments } from '../../environments/catalogue.ts';
import { data } from '../ui/terminal.ts';

/** A user who pressed Tab does not wait longer for an engine. */
const MOST_MS = 1500;
/** Names come from image labels, which anybody may write, and go into shells. */
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
    // An error message would appear in the middle of the typed line.
  } finally {
    clearTimeout(late);
    await engine.close();
  }
}
