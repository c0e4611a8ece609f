/** The runs that one connection follows. */
import type { JoinRun, RunStep } from '../../../web/events.ts';
import type { PageTranslate } from '../../../web/languages.ts';
import type { CourseCatalogue } from '../../courses/catalogue-types.ts';
import type { Run, User } from '../../model/collections.ts';
import type { Store } from '../../ports/store.ts';
import { can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { tagsOf } from '../show/tests.ts';
import type { EventLog } from './story/event-log.ts';
import { stepView, type Viewer } from './story/step-view.ts';
import type { LogStep } from './story/steps.ts';
import { storedSteps } from './story/stored-steps.ts';

export type RoomSources = {
  runs: Pick<Store['runs'], 'get'>;
  courses: Pick<CourseCatalogue, 'get'>;
  events: EventLog;
  position: (runId: string) => number | null;
  /** A step that could not be shown: our fault, which must not reach the grading that told it. */
  failed: (error: unknown) => void;
};
export type RunRooms = ReturnType<typeof createRunRooms>;
type Room = { run: Run; viewer: Viewer; leave: () => void };

const MAX_ROOMS = 20;
/** Numbers that a viewer claims to have seen are only believed this far. */
const MAX_SEQ = 1_000_000;

export function createRunRooms(
  sources: RoomSources,
  t: PageTranslate,
  send: (runId: string, step: RunStep) => void,
) {
  const { runs, courses, events } = sources;
  const rooms = new Map<string, Room>();
  let closed = false;

  function leave(runId: string): void {
    rooms.get(runId)?.leave();
    rooms.delete(runId);
  }

  /** What this viewer has not seen; from then on every further step is sent. */
  async function join(user: User, seen: JoinRun, reply: (steps: RunStep[]) => void): Promise<void> {
    const run = await runs.get(seen.run);
    if (!run || !can(user, 'see-run', run)) throw new GradeportError('not-found', 'There is no such run.');
    const staff = can(user, 'see-staff-details', run);
    const course = await courses.get(run.course);
    const task = course?.tasks.find(({ id }) => id === run.task) ?? null;
    const viewer = { staff, task, tags: tagsOf(course, task), t };
    // The connection may have ended meanwhile: nobody would ever leave this room.
    if (closed) return;
    leave(run.id);
    if (rooms.size >= MAX_ROOMS) throw new GradeportError('busy', 'Too many runs are followed at once.');
    let held: LogStep[] | null = [];
    const tell = (step: LogStep): void => {
      try {
        const view = stepView(step, viewer);
        if (view) send(run.id, view);
      } catch (error) {
        sources.failed(error);
      }
    };
    // Listening begins before the log is read: what happens in between is held back, not missed.
    const stop = events.subscribe(run.id, (step) => (held ? held.push(step) : tell(step)));
    rooms.set(run.id, { run, viewer, leave: stop });
    const steps = await storyOf(seen, run.state === 'done');
    reply(steps.flatMap((step) => stepView(step, viewer) ?? []));
    const last = steps.at(-1);
    if (last?.type === 'done') return leave(run.id);
    const after = held.filter((step) => !last || isAfter(step, last));
    held = null;
    for (const step of after) tell(step);
  }

  async function storyOf(seen: JoinRun, isDone: boolean): Promise<LogStep[]> {
    const after = Math.min(seen.after, MAX_SEQ);
    const known = events.since(seen.run, seen.attempt, after);
    // The store is the truth: a log that never heard of the end would keep its viewers waiting.
    if (known && (!isDone || events.ended(seen.run))) return known;
    const run = await runs.get(seen.run);
    if (!run) return [];
    const bodies = storedSteps(run, sources.position(run.id));
    const sameAttempt = seen.attempt === run.attempt && after > 0;
    if (run.state === 'done') {
      // Numbers of the forgotten log mean nothing here: as a new attempt the whole story is taken again.
      const attempt = sameAttempt ? run.attempt + 1 : run.attempt;
      const at = run.doneAt ?? run.queuedAt;
      return bodies.map((body, index) => ({ seq: index + 1, attempt, at, ...body }));
    }
    events.seed(run.id, run.attempt, bodies, sameAttempt ? after : 0);
    return events.since(run.id, seen.attempt, after) ?? [];
  }

  return {
    join,
    leave,
    /** For good. */
    leaveAll(): void {
      closed = true;
      for (const runId of [...rooms.keys()]) leave(runId);
    },
    /** Roles may have changed since joining. */
    keepOnly(user: User): void {
      for (const { run, viewer } of [...rooms.values()]) {
        if (!can(user, 'see-run', run)) leave(run.id);
        viewer.staff = can(user, 'see-staff-details', run);
      }
    },
    runs: (): string[] => [...rooms.keys()],
  };
}

function isAfter(step: LogStep, last: LogStep): boolean {
  return step.attempt > last.attempt || (step.attempt === last.attempt && step.seq > last.seq);
}
