/**
 * Runs in the frame of a text with scripts, before them. It has no more rights than they have: the page checks what comes
 * from here as if they had sent it (statement-frames.ts).
 */
const tell = (message: { height: number } | { open: string }): void => parent.postMessage(message, '*');

let told = 0;
const measure = (): void => {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  // Without a width its lines are as short as words, and it seems very high.
  if (innerWidth === 0 || height === told) return;
  told = height;
  tell({ height });
};
// Browsers may spare a frame the observer until it is in view.
addEventListener('DOMContentLoaded', measure);
addEventListener('load', measure);
new ResizeObserver(measure).observe(document.documentElement);

// A frame without rights cannot open a window: the page does.
addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  const href = link?.getAttribute('href') ?? '#';
  if (href.startsWith('#')) return;
  event.preventDefault();
  tell({ open: href });
});
