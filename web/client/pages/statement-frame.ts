/**
 * Runs in the frame of a text with scripts, before them. It has no more rights than they have: the page checks what comes
 * from here as if they had sent it (statement-frames.ts).
 */
const tell = (message: { height: number } | { open: string }): void => parent.postMessage(message, '*');

let told = 0;
const measure = (): void => {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  if (height === told) return;
  told = height;
  tell({ height });
};
// Browsers spare a frame that is not visible the observer, and it becomes visible with its first height.
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
