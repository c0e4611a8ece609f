/** Lets another user reach the checkout where a folder above it is closed to others, as /root is. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { PROJECT_FOLDER } from '../../server/config/config.ts';

/** In a mount namespace of its own, an open folder takes the place of the closed one, with nothing but the checkout in it. */
const OPEN = `
set -e
project=$1 closed=$2
shift 2
held=$(mktemp --directory)
mount --bind "$project" "$held"
mount -t tmpfs -o mode=0755 tmpfs "$closed"
mkdir --parents "$project"
mount --bind "$held" "$project"
umount "$held"
rmdir "$held"
exec "$@"
`;

/** @param command starts as root, and becomes that user later */
export function reachingCheckout(command: readonly string[]): string[] {
  const closed = closedParent(PROJECT_FOLDER);
  if (closed === null || process.getuid?.() !== 0) return [...command];
  return ['unshare', '--mount', 'sh', '-c', OPEN, 'sh', PROJECT_FOLDER, closed, ...command];
}

/** The topmost one. */
function closedParent(folder: string): string | null {
  const parent = dirname(folder);
  if (parent === folder) return null;
  return closedParent(parent) ?? ((statSync(parent).mode & 0o001) === 0 ? parent : null);
}
