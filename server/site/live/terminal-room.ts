/** The terminals that one connection watches. Every message it sends is hostile until parsed. */
import type { z } from 'zod';
import {
  type TerminalJoined,
  terminalKeysSchema,
  terminalSchema,
  terminalSizeSchema,
} from '../../../web/events.ts';
import type { Run, User } from '../../model/collections.ts';
import type { Store } from '../../ports/store.ts';
import { can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { createTerminalFeed } from './terminal-feed.ts';
import type { OpenTerminal, Terminals } from './terminals.ts';

export type TerminalSources = {
  runs: Pick<Store['runs'], 'get'>;
  terminals: Pick<Terminals, 'find'>;
  clock: () => number;
};
export type TerminalRoom = ReturnType<typeof createTerminalRoom>;
type Send = (run: string, bytes: Buffer, taken: () => void) => void;
type Joined = {
  terminal: OpenTerminal;
  run: Pick<Run, 'course' | 'userId' | 'team'>;
  writable: boolean;
  leave(): void;
};

const MAX_JOINED = 4;

export function createTerminalRoom({ runs, terminals, clock }: TerminalSources, send: Send) {
  const joined = new Map<string, Joined>();
  let gone = false;

  function leave(runId: string): void {
    joined.get(runId)?.leave();
    joined.delete(runId);
  }

  async function join(user: User, request: unknown): Promise<TerminalJoined | null> {
    const asked = terminalSizeSchema.safeParse(request);
    if (!asked.success)
      throw new GradeportError('usage', 'A terminal is joined with a run, columns and rows.');
    const { run: runId, ...size } = asked.data;
    const run = await runs.get(runId);
    if (!run || !can(user, 'see-run', run)) throw new GradeportError('not-found', 'There is no such run.');
    const terminal = terminals.find(runId);
    if (!terminal) throw new GradeportError('not-found', 'This run has no terminal open now.');
    if (gone) return null;
    leave(runId);
    if (joined.size >= MAX_JOINED)
      throw new GradeportError('busy', 'Too many terminals are open on this page.');
    // Staff and other members of a group may watch; the session belongs to its student.
    const writable = can(user, 'type-in-run', run);
    const feed = createTerminalFeed(
      (bytes, taken) => send(runId, bytes, taken),
      (isBehind) => writable && look.behind(isBehind),
    );
    const screen = terminal.recent();
    const look = terminal.look({
      print: feed.push,
      closed: () => {
        // Output that is on its way still arrives.
        joined.delete(runId);
      },
    });
    const end = () => {
      look.stop();
      feed.stop();
    };
    joined.set(runId, { terminal, run, writable, leave: end });
    if (writable) terminal.line.connect(size);
    return { screen, writable, endsInMs: Math.max(0, terminal.endsAt() - clock()) };
  }

  /** Actions for the student alone; from other users, or malformed, they do nothing. */
  const asOwner =
    <T extends { run: string }>(schema: z.ZodType<T>, work: (terminal: OpenTerminal, value: T) => void) =>
    (message: unknown): void => {
      const parsed = schema.safeParse(message);
      const place = parsed.success ? joined.get(parsed.data.run) : undefined;
      if (parsed.success && place?.writable) work(place.terminal, parsed.data);
    };

  return {
    join,
    resize: asOwner(terminalSizeSchema, ({ line }, { columns, rows }) => line.resize({ columns, rows })),
    type: asOwner(terminalKeysSchema, ({ line }, { keys }) => line.type(Buffer.from(keys))),
    finish: asOwner(terminalSchema, ({ line }) => line.finish()),
    leave(message: unknown): void {
      const parsed = terminalSchema.safeParse(message);
      if (parsed.success) leave(parsed.data.run);
    },
    leaveAll(): void {
      gone = true;
      for (const runId of [...joined.keys()]) leave(runId);
    },
    /** Checks access again: roles may have changed since joining. */
    keepOnly(user: User): void {
      for (const [runId, { run }] of joined) if (!can(user, 'see-run', run)) leave(runId);
    },
  };
}
