/**
 * The address that this document shows. Where a page replaced another in place, Back and Forward change only the
 * address: this then loads the page of that address.
 */
let shown = location.pathname;

export function setShown(): void {
  shown = location.pathname;
}

addEventListener('popstate', () => {
  if (location.pathname !== shown) location.reload();
});
