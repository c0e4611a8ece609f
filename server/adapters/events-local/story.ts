/** What is kept of one attempt of one run: its numbered events, without those that a later one supersedes. */
import type { NumberedEvent, RunEvent } from '../../model/run-events.ts';

export type Story = ReturnType<typeof createStory>;

/** What an event costs in memory beside its text: counted so that many tiny ones stay bounded, too. */
const EVENT_BYTES = 64;

function sizeOf(event: RunEvent): number {
  if (event.type === 'output') return EVENT_BYTES + Buffer.byteLength(event.text);
  if (event.type === 'feedback') return EVENT_BYTES + JSON.stringify(event.report).length;
  if (event.type === 'done') return EVENT_BYTES + JSON.stringify(event.outcome).length;
  return EVENT_BYTES;
}

/** @param after the number before the first event's */
export function createStory(attempt: number, after: number) {
  let kept: NumberedEvent[] = [];
  let seq = after;
  let bytes = 0;

  function drop(unwanted: (event: NumberedEvent) => boolean): void {
    for (const event of kept) if (unwanted(event)) bytes -= sizeOf(event);
    kept = kept.filter((event) => !unwanted(event));
  }

  function keep(event: NumberedEvent): void {
    kept.push(event);
    bytes += sizeOf(event);
  }

  const isOver = (): boolean => kept.at(-1)?.type === 'done';

  function saysNothingNew(event: RunEvent): boolean {
    const last = kept.at(-1);
    const isSamePlace =
      event.type === 'queued' && last?.type === 'queued' && event.position === last.position;
    return isOver() || isSamePlace;
  }

  return {
    attempt,
    isOver,
    bytes: () => bytes,
    /** A story begins with its first event. */
    last: (): RunEvent['type'] => kept.at(-1)?.type ?? 'queued',
    after: (position: number): NumberedEvent[] => kept.filter((event) => event.seq > position),

    /** Adds an event; null when it says nothing new. */
    add(event: RunEvent, at: string): NumberedEvent | null {
      if (saysNothingNew(event)) return null;
      // Each report is complete, and only the newest place in the queue counts: earlier ones are obsolete.
      if (event.type === 'feedback' || event.type === 'done') drop(({ type }) => type === 'feedback');
      const last = kept.at(-1);
      if (event.type === 'queued' && last?.type === 'queued') drop((each) => each === last);
      seq += 1;
      const numbered = { ...event, seq, attempt, at };
      keep(numbered);
      return numbered;
    },

    /** Replaces all output so far with a note of how much it was. */
    cutOutput(): void {
      const newest = kept.findLast(({ type }) => type === 'output');
      if (!newest) return;
      let cut = 0;
      for (const event of kept) {
        if (event.type === 'output') cut += Buffer.byteLength(event.text);
        if (event.type === 'omitted') cut += event.bytes;
      }
      drop(({ type }) => type === 'output' || type === 'omitted');
      keep({ seq: newest.seq, attempt, at: newest.at, type: 'omitted', bytes: cut });
      kept.sort((one, other) => one.seq - other.seq);
    },
  };
}
