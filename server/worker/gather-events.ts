/**
 * Gathers the events of one attempt before they go out: a program may print a thousand times a second, and only the
 * head and the tail of its output are kept. Gathered output goes out before the event that follows it.
 */
import type { OutputEvent, Publish, RunEvent } from '../model/run-events.ts';
import { systemTimer, type Timer } from '../ports/clock.ts';
import { createTail, splitAtByte } from './bounded-output.ts';

export type GatherOptions = {
  timer?: Timer;
  /** How much of the output goes out as it comes. */
  headBytes?: number;
  /** How much of the output's end goes out when the attempt is over. */
  tailBytes?: number;
};

/** Half of what an eye notices. */
const BATCH_MS = 50;
/** A program that has printed this many batches is a long one: one batch a second from then on. */
const MANY_BATCHES = 1000;
const SLOW_BATCH_MS = 1000;
/** What an event costs beside its text: many tiny events are not free. */
const EVENT_BYTES = 64;

export function gatherEvents(publish: Publish, runId: string, options: GatherOptions = {}) {
  const { timer = systemTimer, headBytes = 256 * 1024, tailBytes = 64 * 1024 } = options;
  const tail = createTail(tailBytes);
  let pending: RunEvent[] = [];
  let callOff: (() => void) | null = null;
  let headLeft = headBytes;
  let sent = 0;

  function flush(): void {
    callOff?.();
    callOff = null;
    const events = pending;
    pending = [];
    sent += events.length;
    for (const event of events) publish(runId, event);
    // Each page has to render a report: it goes out at most once per batch.
    if (events.some(({ type }) => type === 'feedback')) callOff = timer(flush, BATCH_MS);
  }

  function gather({ stream, text }: OutputEvent): void {
    const last = pending.at(-1);
    const merges = last?.type === 'output' && last.stream === stream;
    const room = headLeft - (merges ? 0 : EVENT_BYTES);
    const [head, rest] = splitAtByte(text, room);
    // Once something went to the tail, all later output does: its order never changes.
    headLeft = rest === '' ? room - Buffer.byteLength(head) : 0;
    if (rest !== '') tail.push({ type: 'output', stream, text: rest });
    if (head === '') return;
    if (merges) pending[pending.length - 1] = { ...last, text: last.text + head };
    else pending.push({ type: 'output', stream, text: head });
  }

  return {
    say(event: RunEvent): void {
      if (event.type === 'output') gather(event);
      else if (event.type !== 'feedback') {
        flush();
        if (event.type === 'done' || event.type === 'requeued') pending = tail.take();
        pending.push(event);
        flush();
      } else if (callOff) {
        pending = pending.filter(({ type }) => type !== 'feedback');
        pending.push(event);
      } else {
        // Graders report rarely: the first report need not wait, and the next ones are gathered behind it.
        publish(runId, event);
        callOff = timer(flush, BATCH_MS);
      }
      if (pending.length > 0) callOff ??= timer(flush, sent < MANY_BATCHES ? BATCH_MS : SLOW_BATCH_MS);
    },
    /** Publishes nothing more. */
    [Symbol.dispose](): void {
      callOff?.();
      pending = [];
    },
  };
}
