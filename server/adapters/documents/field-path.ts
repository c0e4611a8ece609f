/** Dotted paths of the store's language: split here, and turned into SQLite's JSON paths here only. */

/** `a.b` → ['a', 'b']; an empty part is a programming error. */
export function splitPath(path: string): string[] {
  const parts = path.split('.');
  if (parts.some((part) => part === ''))
    throw new TypeError(`"${path}" is not a path: it has an empty part.`);
  return parts;
}

/** `a.b` → `$."a"."b"`. SQLite reads JSON's own escapes between the quotes, so no key can end its quotes. */
export function toJsonPath(path: string): string {
  return `$${splitPath(path)
    .map((part) => `.${JSON.stringify(part)}`)
    .join('')}`;
}

/** The value at a path of a document; undefined: there is none. Follows own members of objects only. */
export function valueAt(doc: object, path: string): unknown {
  let node: unknown = doc;
  for (const part of splitPath(path)) {
    if (typeof node !== 'object' || node === null || Array.isArray(node) || !Object.hasOwn(node, part))
      return undefined;
    node = (node as Record<string, unknown>)[part];
  }
  return node;
}
