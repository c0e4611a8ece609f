/** Shows the steps of a run on its page. Applying a step again shows the same. */
import { durationText } from '../../../server/text/quantities.ts';
import type { RunStep } from '../../events.ts';
import { find, need } from '../shared/dom.ts';
import { settle } from '../shared/localise-times.ts';
import { t } from '../shared/messages.ts';
import { renderFeedback, renderVerdict } from '../shared/templates.ts';
import type { FeedListener } from './run-feed.ts';
import { createOutput } from './run-output.ts';
import { createTimeline } from './run-timeline.ts';

export type StepOf<T extends RunStep['type']> = Extract<RunStep, { type: T }>;

/** @param toTerminal receives the events of the run's terminal */
export function createRunPage(
  root: HTMLElement,
  toTerminal: (step: StepOf<'terminal'>) => void,
): FeedListener {
  const timeline = createTimeline(need('#timeline', HTMLElement, root));
  const output = createOutput(need('#output-section', HTMLElement, root));
  const announcement = need('#announce', HTMLElement, root);
  const connection = need('#connection', HTMLElement, root);

  const stations = createStations(timeline, announce);

  function announce(sentence: string): void {
    if (announcement.textContent !== sentence) announcement.textContent = sentence;
  }

  function show(selector: string, html: string): void {
    const place = need(selector, HTMLElement, root);
    place.innerHTML = html;
    settle(place);
  }

  function requeued(reason: string): void {
    clear();
    stations.requeued(reason);
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
    if (back && verdict.tone !== 'good') back.textContent = t('live.tryAgain');
    document.title = `${verdict.label} · ${document.title}`;
    const { label, summary } = verdict;
    announce(t('live.verdictSaid', { label, grade: String(verdict.grade), summary }));
  }

  return {
    step(step): void {
      if (step.type === 'queued') stations.queued(step.position);
      else if (step.type === 'starting') stations.starting(step);
      else if (step.type === 'started') stations.started(step);
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

/** The stations before the verdict, in the timeline and for screen readers. */
function createStations(timeline: ReturnType<typeof createTimeline>, announce: (sentence: string) => void) {
  let placed: StepOf<'starting'> | null = null;
  return {
    queued(position: number | null): void {
      timeline.at('queued');
      timeline.detail('queued', place(position));
      announce(t('live.queuedAt', { place: place(position) }));
    },
    starting(step: StepOf<'starting'>): void {
      timeline.at('starting');
      timeline.detail('queued', '');
      placed = step;
      timeline.detail('starting', placeText(step));
    },
    started(step: StepOf<'started'>): void {
      timeline.at('running');
      if (placed?.runtime) timeline.detail('starting', placeText(placed, durationText(step.startMs)));
      timeline.clock(step.at);
      announce(t('live.grading'));
    },
    requeued(reason: string): void {
      timeline.stopClock();
      timeline.at('queued');
      timeline.detail('queued', t('live.again', { reason }));
      announce(t('live.startingAgain'));
    },
  };
}

/** A quiz needs no container. */
function placeText({ environment, runtime }: StepOf<'starting'>, time?: string): string {
  if (!runtime) return t('live.noContainer');
  return time === undefined
    ? t('live.onRuntime', { environment, runtime })
    : t('live.readyIn', { environment, runtime, time });
}

/** Position 0 is next. */
function place(position: number | null): string {
  if (position === null) return '';
  return position === 0 ? t('live.nextInLine') : t('live.beforeYou', { position });
}
