/** The one reading of yes and no, in YAML files and labels: YAML's words in any case, and 1 and 0. */
const YES = new Set(['true', 'yes', 'y', 'on', '1']);
const NO = new Set(['false', 'no', 'n', 'off', '0']);

/** @returns null for anything else */
export function yesOrNo(value: unknown): boolean | null {
  const word = String(value).trim().toLowerCase();
  if (!['string', 'boolean', 'number'].includes(typeof value)) return null;
  return YES.has(word) ? true : NO.has(word) ? false : null;
}
