/** The events of runs in one process: the story of every current or recent run, in memory and bounded. */
import type { NumberedEvent, RunEvent } from '../../model/run-events.ts';
import type { RunEvents, RunReader, Seen } from '../../ports/run-events.ts';
import { createStory, type Story } from './story.ts';

export type LocalEventsOptions = {
  now?: () => number;
  /** Called when a reader threw, which harms neither the run nor other readers. */
  failed?: (error: unknown) => void;
  /** How many finished runs stay readable. */
  maxDone?: number;
  /** How many runs are kept altogether; the oldest is forgotten first. */
  maxRuns?: number;
  /** The size of all stories, in bytes. Beyond it finished runs are forgotten, then the output of the oldest. */
  maxBytes?: number;
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
  const { now, failed, maxDone, maxRuns, maxBytes } = { ...defaults, ...given };
  // A map keeps the order of insertion, and a run is put at the end when it is over: oldest first.
  const stories = new Map<string, Story>();
  const everything = new Set<Reading>();
  const followers = new Map<string, Set<Reading>>();
  let totalBytes = 0;

  function start(runId: string, { attempt, after }: Seen): Story {
    forget(runId);
    const story = createStory(attempt, after);
    stories.set(runId, story);
    return story;
  }

  function forget(runId: string): void {
    totalBytes -= stories.get(runId)?.bytes() ?? 0;
    stories.delete(runId);
  }

  /** Keeps the count of bytes correct while `change` changes a story. */
  function counted<T>(story: Story, change: () => T): T {
    totalBytes -= story.bytes();
    const result = change();
    totalBytes += story.bytes();
    return result;
  }

  function makeRoom(): void {
    const done = [...stories].filter(([, story]) => story.isOver()).map(([runId]) => runId);
    let count = done.length;
    for (const runId of done) {
      if (count <= maxDone && totalBytes <= maxBytes) break;
      forget(runId);
      count -= 1;
    }
    for (const [runId, story] of stories) {
      if (totalBytes > maxBytes) counted(story, story.cutOutput);
      if (stories.size > maxRuns) forget(runId);
      else if (totalBytes <= maxBytes) break;
    }
  }

  /** The story that an event belongs to; null: its attempt was given up long ago. */
  function storyFor(runId: string, event: RunEvent): Story | null {
    const known = stories.get(runId);
    if (event.type !== 'starting') return known ?? start(runId, { attempt: 0, after: 0 });
    if (!known || event.attempt > known.attempt) return start(runId, { attempt: event.attempt, after: 0 });
    return event.attempt < known.attempt ? null : known;
  }

  return {
    async append(runId, event) {
      const story = storyFor(runId, event);
      const numbered = story && counted(story, () => story.add(event, new Date(now()).toISOString()));
      if (!numbered) return 0;
      if (story.isOver()) {
        stories.delete(runId);
        stories.set(runId, story);
      }
      if (story.isOver() || event.type === 'queued' || totalBytes > maxBytes) makeRoom();
      for (const { read } of [...everything, ...(followers.get(runId) ?? [])]) {
        try {
          read(runId, numbered);
        } catch (error) {
          failed(error);
        }
      }
      return numbered.seq;
    },

    async begin(runId, seen, events) {
      if (stories.has(runId)) return;
      const story = start(runId, seen);
      const at = new Date(now()).toISOString();
      counted(story, () => events.forEach((event) => void story.add(event, at)));
      makeRoom();
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
      totalBytes = 0;
    },
  };
}
