/** A client in a process of its own: asks for pages until its stdin ends, then says how long each took. */
import { z } from 'zod';

const orders = z.object({
  url: z.string(),
  /** Of each request; they are asked for one after the other, again and again. */
  asks: z.array(z.object({ path: z.string(), cookie: z.string(), json: z.unknown().optional() })),
  /** How many at a time. */
  lanes: z.number(),
});

const { url, asks, lanes } = orders.parse(JSON.parse(process.argv[2] ?? ''));
const took: number[] = [];
let isOver = false;
process.stdin.on('end', () => {
  isOver = true;
});
process.stdin.resume();

async function lane(first: number): Promise<void> {
  for (let at = first; !isOver; at += 1) {
    const ask = asks[at % asks.length];
    if (!ask) return;
    const headers = { cookie: ask.cookie, 'content-type': 'application/json' };
    const body = ask.json === undefined ? {} : { method: 'POST', body: JSON.stringify(ask.json) };
    const begun = performance.now();
    const answer = await fetch(url + ask.path, { ...body, headers, redirect: 'manual' });
    await answer.arrayBuffer();
    took.push(performance.now() - begun);
  }
}

await Promise.all(Array.from({ length: lanes }, (_, at) => lane(at)));
process.stdout.write(JSON.stringify(took));
