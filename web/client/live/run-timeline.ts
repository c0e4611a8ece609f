/** The four stations of a run: queued, container, grading, verdict. The page already contains them. */
import { durationText } from '../../../server/text/quantities.ts';
import { need } from '../shared/dom.ts';
import { t } from '../shared/messages.ts';

const STATIONS = ['queued', 'starting', 'running', 'done'] as const;
export type Station = (typeof STATIONS)[number];

const TICK_MS = 250;

export function createTimeline(root: HTMLElement) {
  const items = STATIONS.map((name) => need(`[data-step="${name}"]`, HTMLElement, root));
  let ticking = 0;

  function detail(station: Station, text: string): void {
    const item = items[STATIONS.indexOf(station)];
    if (item) need('.step-detail', HTMLElement, item).textContent = text;
  }

  function stopClock(): void {
    clearInterval(ticking);
  }

  return {
    detail,
    /** Marks earlier stations as past, later ones as still to come. */
    at(station: Station): void {
      const current = STATIONS.indexOf(station);
      for (const [index, item] of items.entries()) {
        item.classList.toggle('is-past', index < current);
        item.classList.toggle('is-current', index === current);
        if (index === current) item.setAttribute('aria-current', 'step');
        else item.removeAttribute('aria-current');
        if (index > current) need('.step-detail', HTMLElement, item).textContent = '';
      }
    },
    /** Shows how long the grader has been running. The server's clock may differ from ours: never below zero. */
    clock(since: string): void {
      stopClock();
      const start = Math.min(Date.parse(since), Date.now());
      const show = () =>
        detail('running', t('live.since', { seconds: Math.floor((Date.now() - start) / 1000) }));
      show();
      ticking = setInterval(show, TICK_MS);
    },
    stopClock,
    finish(tone: string, timings: { startMs: number; graderMs: number; totalMs: number }): void {
      stopClock();
      detail('running', durationText(timings.graderMs));
      detail('done', t('live.after', { time: durationText(timings.totalMs) }));
      for (const item of items) {
        item.classList.remove('is-current');
        item.classList.add('is-past');
        item.removeAttribute('aria-current');
      }
      items.at(-1)?.classList.add(`tone-${tone}`);
    },
  };
}
