/**
 * Stands before every port of a server. Each kind of call is a step: the port, the verb, and for the store what it asks
 * for. A call that the house did not make yesterday is a step today without a word here.
 */
import type { Through } from '../../../server/main/all-in-one.ts';
import { faultOf, type Lasts, partOf } from './faults.ts';

/** How long a part fails that fails for a while. */
export const WHILE_MS = 2500;
export const HOUR_MS = 3_600_000;

type Armed = { step: string; lasts: Lasts };
type Outside = {
  /** Takes the folder of courses away, and brings it back. */
  courses(isThere: boolean): void;
};

type Method = (...given: unknown[]) => unknown;
const isMethod = (value: unknown): value is Method => typeof value === 'function';
const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
/** Something whose calls are steps, too: a container, a volume, the store that is patient. */
const isPort = (value: unknown): value is Record<string, unknown> =>
  isPlain(value) && Object.values(value).some((one) => isMethod(one) || (isPlain(one) && isPort(one)));

export function createPorts(outside: Outside) {
  /** The steps of a recording, in the order of their first call. */
  const steps = new Set<string>();
  /** The verbs that answered with a promise: only those can fail. */
  const fallible = new Set<string>();
  let armed: Armed | null = null;
  let down: Armed | null = null;
  let fired = false;
  let timer: NodeJS.Timeout | undefined;

  function end(): void {
    clearTimeout(timer);
    if (down !== null && partOf(down.step) === 'courses') outside.courses(true);
    down = null;
  }

  function begin(now: Armed): void {
    fired = true;
    armed = null;
    down = now;
    if (partOf(now.step) === 'courses') outside.courses(false);
    if (now.lasts !== 'restart') timer = setTimeout(end, now.lasts === 'while' ? WHILE_MS : 0);
  }

  /** The fault of this call; null: it goes well. */
  function faultAt(step: string, verb: string): Error | 'lost' | null {
    if (armed?.step === step) {
      const { lasts } = armed;
      begin(armed);
      return partOf(step) === 'events' ? 'lost' : faultOf(step, lasts === 'while' ? 'while' : lasts);
    }
    if (down === null || down.lasts === 'once' || partOf(down.step) !== partOf(step) || !fallible.has(verb))
      return null;
    return partOf(step) === 'events' ? 'lost' : faultOf(step, down.lasts);
  }

  function call(verb: string, method: Method, self: unknown, given: unknown[]): unknown {
    if (verb.endsWith('.close')) return method.apply(self, given);
    const step = stepOf(verb, given);
    const fault = faultAt(step, verb);
    if (fault === 'lost') return Promise.resolve(0);
    if (fault !== null) return Promise.reject(fault);
    const answer = method.apply(self, given);
    if (!(answer instanceof Promise)) return isPort(answer) ? around(verb, answer) : answer;
    fallible.add(verb);
    steps.add(step);
    return answer.then((value: unknown) => (isPort(value) ? around(verb, value) : value));
  }

  function around<T extends object>(path: string, target: T): T {
    const known = new Map<PropertyKey, unknown>();
    return new Proxy(target, {
      get(_, key) {
        const value: unknown = Reflect.get(target, key);
        if (known.has(key) || typeof key === 'symbol') return known.get(key) ?? value;
        const verb = `${path}.${key}`;
        const seen = isMethod(value)
          ? (...given: unknown[]) => call(verb, value, target, given)
          : isPort(value)
            ? around(verb, value)
            : value;
        if (seen !== value) known.set(key, seen);
        return seen;
      },
    });
  }

  function clockOf(read: Method) {
    return () => {
      const step = `clock.${askerOf(new Error().stack ?? '')}`;
      steps.add(step);
      if (armed?.step === step) begin(armed);
      const isWrong = down !== null && partOf(down.step) === 'clock';
      return Number(read()) + (isWrong ? (down?.lasts === 'restart' ? -HOUR_MS : HOUR_MS) : 0);
    };
  }

  const through: Through = (port, opened) => {
    const seen: unknown = isMethod(opened) ? clockOf(opened) : around(port, opened);
    return seen as typeof opened;
  };
  return {
    through,
    /** Empties the recording, and gives what was in it. */
    takeSteps(): string[] {
      const taken = [...steps];
      steps.clear();
      return taken;
    },
    arm(fault: Armed | null): void {
      armed = fault;
      fired = false;
    },
    fired: () => fired,
    isDown: () => down !== null,
    /** What failed is well again. */
    end,
  };
}

/** The verb, and what it is about: paths of a filter and a change, collections of a batch, the role of a container. */
function stepOf(verb: string, given: readonly unknown[]): string {
  if (verb.startsWith('store.')) return `${verb}(${given.map(shapeOf).join('; ')})`;
  const [first] = given;
  return isPlain(first) && typeof first['role'] === 'string' ? `${verb}(${first['role']})` : verb;
}

function shapeOf(value: unknown): string {
  if (Array.isArray(value))
    return value.map((one) => (isPlain(one) ? String(one['collection'] ?? '') : '')).join('+');
  if (!isPlain(value)) return '';
  return Object.entries(value)
    .map(([key, one]) =>
      key.startsWith('$') && isPlain(one) ? `${key} ${Object.keys(one).map(nameOf).join(' ')}` : key,
    )
    .slice(0, 5)
    .join(',');
}

/** Without the id of this machine's engine. */
const nameOf = (path: string): string => path.replace(/^engines\..*/, 'engines');

/** The function that looked at the clock. */
function askerOf(stack: string): string {
  const line = stack.split('\n').find((one) => /\/server\/(?!main\/)/.test(one)) ?? '';
  const [, place = 'main'] = /\/server\/([\w/-]+)\.ts/.exec(line) ?? [];
  return place.replaceAll('.', '-');
}
