/**
 * Which address this document shows. Where a page took another's place, Back and Forward change the address only:
 * then the page is loaded that belongs to it.
 */
let shown = location.pathname;

export function setShown(): void {
  shown = location.pathname;
}

addEventListener('popstate', () => {
  if (location.pathname !== shown) location.reload();
});
