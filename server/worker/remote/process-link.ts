/** The channel between a process and its child. Both need serialization "advanced": maps and bytes go through. */
import type { ChildProcess } from 'node:child_process';
import type { Link } from './peer.ts';

export const linkToChild = (child: ChildProcess): Link => ({
  send(message) {
    if (child.connected) child.send(message, ignore);
  },
  onMessage: (listener) => void child.on('message', listener),
  onEnd: (listener) => void child.once('disconnect', listener),
});

/** The child's end of the channel. */
export const linkToParent = (): Link => ({
  send(message) {
    if (process.connected) process.send?.(message, undefined, undefined, ignore);
  },
  onMessage: (listener) => void process.on('message', listener),
  onEnd: (listener) => void process.once('disconnect', listener),
});

/** A message fails to arrive only when the other process is gone, which "disconnect" reports. */
const ignore = (): void => {};
