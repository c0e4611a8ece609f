/** The runs that one connection follows. */
import type { JoinRun, RunStep } from '../../../web/events.ts';
import type { PageTranslate } from '../../../web/languages.ts';
import type { CourseCatalogue } from '../../courses/catalogue-types.ts';
import type { Run, User } from '../../model/collections.ts';
import type { Following } from '../../ports/run-events.ts';
import { can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { tagsOf } from '../show/tests.ts';
import { followStory, type StorySources, showTo, type Viewer } from './run-story.ts';
import type { TurnsOfUsers } from './turns-of-users.ts';

export type RoomSources = StorySources & { courses: Pick<CourseCatalogue, 'get'>; turns: TurnsOfUsers };
export type RunRooms = ReturnType<typeof createRunRooms>;
/** story: null until it was first read. */
type Room = { run: Run; viewer: Viewer; story: Following | null };

const MAX_ROOMS = 20;

export function createRunRooms(
  sources: RoomSources,
  t: PageTranslate,
  send: (runId: string, step: RunStep) => void,
) {
  const { runs, courses, turns } = sources;
  const rooms = new Map<string, Room>();
  let closed = false;

  function leave(runId: string): void {
    rooms.get(runId)?.story?.stop();
    rooms.delete(runId);
  }

  /** Returns what this viewer has not seen; from then on every further step is sent. */
  async function join(user: User, seen: JoinRun, reply: (steps: RunStep[]) => void): Promise<void> {
    const run = await runs.get(seen.run);
    if (!run || !can(user, 'see-run', run)) throw new GradeportError('not-found', 'There is no such run.');
    const staff = can(user, 'see-staff-details', run);
    const course = await courses.get(run.course);
    const task = course?.tasks.find(({ id }) => id === run.task) ?? null;
    const viewer = { staff, task, tags: tagsOf(course, task), t };
    // The connection may have ended meanwhile, and nothing would leave this room later.
    if (closed) return;
    leave(run.id);
    if (rooms.size >= MAX_ROOMS) throw new GradeportError('busy', 'Too many runs are followed at once.');
    const room: Room = { run, viewer, story: null };
    rooms.set(run.id, room);
    const story = await followStory(sources, run, seen);
    // The viewer may have left the room meanwhile, or joined it again.
    if (rooms.get(run.id) === room) room.story = story;
    else story.stop();
    const steps: RunStep[] = [];
    const show = showTo(viewer, (_runId, step) => steps.push(step));
    for (const event of story.events) show(run.id, event);
    await show.sent();
    reply(steps);
    if (rooms.get(run.id) !== room || room.story === null) return story.stop();
    story.listen(showTo(viewer, send));
    if (story.last() === 'done') leave(run.id);
  }

  return {
    /** In turn: a run's story may be a megabyte, and a user has many pages. */
    join: (user: User, seen: JoinRun, reply: (steps: RunStep[]) => void): Promise<void> =>
      turns(user.id, () => join(user, seen, reply)),
    leave,
    /** Leaves all runs when the connection ends. */
    leaveAll(): void {
      closed = true;
      for (const runId of [...rooms.keys()]) leave(runId);
    },
    /** Checks access again: roles may have changed since joining. */
    keepOnly(user: User): void {
      for (const { run, viewer } of [...rooms.values()]) {
        if (!can(user, 'see-run', run)) leave(run.id);
        viewer.staff = can(user, 'see-staff-details', run);
      }
    },
    /** The followed runs that wait in the queue. */
    waiting: (): string[] =>
      [...rooms].flatMap(([runId, { story }]) => (story?.last() === 'queued' ? [runId] : [])),
  };
}
