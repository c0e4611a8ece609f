/** What a test tells the proxy to do with commands, and which rule is next for one. */
import type { Body } from './wire.ts';

export type Rule = {
  /** By MongoDB's name, "hello" also for its older ones; without it every command but hello. */
  command?: string;
  when?: (body: Body) => boolean;
  /** How often it applies; without it always. */
  times?: number;
  /**
   * - fail: the client gets an error of the server
   * - cut: the connection ends
   * - truncate: the connection ends in the middle of the message
   * - swallow: the client gets no answer
   * - delay: the message goes on `ms` later
   */
  do: 'fail' | 'cut' | 'truncate' | 'swallow' | 'delay';
  /** When: instead of passing the request on, or once the server did the work. Fail and cut: request; others: answer. */
  after?: 'request' | 'answer';
  /** Of fail. */
  code?: number;
  codeName?: string;
  message?: string;
  /** Of fail, in place of what code, codeName and message make. */
  answer?: Body;
  /** Of delay. */
  ms?: number;
  /** Called each time when it applies to a message; of swallow: the server has done the work. */
  onDone?: () => void;
};

export type Rules = {
  add(rule: Rule): () => void;
  /** The newest that applies to this command, which counts as one of its times. */
  take(command: string, body: Body): Rule | undefined;
};

export function createRules(): Rules {
  const left = new Map<Rule, number>();
  return {
    add(given) {
      const rule = { ...given };
      left.set(rule, rule.times ?? Number.POSITIVE_INFINITY);
      return () => void left.delete(rule);
    },
    take(command, body) {
      const rule = [...left.keys()].findLast((each) => applies(each, command, body));
      if (!rule) return undefined;
      const times = (left.get(rule) ?? 0) - 1;
      if (times > 0) left.set(rule, times);
      else left.delete(rule);
      return rule;
    },
  };
}

const applies = (rule: Rule, command: string, body: Body): boolean =>
  (rule.command === undefined ? command !== 'hello' : rule.command === command) &&
  (rule.when?.(body) ?? true);

export const momentOf = ({ after, do: what }: Rule): 'request' | 'answer' =>
  after ?? (what === 'fail' || what === 'cut' ? 'request' : 'answer');

/** The command's name is its first key. */
export function commandOf(body: Body): string {
  const [name = ''] = Object.keys(body);
  return /^ismaster$/i.test(name) ? 'hello' : name;
}
