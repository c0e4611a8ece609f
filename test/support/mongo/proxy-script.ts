/** What a test asks of a proxy, and what the proxy saw. */
import type { Script } from './proxy-connection.ts';
import { createRules } from './proxy-rules.ts';
import type { Body } from './wire.ts';

export function createScript() {
  const counted = new Map<string, number>();
  const waiting = new Map<string, PromiseWithResolvers<Body>>();
  let overrides: Body = {};
  const script: Script = {
    rules: createRules(),
    saw(command, body) {
      counted.set(command, (counted.get(command) ?? 0) + 1);
      waiting.get(command)?.resolve(body);
      waiting.delete(command);
    },
    hello: (answer) => shownHello(answer, overrides),
  };
  return {
    script,
    setHello: (next: Body) => {
      overrides = next;
    },
    counts: () => new Map(counted),
    next(command: string): Promise<Body> {
      const one = waiting.get(command) ?? Promise.withResolvers<Body>();
      waiting.set(command, one);
      return one.promise;
    },
  };
}

function shownHello(answer: Body, overrides: Body): Body {
  // Without them no client asks for compressed messages, or for answers that come without a question.
  const changes: Body = { compression: undefined, topologyVersion: undefined, ...overrides };
  const entries = Object.entries({ ...answer, ...changes });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
