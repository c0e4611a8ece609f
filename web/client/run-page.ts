/** Where the steps of a run go on its page. Applying a step again shows the same. */

import { durationText } from '../../server/text/quantities.ts';
import type { RunStep } from '../events.ts';
import { find, need } from './dom.ts';
import { settle } from './localise-times.ts';
import type { FeedListener } from './run-feed.ts';
import { createOutput } from './run-output.ts';
import { createTimeline } from './run-timeline.ts';
import { renderFeedback, renderVerdict } from './templates.ts';

/** A quiz is graded where it arrives. */
const NO_CONTAINER = 'not needed';

export type StepOf<T extends RunStep['type']> = Extract<RunStep, { type: T }>;

/** @param toTerminal takes what becomes of the run's terminal */
export function createRunPage(
  root: HTMLElement,
  toTerminal: (step: StepOf<'terminal'>) => void,
): FeedListener {
  const timeline = createTimeline(need('#timeline', HTMLElement, root));
  const output = createOutput(need('#output-section', HTMLElement, root));
  const announcement = need('#announce', HTMLElement, root);
  const connection = need('#connection', HTMLElement, root);

  function announce(sentence: string): void {
    if (announcement.textContent !== sentence) announcement.textContent = sentence;
  }

  function show(selector: string, html: string): void {
    const place = need(selector, HTMLElement, root);
    place.innerHTML = html;
    settle(place);
  }

  function queued(position: number | null): void {
    timeline.at('queued');
    timeline.detail('queued', place(position));
    announce(`Queued. ${place(position)}`);
  }

  function starting(step: StepOf<'starting'>): void {
    timeline.at('starting');
    timeline.detail('queued', '');
    timeline.detail('starting', step.runtime ? `${step.environment} on ${step.runtime}` : NO_CONTAINER);
  }

  function started(step: StepOf<'started'>): void {
    timeline.at('running');
    const item = need('[data-step="starting"] .step-detail', HTMLElement, root);
    const [what] = item.textContent.split(', ready');
    if (what !== NO_CONTAINER) item.textContent = `${what}, ready in ${durationText(step.startMs)}`;
    timeline.clock(step.at);
    announce('Grading.');
  }

  function requeued(reason: string): void {
    clear();
    timeline.stopClock();
    timeline.at('queued');
    timeline.detail('queued', `again: ${reason}`);
    announce('Starting again.');
  }

  function clear(): void {
    output.clear();
    show('#feedback', '');
  }

  function done({ verdict, feedback }: StepOf<'done'>): void {
    show('#verdict', renderVerdict(verdict));
    show('#feedback', renderFeedback(feedback));
    timeline.finish(verdict.tone, verdict.timings);
    find('#stop', HTMLFormElement, document)?.remove();
    const back = find('#to-task', HTMLAnchorElement, document);
    if (back && verdict.tone !== 'good') back.textContent = 'Try again';
    document.title = `${verdict.label} · ${document.title}`;
    announce(`Verdict: ${verdict.label}, ${verdict.grade} percent. ${verdict.summary}`);
  }

  return {
    step(step): void {
      if (step.type === 'queued') queued(step.position);
      else if (step.type === 'starting') starting(step);
      else if (step.type === 'started') started(step);
      else if (step.type === 'output') output.print(step.stream, step.text);
      else if (step.type === 'omitted') output.omitted(step.bytes);
      else if (step.type === 'feedback') show('#feedback', renderFeedback(step.feedback));
      else if (step.type === 'terminal') toTerminal(step);
      else if (step.type === 'requeued') requeued(step.reason);
      else done(step);
    },
    restart: clear,
    state(state): void {
      timeline.at(state === 'running' ? 'running' : 'queued');
    },
    over: () => location.reload(),
    connection(sentence): void {
      connection.textContent = sentence ?? '';
      connection.hidden = sentence === null;
    },
  };
}

/** 0 is the next one. */
function place(position: number | null): string {
  if (position === null) return '';
  return position === 0 ? 'next in line' : `${position} before you`;
}
