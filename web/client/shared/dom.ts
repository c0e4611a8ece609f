/** Finds an element of a page and checks that it is of the kind that the script expects. */
type Kind<T> = abstract new (...args: never[]) => T;

export function find<T extends Element>(
  selector: string,
  kind: Kind<T>,
  root: ParentNode = document,
): T | null {
  const element = root.querySelector(selector);
  return element instanceof kind ? element : null;
}

/** For elements that the page's template always has: a missing one is a mistake in the page. */
export function need<T extends Element>(selector: string, kind: Kind<T>, root: ParentNode = document): T {
  const element = find(selector, kind, root);
  if (!element) throw new Error(`The page lacks ${selector}`);
  return element;
}

/** All matching elements; the selector implies the kind. */
export function findAll<T extends Element>(
  selector: string,
  kind: Kind<T>,
  root: ParentNode = document,
): T[] {
  return [...root.querySelectorAll(selector)].filter((element): element is T => element instanceof kind);
}
