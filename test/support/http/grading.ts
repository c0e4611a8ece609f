/** Grading as pages see it: stores a submission and its run, and never grades anything. */
import { randomUUID } from 'node:crypto';
import type { SubmittedAnswer, SubmittedAnswers } from '../../../server/model/answers.ts';
import type { Answer, Outcome, Run, User } from '../../../server/model/collections.ts';
import type { Store } from '../../../server/ports/store.ts';
import { can } from '../../../server/rules/access.ts';
import { refuse } from '../../../server/rules/problems.ts';
import type { Grading, Reading, SubmitResult } from '../../../server/submissions/port.ts';
import { visibleRun } from '../../../server/submissions/visible.ts';
import { sampleRun } from '../store/samples.ts';

/** Where an answer is handed in, for a grading that looks at the ids only. */
type At = { course: { id: string }; task: { id: string } };
export const taskAt = (course: string, task: string): At => ({ course: { id: course }, task: { id: task } });

export function outcomeWith(change: Partial<Outcome> = {}): Outcome {
  return {
    verdict: 'success',
    result: 'success',
    grade: 100,
    summary: 'Everything the grader checked is right.',
    report: { text: 'Well *done*.', problems: {}, tests: {}, custom: {}, state: '' },
    details: 'secret-details',
    sharedContainer: false,
    output: { head: 'secret-output', tail: '', omittedBytes: 0 },
    timings: { startMs: 2, graderMs: 30, programMs: 30, totalMs: 40 },
    used: { cpuMs: 10, wallMs: 30, memoryBytes: 2 ** 20, outputBytes: 13 },
    ...change,
  };
}

export function createStoringGrading(store: Store, clock: () => number) {
  const received: Map<string, SubmittedAnswer>[] = [];
  const readings: (Reading | undefined)[] = [];
  const failure: { next: Error | null } = { next: null };

  async function stored(answer: SubmittedAnswer): Promise<Answer> {
    if (typeof answer === 'string' || Array.isArray(answer)) return answer;
    const blob = await store.blobs.put(answer.content);
    return { filename: answer.filename, blob, size: answer.content.length };
  }

  const grading = {
    async submit(
      actor: User,
      { course, task }: At,
      answers: SubmittedAnswers,
      reading?: Reading,
    ): Promise<SubmitResult> {
      if (failure.next) throw failure.next;
      received.push(new Map(answers));
      readings.push(reading);
      if (answers.get('q1') === 'wrong') return { ok: false, faults: { q1: 'This is <b>wrong</b>.' } };
      const at = new Date(clock()).toISOString();
      const entries = await Promise.all(
        [...answers].map(async ([id, one]) => [id, await stored(one)] as const),
      );
      const submission = randomUUID();
      const answered = Object.fromEntries(entries);
      const common = { course: course.id, task: task.id, userId: actor.id };
      await store.submissions.insert({ id: submission, ...common, at, answers: answered, attempt: 0 });
      const run = sampleRun(randomUUID(), { submission, ...common, queuedAt: at });
      await store.runs.insert(run);
      return { ok: true, submission, run: run.id };
    },
    async kill(actor, runId) {
      await visibleRun(store, actor, runId);
      const waits = { id: runId, state: { $ne: 'done' } } as const;
      return (await store.runs.update(waits, { $set: { state: 'done' } })) ? 'stopped' : 'over';
    },
    async debug(actor, runId) {
      const of = await store.runs.get(runId);
      if (!of || !can(actor, 'see-staff-details', of)) return refuse('no-run', {});
      const run: Run = {
        ...of,
        id: randomUUID(),
        userId: actor.id,
        debug: true,
        state: 'queued',
        outcome: null,
      };
      await store.runs.insert(run);
      return run.id;
    },
    settled: async (runId) => (await store.runs.get(runId))?.state === 'done',
    position: async () => 3,
  } satisfies Grading;

  async function finish(runId: string, outcome: Outcome): Promise<void> {
    const environment = { name: 'default', image: null, digest: null, runtime: 'runc', reason: 'Fits.' };
    await store.runs.update(
      { id: runId },
      {
        $set: { state: 'done', attempt: 1, outcome, environment },
        $unset: { openKey: true },
      },
    );
  }

  return { ...grading, received, readings, failure, finish };
}
