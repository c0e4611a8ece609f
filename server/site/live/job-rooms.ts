/** The jobs that one connection follows. Updates are batched: a build prints hundreds of lines a second. */
import type { JobNews, JoinJob } from '../../../web/events.ts';
import type { Jobs } from '../../jobs/port.ts';
import type { User } from '../../model/collections.ts';
import type { Timer } from '../../ports/clock.ts';
import { can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { jobView } from '../show/environments/job.ts';

export type JobRooms = ReturnType<typeof createJobRooms>;
type Source = Pick<Jobs, 'get' | 'log' | 'printed' | 'onChange'>;
type Room = { by: string; sent: number; cancel: (() => void) | null };

const GATHER_MS = 100;
const MAX_ROOMS = 10;
/** A page gets only the last lines of a flood; reloading the page shows the whole log. */
const MAX_LINES = 400;

export function createJobRooms(jobs: Source, timer: Timer, send: (news: JobNews) => void) {
  const rooms = new Map<string, Room>();
  let stopListening = () => {};
  let closed = false;

  function newsOf(id: string, from: number): JobNews | null {
    const job = jobs.get(id);
    return (
      job && { job: jobView(job, () => jobs.log(id)), lines: jobs.log(id, from), next: jobs.printed(id) }
    );
  }

  function flush(id: string, room: Room): void {
    room.cancel = null;
    const news = newsOf(id, room.sent);
    if (!news) {
      leave(id);
      return;
    }
    room.sent = news.next;
    send({ ...news, lines: lastOf(news.lines) });
    if (news.job.isOver) leave(id);
  }

  function leave(id: string): void {
    rooms.get(id)?.cancel?.();
    rooms.delete(id);
    if (rooms.size === 0) stopListening();
  }

  function listen(): void {
    stopListening = jobs.onChange(({ id }) => {
      const room = rooms.get(id);
      if (room) room.cancel ??= timer(() => flush(id, room), GATHER_MS);
    });
  }

  return {
    /** Returns what this reader has not seen; later updates are sent until the job is over. */
    join(user: User, { job: id, from }: JoinJob): JobNews {
      const job = jobs.get(id);
      if (!job || !can(user, 'follow-job', job))
        throw new GradeportError('not-found', 'There is no such job.');
      leave(id);
      if (rooms.size >= MAX_ROOMS) throw new GradeportError('busy', 'Too many jobs are followed at once.');
      const lines = jobs.log(id, from);
      const next = jobs.printed(id);
      // The reader may have left while the job was looked up, and nothing would remove them later.
      if (job.endedAt === null && !closed) {
        if (rooms.size === 0) listen();
        rooms.set(id, { by: job.by, sent: next, cancel: null });
      }
      return { job: jobView(job, () => jobs.log(id)), lines, next };
    },
    /** Leaves all jobs when the connection ends. */
    leaveAll(): void {
      closed = true;
      for (const id of [...rooms.keys()]) leave(id);
    },
    /** Checks access again: roles may have changed since joining. */
    keepOnly(user: User): void {
      for (const [id, room] of [...rooms]) if (!can(user, 'follow-job', room)) leave(id);
    },
  };
}

function lastOf(lines: string[]): string[] {
  if (lines.length <= MAX_LINES) return lines;
  const left = lines.length - MAX_LINES;
  return [`… ${left} lines not shown live …`, ...lines.slice(left)];
}
