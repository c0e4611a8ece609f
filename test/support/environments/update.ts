/** An environment "c", its images, and what most tests of revisions begin with. */
import { expect, onTestFinished, vi } from 'vitest';
import type { EnvironmentCatalogue } from '../../../server/environments/discovery/environment.ts';
import { keptName } from '../../../server/environments/revisions/images/revision-tags.ts';
import type { Store } from '../../../server/ports/store.ts';
import { environmentList } from '../../../server/site/show/environments/environment.ts';
import { ENGLISH } from '../../../web/languages.ts';
import { sampleRun } from '../store/samples.ts';
import { tempTestStore } from '../store/test-store.ts';
import { type HouseOptions, INSTALLATION, openRevisionHouse } from './revision-house.ts';
import { digestOf, scriptedEngine } from './scripted-engine.ts';

export const LABELS = { 'org.gradeport.grading.name': 'c' };
export const TAG = 'local/c:latest';
export const [A, B, C] = [digestOf('a'), digestOf('b'), digestOf('c')];
export const kept = (digest: string) => keptName('c', digest, INSTALLATION);
export const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 2000, interval: 5 });

/** One that its test closes itself, in the middle. */
export async function openHouse(
  store: Store,
  engine: ReturnType<typeof scriptedEngine>,
  options: HouseOptions = {},
) {
  const opened = await openRevisionHouse(store, engine, options);
  return {
    ...opened,
    /** An image comes, and is seen. */
    async build(letter: string, tag = TAG, labels: Record<string, string> = LABELS): Promise<void> {
      engine.build(letter, tag, labels);
      await opened.environments.refresh();
    },
  };
}

export async function house(options: HouseOptions = {}, store?: Store, engine = scriptedEngine()) {
  const opened = await openHouse(store ?? (await tempTestStore()), engine, options);
  onTestFinished(() => opened.close());
  return opened;
}

/** An environment that grades, and an update of it. */
export async function withUpdate(options: HouseOptions = {}, store?: Store, engine = scriptedEngine()) {
  const here = await house(options, store, engine);
  await here.build('a');
  await here.build('b');
  return here;
}

/** An environment whose image graded a run, and was given one of our names for it. */
export async function withGraded() {
  const store = await tempTestStore();
  const here = await house({}, store);
  await here.build('a');
  await store.runs.insert(graded(A));
  here.gradedImages.keep({ name: 'c', digest: A });
  await soon(() => expect(here.engine.tagsOf('a')).toContain(kept(A)));
  return here;
}

export const cardsOf = (environments: EnvironmentCatalogue) =>
  environmentList(environments, Date.now(), 'staff', () => null, ENGLISH).environments;

export const graded = (digest: string, id = 'r') =>
  sampleRun(id, {
    state: 'done',
    environment: { name: 'c', image: TAG, digest, runtime: 'runc', reason: '' },
  });
