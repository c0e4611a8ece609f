/** One run_student between its grader and an agent that no container is behind. */
import { expect, test } from 'vitest';
import { type FromStudentAgent, STDIN, STDOUT } from '../../../../grading-api/protocol.ts';
import type { AgentLink } from '../../../../server/execution/agent/agent-link.ts';
import { startStudentRun } from '../../../../server/execution/run/student-run.ts';
import { defaultLimits, type Limits } from '../../../../server/rules/limits.ts';
import { runTrue, studentContext } from '../../../support/execution/student.ts';
import { placeOf } from '../../../support/stand-ins.ts';

function open(limits: Partial<Limits> = {}) {
  const arrived = Promise.withResolvers<AgentLink<FromStudentAgent>>();
  const listening = Promise.withResolvers<Parameters<AgentLink<FromStudentAgent>['listen']>[0]>();
  /** What the agent was sent, and what the grader was. */
  const sent: unknown[] = [];
  const heard: unknown[] = [];
  const agent: AgentLink<FromStudentAgent> = {
    containerId: 'nothing',
    isFull: () => false,
    listen: (listener) => listening.resolve(listener),
    send: (message) => sent.push('type' in message ? message.type : message),
    sendBytes: (stream, _channel, bytes) => sent.push([stream, String(bytes)]),
    usage: async () => null,
    uncounted: () => [],
    halt: async () => true,
    ended: Promise.withResolvers<never>().promise,
    [Symbol.asyncDispose]: async () => {},
  };
  let heardBytes = 0;
  const place = placeOf('default', { limits: { ...defaultLimits, ...limits } });
  const context = studentContext(() => arrived.promise, place);
  const run = startStudentRun(context, runTrue, {
    output(stream, bytes) {
      heardBytes += bytes.length;
      heard.push([stream, String(bytes)]);
    },
    stdinTaken: (bytes) => heard.push(bytes),
    stdinClosed: () => heard.push('closed'),
  });
  const arrive = () => {
    arrived.resolve(agent);
    return listening.promise;
  };
  return { run, sent, heard, arrive, heardBytes: () => heardBytes, outputBytes: place.limits.outputBytes };
}

test('what the grader says before the program is there reaches it, after its command', async () => {
  const { run, sent, arrive } = open();
  run.stdin(Buffer.from('early'));
  run.signal(15);
  const { message } = await arrive();
  run.closeStdin();
  expect(sent).toEqual(['command', [STDIN, 'early'], 'signal', 'stdin-close']);
  message({ type: 'exit', code: 3, ended: 'exit', signal: null, used: null });
  expect(await run.end).toMatchObject({ code: 3, ending: { kind: 'finished' } });
});

test('a program cannot have read more than it was sent', async () => {
  const { run, heard, arrive } = open();
  run.stdin(Buffer.from('12345'));
  const { message } = await arrive();
  for (const bytes of [6, 3, 3, 2]) message({ type: 'stdin-taken', channel: 0, bytes });
  expect(heard).toEqual([3, 2]);
  run.stop();
  expect(await run.end).toMatchObject({ code: 254, ending: { kind: 'killed' } });
});

test('a program whose agent does not count its output is ended at twice the limit', async () => {
  const { run, heard, arrive, outputBytes } = open();
  const { bytes } = await arrive();
  bytes(STDOUT, 0, Buffer.from('hello'));
  bytes(STDOUT, 0, Buffer.alloc(2 * outputBytes));
  expect(heard).toEqual([[STDOUT, 'hello']]);
  expect(await run.end).toMatchObject({ code: 252, ending: { kind: 'output-limit' } });
});

test('a program may print as much more as the grader took, and no more than was printed can be taken', async () => {
  const { run, sent, arrive } = open();
  const { bytes } = await arrive();
  bytes(STDOUT, 0, Buffer.from('12345'));
  for (const taken of [6, 3, 3, 2]) run.outputTaken(STDOUT, taken);
  expect(sent).toEqual(['command', 'output-taken', 'output-taken']);
  run.stop();
  await run.end;
});

test('a program whose agent sends on although its output is not taken is ended, whatever the limit is', async () => {
  const { run, arrive, heardBytes } = open({ outputBytes: 64 * 2 ** 20 });
  const { bytes } = await arrive();
  for (let mib = 0; mib < 8; mib += 1) bytes(STDOUT, 0, Buffer.alloc(2 ** 20));
  expect(await run.end).toMatchObject({ code: 252, ending: { kind: 'output-limit' } });
  expect(heardBytes()).toBe(4 * 2 ** 20);
});

test('a grader that sends on although nothing is read loses the program, before it is there and after', async () => {
  for (const isThere of [false, true]) {
    const { run, arrive } = open();
    if (isThere) await arrive();
    for (let mib = 0; mib < 5; mib += 1) run.stdin(Buffer.alloc(2 ** 20));
    if (!isThere) await arrive();
    expect(await run.end).toMatchObject({ code: 254, ending: { kind: 'crashed' } });
  }
});
