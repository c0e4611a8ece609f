/**
 * xterm.js writes <style> elements and style attributes, which a strict content policy refuses. Its documentOverride
 * does not cover all the places where it does so (6.0.0), so the page's own document makes elements that comply.
 */

/** From now on <style> elements get the page's nonce, and the "style" of a span is set through the CSSOM. */
export function complyWithPolicy(): void {
  const nonce = pageNonce();
  const create = document.createElement.bind(document);
  document.createElement = (name: string, options?: ElementCreationOptions): HTMLElement => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    else if (element instanceof HTMLSpanElement) styleThroughCssom(element);
    return element;
  };
}

function styleThroughCssom(span: HTMLSpanElement): void {
  const setAttribute = span.setAttribute.bind(span);
  span.setAttribute = (name, value) => {
    if (name === 'style') span.style.cssText = value;
    else setAttribute(name, value);
  };
}

function pageNonce(): string {
  const meta = document.querySelector('meta[name="csp-nonce"]');
  return meta instanceof HTMLMetaElement ? meta.nonce : '';
}
