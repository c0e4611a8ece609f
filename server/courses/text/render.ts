/**
 * Texts as HTML, made in threads: one for what teachers wrote, one for what graders and students did, so that neither
 * waits for the other. Each text is made once; one that could not be made is not tried again by the next reader.
 */
import type { z } from 'zod';
import type { Rendered } from '../../model/report-html.ts';
import { isShortage } from '../../rules/machine-state.ts';
import { openThread } from '../../rules/own-thread.ts';
import { htmlAt } from './shown.ts';
import { baseOf, type TextPlace } from './text-place.ts';
import { renderedSchema, type Texts } from './texts.ts';

const KEPT_TEXTS = 1000;
const KEPT_CHARACTERS = 16 * 2 ** 20;
/** The thread has a deadline of its own, which ends it less rudely. */
const BOUNDS = { deadlineMs: 3000, memoryMiB: 256, maxWaiting: 500, idleMs: null };

const SCRIPT = new URL('./text-thread.ts', import.meta.url);
const open = () => openThread<Texts, z.infer<typeof renderedSchema>>(SCRIPT, renderedSchema, BOUNDS);
const statements = open();
const feedback = open();

/** Starts the threads, so that the first page does not wait for them. */
export function warmUpTexts(): void {
  statements.warmUp();
  feedback.warmUp();
}

/** What a grader wrote, in the order given. Never fails. @param owner the run */
export function renderFeedback(
  owner: string,
  { format, base, texts }: Readonly<Texts>,
): Promise<readonly Rendered[]> {
  const key = JSON.stringify([format, base, ...texts]);
  return keptFeedback(key, texts.length, () => feedback.work(owner, { format, base, texts }));
}

/** What a teacher wrote. Courses take turns. */
export function renderText(place: TextPlace, source: string, now = Date.now()): Promise<string> {
  return renderStatement('rst', place, source, now);
}

/** The same with its scripts and styles, which nothing but a frame without an origin may show. */
export function renderFramed(place: TextPlace, source: string, now: number): Promise<string> {
  return renderStatement('framed', place, source, now);
}

async function renderStatement(
  format: 'rst' | 'framed',
  place: TextPlace,
  source: string,
  now: number,
): Promise<string> {
  if (source.trim() === '') return '';
  const base = baseOf(place);
  const [shown] = await keptStatements(JSON.stringify([format, base, source]), 1, () =>
    statements.work(place.course, { format, base, texts: [source] }),
  );
  return shown ? htmlAt(shown, now) : '<p>This text cannot be shown: it takes too long.</p>';
}

/** A single line, such as a choice, without the paragraph around it. */
export async function renderLine(place: TextPlace, source: string): Promise<string> {
  return withoutParagraph(await renderText(place, source));
}

export function withoutParagraph(html: string): string {
  const inner = /^<p>\s*([\s\S]*?)\s*<\/p>$/.exec(html)?.[1];
  return inner === undefined || inner.includes('<p>') ? html : inner;
}

type Make = () => Promise<readonly Rendered[]>;
const keptStatements = keep();
const keptFeedback = keep();

/**
 * Keeps the last texts, bounded in number and size, from the moment that they are begun. Those that cannot be made are null;
 * where only the machine is at fault, the next reader has another try.
 */
function keep(): (key: string, count: number, make: Make) => Promise<readonly Rendered[]> {
  const kept = new Map<string, { made: Promise<readonly Rendered[]>; size: number }>();
  let characters = 0;
  const forget = (key: string): void => {
    characters -= kept.get(key)?.size ?? 0;
    kept.delete(key);
  };
  const bound = (): void => {
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_TEXTS && characters <= KEPT_CHARACTERS) break;
      forget(oldest);
    }
  };
  const unmade = (key: string, count: number) => (error: unknown) => {
    if (isShortage(error)) forget(key);
    return Array<null>(count).fill(null);
  };
  return (key, count, make) => {
    const known = kept.get(key);
    const own = known ?? { made: make().catch(unmade(key, count)), size: key.length };
    if (known) forget(key);
    kept.set(key, own);
    characters += own.size;
    bound();
    if (!known) {
      void own.made.then((all) => {
        if (kept.get(key) !== own) return;
        const size = all.reduce(
          (sum, one) => sum + (one ?? []).reduce((n, { html }) => n + html.length, 0),
          0,
        );
        own.size += size;
        characters += size;
        bound();
      });
    }
    return own.made;
  };
}
