/** One run_student between its grader and an agent that no container is behind. */
import { expect, test } from 'vitest';
import { type FromStudentAgent, STDIN, STDOUT } from '../../../../grading-api/protocol.ts';
import type { AgentLink } from '../../../../server/execution/agent/agent-link.ts';
import { startStudentRun } from '../../../../server/execution/run/student-run.ts';
import { runTrue, studentContext } from '../../../support/execution/student.ts';

function open() {
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
  const context = studentContext(() => arrived.promise);
  const run = startStudentRun(context, runTrue, {
    output: (stream, bytes) => heard.push([stream, String(bytes)]),
    stdinTaken: (bytes) => heard.push(bytes),
  });
  const arrive = () => {
    arrived.resolve(agent);
    return listening.promise;
  };
  return { run, sent, heard, arrive, outputBytes: context.parent.limits.outputBytes };
}

test('what the grader says before the program is there reaches it, after its command', async () => {
  const { run, sent, arrive } = open();
  run.stdin(Buffer.from('early'));
  run.signal(15);
  const { message } = await arrive();
  run.closeStdin();
  expect(sent).toEqual(['command', [STDIN, 'early'], 'signal', 'stdin-close']);
  message({ type: 'exit', code: 3, ended: 'exit' });
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
