/**
 * Stands before every port of a server. Each kind of call is a step: the port, the verb, and for the store what it asks
 * for. A call that the house did not make yesterday is a step today without a word here.
 */
import { basename } from 'node:path';
import type { Through } from '../../../server/main/all-in-one.ts';
import { AHEAD, BEHIND, type Case, faultOf, jumpOf, type Lasts, partOf } from './faults.ts';

/** How long a part fails that fails for a while. */
const WHILE_MS = 2500;

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

/** What fails now, and what is to fail at its next call. */
function createFault(outside: Outside) {
  let armed: Case | null = null;
  let down: Case | null = null;
  let fired = false;
  let timer: NodeJS.Timeout | undefined;

  function end(): void {
    clearTimeout(timer);
    if (down !== null && partOf(down.step) === 'courses') outside.courses(true);
    down = null;
  }

  return {
    arm(fault: Case | null): void {
      armed = fault;
      fired = false;
    },
    fired: () => fired,
    end,
    /** Begins at its step. @returns whether this call is that one */
    meets(step: string): boolean {
      if (armed?.step !== step) return false;
      [down, armed, fired] = [armed, null, true];
      if (partOf(step) === 'courses') outside.courses(false);
      if (down.lasts !== 'restart') timer = setTimeout(end, down.lasts === 'while' ? WHILE_MS : 0);
      return true;
    },
    /** What is the matter with this part; null: it is well. */
    down: (part: string): Case | null => (down !== null && partOf(down.step) === part ? down : null),
  };
}

/** Each place in the code that looks at the clock is two steps: it may have jumped either way. */
function clockOf(read: Method, fault: ReturnType<typeof createFault>, steps: Set<string>) {
  return () => {
    const place = `clock.${askerOf(new Error().stack ?? '')}`;
    for (const step of [place + AHEAD, place + BEHIND]) {
      steps.add(step);
      fault.meets(step);
    }
    const down = fault.down('clock');
    return Number(read()) + (down === null ? 0 : jumpOf(down.step));
  };
}

export function createPorts(outside: Outside) {
  /** The steps of a recording, in the order of their first call. */
  const steps = new Set<string>();
  /** The verbs that answered with a promise: only those can fail. */
  const fallible = new Set<string>();
  const fault = createFault(outside);

  /** The fault of this call; null: it goes well. */
  function faultAt(step: string, verb: string): { error: Error | 'lost'; lasts: Lasts } | null {
    const isFirst = fault.meets(step);
    const lasts = fault.down(partOf(step))?.lasts ?? null;
    const isAlone = lasts === 'once' || lasts === 'unheard';
    if (lasts === null || (!isFirst && (isAlone || !fallible.has(verb)))) return null;
    const error = partOf(step) === 'events' ? 'lost' : faultOf(step, lasts);
    return error && { error, lasts };
  }

  function call(verb: string, method: Method, self: unknown, given: unknown[]): unknown {
    if (verb.endsWith('.close')) return method.apply(self, given);
    const step = stepOf(verb, given);
    const failure = faultAt(step, verb);
    if (failure?.error === 'lost') return Promise.resolve(0);
    if (failure !== null && failure.lasts !== 'unheard') return Promise.reject(failure.error);
    const answer = method.apply(self, given);
    if (failure !== null) return Promise.resolve(answer).then(() => Promise.reject(failure.error));
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

  const through: Through = (port, opened) => {
    const seen: unknown = isMethod(opened) ? clockOf(opened, fault, steps) : around(port, opened);
    return seen as typeof opened;
  };
  const { arm, fired, end } = fault;
  return {
    through,
    arm,
    fired,
    /** What failed is well again. */
    end,
    /** Empties the recording, and gives what was in it. */
    takeSteps(): string[] {
      const taken = [...steps];
      steps.clear();
      return taken;
    },
  };
}

/**
 * The verb, and what it is about: paths of a filter and a change, collections of a batch, the role of a container, the
 * name of a file.
 */
function stepOf(verb: string, given: readonly unknown[]): string {
  if (verb.startsWith('store.')) return `${verb}(${given.map(shapeOf).join('; ')})`;
  const [first] = given;
  if (verb.startsWith('builds.')) return `${verb}(${namePlace(basename(String(first)))})`;
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

/** Without what differs from run to run: the number of a build, the name of the environment that is built. */
const namePlace = (name: string): string =>
  name.replace(/^\d+$/, 'version').replace(/^faults-\d+$/, 'environment');

/** Without the id of this machine's engine. */
const nameOf = (path: string): string => path.replace(/^engines\..*/, 'engines');

/** The function that looked at the clock. */
function askerOf(stack: string): string {
  const line = stack.split('\n').find((one) => /\/server\/(?!main\/)/.test(one)) ?? '';
  const [, place = 'main'] = /\/server\/([\w/-]+)\.ts/.exec(line) ?? [];
  return place.replaceAll('.', '-');
}
