/** What people do with submissions: hand in, grade again with debug, stop, wait for the verdict. */
import { outcomeWithoutRun } from '../model/outcome-without-run.ts';
import type { RunCommands } from '../ports/engine/run-commands.ts';
import type { Filter } from '../ports/store.ts';
import { can } from '../rules/access.ts';
import { refuse } from '../rules/problems.ts';
import { debugRun } from './debug-run.ts';
import type { Grading } from './port.ts';
import { type SubmitDeps, submit } from './submit.ts';
import type { VerdictWaiters } from './verdict-waiters.ts';

export type SubmissionsDeps = SubmitDeps & {
  /** They are called with every event of a run. */
  verdicts: VerdictWaiters;
  commands: RunCommands;
};

export function createSubmissions(deps: SubmissionsDeps): Grading {
  const { store, queue, verdicts } = deps;

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

  return {
    submit: submit.bind(null, deps),
    debug: debugRun.bind(null, deps),
    async kill(actor, runId) {
      const run = await store.runs.get(runId);
      if (!run || !can(actor, 'kill-run', run)) refuse('no-run', {});
      if (await concludeAsKilled({ id: runId, state: 'queued' })) {
        // The store comes first: a run that left the queue must not stay open.
        if (!(await queue.remove(runId))) await deps.commands.stop(runId);
        return true;
      }
      if (await deps.commands.stop(runId)) return true;
      // No worker has it: one died, or its verdict was lost on the way to the store.
      const now = await store.runs.get(runId);
      return (
        now?.state === 'running' && concludeAsKilled({ id: runId, state: 'running', attempt: now.attempt })
      );
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
