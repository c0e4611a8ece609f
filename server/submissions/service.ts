/** What people do with submissions: hand in, grade again with debug, stop, wait for the verdict. */
import type { Run } from '../model/collections.ts';
import { outcomeWithoutRun } from '../model/outcome-without-run.ts';
import type { RunCommands } from '../ports/engine/run-commands.ts';
import type { Filter } from '../ports/store.ts';
import { can } from '../rules/access.ts';
import { GradeportError } from '../rules/errors.ts';
import { isPassing } from '../rules/machine-state.ts';
import { refuse } from '../rules/problems.ts';
import { debugRun } from './debug-run.ts';
import type { Grading, Stopped } from './port.ts';
import { type SubmitDeps, submit } from './submit.ts';
import type { VerdictWaiters } from './verdict-waiters.ts';

export type SubmissionsDeps = SubmitDeps & {
  /** They are called with every event of a run. */
  verdicts: VerdictWaiters;
  commands: RunCommands;
};

/** How often a run may change its state while it is being stopped. */
const MOST_LOOKS = 10;

export function createSubmissions(deps: SubmissionsDeps): Grading {
  const { store, queue, verdicts, commands } = deps;

  const isDone = async (runId: string) => (await store.runs.get(runId))?.state === 'done';

  async function concludeAsKilled(found: Filter & { id: string }): Promise<boolean> {
    const outcome = outcomeWithoutRun({ kind: 'killed' });
    const doneAt = new Date(deps.clock()).toISOString();
    const done = await store.runs.update(found, {
      $set: { state: 'done', doneAt, outcome },
      $unset: { openKey: true },
    });
    if (done) deps.publish(found.id, { type: 'done', outcome });
    return done !== null;
  }

  /** For a run that waits. */
  async function stopQueued(runId: string): Promise<Stopped | null> {
    try {
      if (!(await concludeAsKilled({ id: runId, state: 'queued' }))) return null;
    } catch (error) {
      if (!isPassing(error)) throw error;
      // Its end is stored by the worker, as soon as the store takes it.
      if ((await commands.stop(runId)) === null) await commands.stopNext(runId);
      return 'stopping';
    }
    // The store comes first: a run that left the queue must not stay open.
    await queue.remove(runId);
    // A worker may have it, or remember its earlier tries.
    await commands.stop(runId);
    return 'stopped';
  }

  /** For a run that is being graded: its containers end even while the store takes no writes. */
  async function stopRunning({ id, attempt }: Run): Promise<Stopped | null> {
    const asked = await commands.stop(id);
    if (asked !== null) return asked;
    // No worker has it: one died, or its verdict was lost on the way to the store.
    return (await concludeAsKilled({ id, state: 'running', attempt })) ? 'stopped' : null;
  }

  /** A run may change its state meanwhile: then it is looked at again. */
  async function stopFound(runId: string): Promise<Stopped> {
    for (let look = 0; look < MOST_LOOKS; look++) {
      const now = await store.runs.get(runId);
      if (!now || now.state === 'done') return 'over';
      const how = await (now.state === 'queued' ? stopQueued(runId) : stopRunning(now));
      if (how !== null) return how;
    }
    throw new GradeportError('busy', 'The run changes its state again and again: press Stop once more.');
  }

  return {
    submit: submit.bind(null, deps),
    debug: debugRun.bind(null, deps),
    async kill(actor, runId) {
      const run = await store.runs.get(runId);
      if (!run || !can(actor, 'kill-run', run)) refuse('no-run', {});
      return stopFound(runId);
    },
    async settled(runId, ms) {
      const heard = verdicts.wait(runId, ms);
      if (await isDone(runId)) verdicts.tell(runId);
      // An event may be lost: only the stored run counts.
      return (await heard) || isDone(runId);
    },
    position: (runId) => queue.position(runId),
  };
}
