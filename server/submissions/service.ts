/** What people do with submissions: hand in, grade again with debug, stop, wait for the verdict. */
import { outcomeWithoutRun } from '../model/outcome-without-run.ts';
import type { RunCommands } from '../ports/run-commands.ts';
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

  async function concludeAsKilled(runId: string): Promise<boolean> {
    const outcome = outcomeWithoutRun({ kind: 'killed' });
    const doneAt = new Date(deps.clock()).toISOString();
    const done = await store.runs.update(
      { id: runId, state: 'queued' },
      { $set: { state: 'done', doneAt, outcome }, $unset: { openKey: true } },
    );
    if (done) deps.publish(runId, { type: 'done', outcome });
    return done !== null;
  }

  return {
    submit: submit.bind(null, deps),
    debug: debugRun.bind(null, deps),
    async kill(actor, runId) {
      const run = await store.runs.get(runId);
      if (!run || !can(actor, 'kill-run', run)) refuse('no-run', {});
      return (await queue.remove(runId)) ? concludeAsKilled(runId) : deps.commands.stop(runId);
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
