/** Which users a course's registration admits. Pure. */
import type { Registration } from '../task.ts';

/** Entries as in INGInious' lists: "*" stands for any letters. A list of addresses admits no user without address. */
export function mayJoin({ list }: Registration, user: { name: string; email?: string | undefined }): boolean {
  if (list === null) return true;
  const shown = (list.of === 'email' ? user.email : user.name)?.toLowerCase();
  if (shown === undefined) return false;
  return list.names.some((pattern) => matches(pattern.toLowerCase(), shown)) === list.accept;
}

/** Compared part by part, from the left: a regular expression with many stars may take for ever. */
function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return pattern === name;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= name.length - last.length;
}
