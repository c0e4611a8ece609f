/** The log of one attempt of one run: numbers its steps, gathers output, and stays within its bounds. */

import type { Timer } from '../../../ports/clock.ts';
import { createTail, splitAtByte } from './bounded-output.ts';
import { type LogStep, type StepBody, sizeOf } from './steps.ts';

export type RunLogOptions = {
  attempt: number;
  /** The number before the first step's. */
  firstAfter: number;
  headBytes: number;
  tailBytes: number;
  now: () => number;
  timer: Timer;
  /** False when all logs together have grown too large: further output goes to the tail. */
  mayGrow: () => boolean;
  /** By how many bytes the log grew (or shrank). */
  grew: (bytes: number) => void;
  emit: (step: LogStep) => void;
};
export type RunLog = ReturnType<typeof createRunLog>;

/** Output is gathered this long before it goes out: half of what an eye notices. */
const BATCH_MS = 50;
/** A program that has printed this many batches is a long one: one batch a second from then on. */
const MANY_STEPS = 1000;
const SLOW_BATCH_MS = 1000;

export function createRunLog(options: RunLogOptions) {
  const tail = createTail(options.tailBytes);
  let steps: LogStep[] = [];
  let pending: StepBody[] = [];
  let cancelFlush: (() => void) | null = null;
  let seq = options.firstAfter;
  let headLeft = options.headBytes;
  let bytes = 0;
  let ended = false;

  function grow(by: number): void {
    bytes += by;
    options.grew(by);
  }

  function drop(unwanted: (step: LogStep) => boolean): void {
    for (const step of steps) if (unwanted(step)) grow(-sizeOf(step));
    steps = steps.filter((step) => !unwanted(step));
  }

  function append(body: StepBody): void {
    // A report is whole, a position is the newest: the ones before it tell nothing any more.
    if (body.type === 'feedback' || body.type === 'done') drop((step) => step.type === 'feedback');
    if (body.type === 'queued' && steps.at(-1)?.type === 'queued') {
      const last = steps.at(-1);
      drop((step) => step === last);
    }
    seq += 1;
    const step: LogStep = {
      seq,
      attempt: options.attempt,
      at: new Date(options.now()).toISOString(),
      ...body,
    };
    steps.push(step);
    grow(sizeOf(body));
    options.emit(step);
  }

  function flush(): void {
    cancelFlush?.();
    cancelFlush = null;
    const bodies = pending;
    pending = [];
    for (const body of bodies) append(body);
  }

  function batch(body: StepBody): void {
    pending.push(body);
    cancelFlush ??= options.timer(flush, steps.length < MANY_STEPS ? BATCH_MS : SLOW_BATCH_MS);
  }

  function output(stream: 'stdout' | 'stderr', text: string): void {
    const last = pending.at(-1);
    const merges = last?.type === 'output' && last.stream === stream;
    const cost = sizeOf({ type: 'output', stream, text: '' });
    const room = options.mayGrow() ? headLeft - (merges ? 0 : cost) : 0;
    const [head, rest] = splitAtByte(text, room);
    // Once something went to the tail everything does: output never changes its order.
    headLeft = rest === '' ? room - Buffer.byteLength(head) : 0;
    if (head !== '') {
      if (merges) pending[pending.length - 1] = { ...last, text: last.text + head };
      else batch({ type: 'output', stream, text: head });
    }
    if (rest !== '') tail.push({ type: 'output', stream, text: rest });
  }

  function feedback(body: StepBody): void {
    pending = pending.filter((waiting) => waiting.type !== 'feedback');
    batch(body);
  }

  function milestone(body: StepBody): void {
    flush();
    ended = body.type === 'done';
    if (ended || body.type === 'requeued') for (const late of tail.take()) append(late);
    append(body);
  }

  function add(body: StepBody): void {
    if (ended) return;
    if (body.type === 'output') output(body.stream, body.text);
    else if (body.type === 'feedback') feedback(body);
    else milestone(body);
  }

  return {
    attempt: options.attempt,
    add,
    ended: () => ended,
    bytes: () => bytes,
    state: () => steps.at(-1)?.type,
    /** Steps after a position; what is gathered but not yet sent has no number and follows by itself. */
    after: (position: number): LogStep[] => steps.filter((step) => step.seq > position),
    /** Forgets everything; nothing is sent any more. */
    close(): void {
      cancelFlush?.();
      ended = true;
      pending = [];
      drop(() => true);
    },
  };
}
