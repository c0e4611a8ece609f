/** Turns a name that people gave into a part of an image's name that an engine accepts. */
import { createHash } from 'node:crypto';

const HASH = 8;

/** Different names may have the same slug; the hash keeps them different. The slug of "我们" is empty. */
export function slugAndHash(name: string): { slug: string; hash: string } {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return { slug, hash: createHash('sha256').update(name).digest('hex').slice(0, HASH) };
}
