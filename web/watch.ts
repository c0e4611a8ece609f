/** Builds scripts and styles, and again after each change of a source: for gradeport serve --dev. */
import { watch } from 'node:fs';
import { basename, join } from 'node:path';
import { buildClient, sourceFolders, WEB } from './build.ts';

/** An editor that saves a file causes several events. */
const GATHER_MS = 50;

/**
 * @param say called after each build, with what was built or why it failed
 * @returns after the first build
 */
export async function watchClient(outFolder: string, say: (sentence: string) => void): Promise<Disposable> {
  let timer: NodeJS.Timeout | undefined;

  async function build(): Promise<void> {
    const begun = performance.now();
    try {
      // The watched folders contain files of other kinds, too; those change no bundle.
      const { built } = await buildClient({ outFolder });
      if (built) say(`Built scripts and styles in ${(performance.now() - begun).toFixed(0)} ms.`);
    } catch (error) {
      say(`Scripts and styles are as before: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  let building = build();
  await building;
  const changed = (_event: string, name: string | null): void => {
    // A build writes beside its sources: a failed one would trigger the next.
    if (name?.startsWith(basename(outFolder))) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      building = building.then(build);
    }, GATHER_MS);
  };
  const watchers = sourceFolders().map((folder) => watch(join(WEB, folder), changed));
  return {
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
