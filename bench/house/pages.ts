/** Fetches pages and API answers like a client on this machine, over one connection that stays open. */
import { Agent, get } from 'node:http';
import type { Sampler } from '../report/interleave.ts';

export function openPages(url: string, cookie: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  /** Milliseconds until the last byte. */
  function load(path: string): Promise<number> {
    const begun = performance.now();
    return new Promise((resolve, reject) => {
      get(url + path, { agent, headers: { cookie } }, (answer) => {
        answer.resume();
        answer.on('error', reject);
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve(performance.now() - begun);
          else reject(new Error(`${path} answered ${answer.statusCode}.`));
        });
      }).on('error', reject);
    });
  }

  return {
    load,
    sampler: (name: string, path: string): Sampler => ({
      name,
      sample: async () => ({ [name]: await load(path) }),
    }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}
