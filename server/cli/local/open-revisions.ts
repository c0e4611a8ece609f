/** The revisions of an installation, for one command: its store beside the server, the engine, and an executor. */

import { openEngine } from '../../adapters/open-engine.ts';
import { openStoreBesideServer } from '../../adapters/open-store.ts';
import {
  askedStarts,
  courseFolders,
  defaultEnvironments,
  ENVIRONMENTS_FOLDER,
  installationOf,
  loadConfig,
} from '../../config/config.ts';
import { openCourses } from '../../courses/catalogue.ts';
import type { CourseCatalogue } from '../../courses/catalogue-types.ts';
import { readShipped } from '../../environments/discovery/shipped.ts';
import type { Revisions } from '../../environments/revisions/port.ts';
import { onTheSpot } from '../../execution/slots/slot.ts';
import { openRevisionRoom } from '../../main/open-environments.ts';
import { GradeportError } from '../../rules/errors.ts';
import { colors, talk } from '../ui/terminal.ts';
import { isInstalled } from './installation.ts';
import { openRunsFolder } from './runs-folder.ts';

export type LocalRevisions = {
  revisions: Revisions;
  courses: CourseCatalogue;
  /** The grading name of an image on this machine; null: it announces none. */
  nameOf(digest: string): string | null;
};

export async function withRevisions<T>(
  options: { data?: string },
  use: (local: LocalRevisions) => Promise<T>,
): Promise<T> {
  const config = loadConfig({ data: options.data });
  if (!isInstalled(config)) {
    throw new GradeportError(
      'not-found',
      `There is no installation in ${config.data}, and so no history: name its data folder with --data.`,
    );
  }
  await using undo = new AsyncDisposableStack();
  const store = await openStoreBesideServer(config);
  undo.defer(() => store.close());
  const engine = openEngine(askedStarts(config));
  undo.defer(() => engine.close());
  const { path: runsFolder } = undo.use(await openRunsFolder());
  const courses = openCourses(courseFolders(config), { defaults: defaultEnvironments(config) });
  undo.defer(() => courses.close());
  const instance = `cli:${process.pid}`;
  const room = await openRevisionRoom({
    store,
    engine,
    courses,
    config,
    runsFolder,
    instance,
    shipped: await readShipped(ENVIRONMENTS_FOLDER),
    slots: onTheSpot({ containers: engine.containers, installation: installationOf(instance), runsFolder }),
    untilQuiet: async () => {},
    jobs: null,
    clock: Date.now,
    failed: (error) => talk(colors.yellow(error instanceof Error ? error.message : String(error))),
  });
  undo.defer(() => room.close());
  const { ok, sentence } = room.environments.engine();
  if (!ok) throw new GradeportError('unreachable', sentence);
  const nameOf = (digest: string) => room.environments.revision(digest)?.name ?? null;
  return await use({ revisions: room.revisions, courses, nameOf });
}
