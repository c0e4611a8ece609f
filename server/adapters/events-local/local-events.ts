/** The events of runs in one process: the story of every current or recent run, in memory and bounded. */
import type { NumberedEvent } from '../../model/run-events.ts';
import type { RunEvents, RunReader } from '../../ports/run-events.ts';
import { type Bounds, createStories } from './stories.ts';

export type LocalEventsOptions = Partial<Bounds> & {
  now?: () => number;
  /** Called when a reader threw, which harms neither the run nor other readers. */
  failed?: (error: unknown) => void;
};

type Reading = { read: RunReader };

const defaults = {
  now: Date.now,
  failed: () => {},
  maxDone: 500,
  maxRuns: 5000,
  maxBytes: 64 * 2 ** 20,
};

export function createLocalEvents(given: LocalEventsOptions = {}): RunEvents {
  const { now, failed, ...bounds } = { ...defaults, ...given };
  const stories = createStories(bounds);
  const everything = new Set<Reading>();
  const followers = new Map<string, Set<Reading>>();
  const time = (): string => new Date(now()).toISOString();

  return {
    async append(runId, event) {
      const numbered = stories.add(runId, event, time());
      if (!numbered) return 0;
      // People wait for what follows one run; what reads every run may have to ask the store first.
      for (const { read } of [...(followers.get(runId) ?? []), ...everything]) {
        try {
          read(runId, numbered);
        } catch (error) {
          failed(error);
        }
      }
      return numbered.seq;
    },

    async begin(runId, seen, events) {
      stories.begin(runId, seen, { events, at: time() });
    },

    subscribe(read) {
      const subscriber = { read };
      everything.add(subscriber);
      return () => void everything.delete(subscriber);
    },

    async follow(runId, { attempt, after }) {
      const story = stories.get(runId);
      if (!story) return null;
      const held: NumberedEvent[] = [];
      const follower: Reading = { read: (_runId, event) => void held.push(event) };
      const own = followers.get(runId) ?? new Set();
      followers.set(runId, own.add(follower));
      return {
        events: story.after(attempt === story.attempt ? after : 0),
        last: () => (stories.get(runId) ?? story).last(),
        listen(reader) {
          follower.read = reader;
          for (const event of held.splice(0)) reader(runId, event);
        },
        stop() {
          own.delete(follower);
          if (own.size === 0 && followers.get(runId) === own) followers.delete(runId);
        },
      };
    },

    async close() {
      stories.clear();
      everything.clear();
      followers.clear();
    },
  };
}
