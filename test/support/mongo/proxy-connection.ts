/** One client's connection through the proxy: each message goes on, unless a rule says otherwise. */
import type { Socket } from 'node:net';
import { commandOf, momentOf, type Rule, type Rules } from './proxy-rules.ts';
import { failureFor } from './server-errors.ts';
import { type Body, decode, encodeAnswer, type Message, splitFrames } from './wire.ts';

export type Script = {
  rules: Rules;
  /** Called for each request, before its rule is looked up. */
  saw(command: string, body: Body): void;
  /** What a client gets to see of the server's answer to hello. */
  hello(answer: Body): Body;
};

type Exchange = { request: Message; command: string; rule: Rule | undefined };
type Moment = 'request' | 'answer';

export function relay(client: Socket, server: Socket, script: Script): void {
  const ends = joinEnds(client, server);
  const open = new Map<number, Exchange>();

  const onRequest = (frame: Buffer) => {
    const request = decode(frame);
    const command = commandOf(request.body);
    script.saw(command, request.body);
    const exchange = { request, command, rule: script.rules.take(command, request.body) };
    if (request.wantsAnswer) open.set(request.id, exchange);
    pass(ends, 'request', frame, exchange);
  };

  const onAnswer = (frame: Buffer) => {
    const { answerTo, body } = decode(frame);
    const exchange = open.get(answerTo);
    if (!exchange) throw new Error(`the server answered ${answerTo}, which is no open request`);
    open.delete(answerTo);
    const { request, command } = exchange;
    const shown = command === 'hello' ? encodeAnswer(request, script.hello(body)) : frame;
    pass(ends, 'answer', shown, exchange);
  };

  client.on('data', splitFrames(onRequest));
  server.on('data', splitFrames(onAnswer));
}

type Ends = { client: Socket; server: Socket; end(): void; later(ms: number, action: () => void): void };

/** Two sockets that close together, and what would still be done for them. */
function joinEnds(client: Socket, server: Socket): Ends {
  const timers = new Set<NodeJS.Timeout>();
  const end = () => {
    client.destroy();
    server.destroy();
    for (const timer of timers) clearTimeout(timer);
  };
  for (const socket of [client, server]) {
    socket.on('error', end); // one side went away, and the other gets to know by its own close
    socket.on('close', end);
  }
  return { client, server, end, later: (ms, action) => void timers.add(setTimeout(action, ms)) };
}

/** Sends a message on, or does what the rule of its exchange wants at this moment. */
function pass(ends: Ends, moment: Moment, frame: Buffer, { request, rule }: Exchange): void {
  const to = moment === 'request' ? ends.server : ends.client;
  const what = rule && momentOf(rule) === moment ? rule.do : 'send';
  if (what === 'send') to.write(frame);
  else rule?.onDone?.();
  if (what === 'delay') ends.later(rule?.ms ?? 0, () => to.write(frame));
  if (what === 'fail' && rule) ends.client.write(encodeAnswer(request, failureFor(rule, request.body)));
  if (what === 'truncate') to.write(frame.subarray(0, Math.ceil(frame.length / 2)), ends.end);
  if (what === 'cut') ends.end();
}
