/**
 * Runs in the frame of a text with scripts, before them. It has no more rights than they have: the page checks what comes
 * from here as if they had sent it (statement-frames.ts).
 */
const tell = (message: { height: number } | { open: string }): void => parent.postMessage(message, '*');

let told = 0;
new ResizeObserver(() => {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  if (height === told) return;
  told = height;
  tell({ height });
}).observe(document.documentElement);

// A frame without rights cannot open a window: the page does.
addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  const href = link?.getAttribute('href') ?? '#';
  if (href.startsWith('#')) return;
  event.preventDefault();
  tell({ open: href });
});
