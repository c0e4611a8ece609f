/** What an engine takes as a part of an image's name, from a name that people gave. */
import { createHash } from 'node:crypto';

const HASH = 8;

/** Different names may have one slug; with the hash behind it they stay different. The slug of "我们" is empty. */
export function slugAndHash(name: string): { slug: string; hash: string } {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return { slug, hash: createHash('sha256').update(name).digest('hex').slice(0, HASH) };
}
