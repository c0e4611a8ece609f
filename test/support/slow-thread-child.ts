/** A thread for tests: it does what it is asked. */
import { z } from 'zod';
import { answerInThread } from '../../server/rules/thread-side.ts';

answerInThread(z.string(), (job) => {
  if (job === 'loop') for (;;);
  if (job === 'eat') for (const all: string[][] = []; ; ) all.push(Array<string>(1e6).fill('x'));
  if (job === 'throw') throw new Error('thrown');
  return `${job}!`;
});
