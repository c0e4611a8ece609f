/** The stories of current and recent runs, in memory and bounded. */
import type { NumberedEvent, RunEvent } from '../../model/run-events.ts';
import type { Seen } from '../../ports/run-events.ts';
import { createStory, type Story } from './story.ts';
import { attemptOf, countToForget } from './story-policy.ts';

export type Bounds = {
  /** How many finished runs stay readable. */
  maxDone: number;
  /** How many runs are kept altogether; the oldest is forgotten first. */
  maxRuns: number;
  /** The size of all stories, in bytes. Beyond it finished runs are forgotten, then the output of the oldest. */
  maxBytes: number;
};

export function createStories({ maxDone, maxRuns, maxBytes }: Bounds) {
  // A map keeps the order of insertion, and a run is put at the end when it is over: oldest first.
  const stories = new Map<string, Story>();
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
    const done = [...stories].filter(([, story]) => story.isOver());
    const sizes = done.map(([, story]) => story.bytes());
    const count = countToForget(sizes, totalBytes, { maxDone, maxBytes });
    for (const [runId] of done.slice(0, count)) forget(runId);
    for (const [runId, story] of stories) {
      if (totalBytes > maxBytes) counted(story, story.cutOutput);
      if (stories.size > maxRuns) forget(runId);
      else if (totalBytes <= maxBytes) break;
    }
  }

  function storyFor(runId: string, event: RunEvent): Story | null {
    const known = stories.get(runId);
    const attempt = attemptOf(event, known?.attempt);
    if (attempt === null) return null;
    return known?.attempt === attempt ? known : start(runId, { attempt, after: 0 });
  }

  return {
    get: (runId: string): Story | undefined => stories.get(runId),

    /** Adds an event; null when it says nothing new, or belongs to an attempt that was given up. */
    add(runId: string, event: RunEvent, at: string): NumberedEvent | null {
      const before = stories.size;
      const story = storyFor(runId, event);
      const numbered = story && counted(story, () => story.add(event, at));
      if (!numbered) return null;
      if (story.isOver()) {
        stories.delete(runId);
        stories.set(runId, story);
      }
      if (story.isOver() || stories.size > before || totalBytes > maxBytes) makeRoom();
      return numbered;
    },

    /** Does nothing for a known run. */
    begin(runId: string, seen: Seen, { events, at }: { events: readonly RunEvent[]; at: string }): void {
      if (stories.has(runId)) return;
      const story = start(runId, seen);
      counted(story, () => events.forEach((event) => void story.add(event, at)));
      makeRoom();
    },

    clear(): void {
      stories.clear();
      totalBytes = 0;
    },
  };
}
