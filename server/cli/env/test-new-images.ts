/** For images that a command built or pulled: the history records their author, and their samples run, as for pages. */
import type { Config } from '../../config/config.ts';
import { shortDigest } from '../../environments/revisions/images/revision-tags.ts';
import type { Revision, RevisionOrigin, RevisionState } from '../../environments/revisions/port.ts';
import { listRevisions, testRevision } from '../../environments/revisions/revision-verbs.ts';
import { testSentence } from '../../environments/revisions/tests/sample-test-sentences.ts';
import { granted } from '../../model/verb.ts';
import { GradeportError } from '../../rules/errors.ts';
import { isInstalled } from '../local/installation.ts';
import type { LocalRevisions } from '../local/open-revisions.ts';
import { whoRunsThis } from '../local/who-runs-this.ts';
import { createNews } from '../ui/job-progress.ts';
import { colors, harmless, talk } from '../ui/terminal.ts';

/** Image id → its author and origin. */
export type Brought = ReadonlyMap<string, { by: string | null; from: RevisionOrigin }>;

/**
 * A server beside this command records the images too, perhaps later than this command.
 * @param sinceMs when the work began: an image that existed before keeps its author
 * @returns whether every sample passed; true also if there is no installation to say
 */
export async function takeIn(
  config: Pick<Config, 'data' | 'store'>,
  brought: Brought,
  sinceMs: number,
  stopped: AbortSignal,
): Promise<boolean> {
  if (brought.size === 0 || !isInstalled(config)) return true;
  // This imports the whole grader.
  const { withRevisions } = await import('../local/open-revisions.ts');
  try {
    return await withRevisions({ data: config.data }, async (local) => {
      for (const [digest, about] of brought) local.revisions.announce(digest, about, sinceMs);
      let isRight = true;
      for (const digest of brought.keys()) isRight = (await testOne(local, digest, stopped)) && isRight;
      return isRight;
    });
  } catch (error) {
    if (!(error instanceof GradeportError) || stopped.aborted) throw error;
    talk(colors.yellow(`It is here, but its samples did not run: ${error.message}`));
    return false;
  }
}

async function testOne(local: LocalRevisions, digest: string, stopped: AbortSignal) {
  const [who, name] = [whoRunsThis(), local.nameOf(digest)];
  // A base image for others has no samples.
  if (name === null) return true;
  const news = createNews();
  const work = await granted(testRevision(local, who, { name, digest }));
  const tested = await work.run(news, stopped).finally(() => news.end());
  const all = await granted(listRevisions(local, who, { name }));
  const revision = all.find((one) => one.digest === digest);
  talk(
    `${harmless(name)}: ${testSentence(tested.cases)} ${revision ? WHAT_NOW[revision.state](revision) : ''}`,
  );
  return tested.passed;
}

const WHAT_NOW: Record<RevisionState, (revision: Revision) => string> = {
  current: () => 'It grades now.',
  staged: ({ name, digest }) =>
    `It waits for: gradeport env promote ${harmless(name)} ${shortDigest(digest)}`,
  held: ({ name, digest }) =>
    `It is held back, the revision before it grades on: gradeport env test ${harmless(name)} --digest ${shortDigest(digest)}`,
  retired: () => 'Another revision grades.',
};
