/** The student runs of one grading run: routes the grader's messages to the right one, by channel. */
import type { FromGradingAgent, RunStudent } from '../../../grading-api/protocol.ts';
import type { AgentLink } from '../agent/agent-link.ts';
import { NOT_STARTED, type StudentEnd } from './student-policy.ts';
import { type StudentContext, type StudentRun, startStudentRun } from './student-run.ts';

/** More at once would let one submission take the machine; the grader sees 254 for those beyond. */
const MAX_AT_ONCE = 8;

type Words = Extract<FromGradingAgent, { type: 'stdin-close' | 'signal' | 'output-taken' }>;

export type StudentRuns = {
  start(agent: AgentLink<FromGradingAgent>, request: RunStudent): void;
  stdin(channel: number, bytes: Buffer): void;
  tell(words: Words): void;
  /** Whether a student program runs now. */
  active(): boolean;
  /** Ends those still running; returns how each of them ended, in the order of their start. */
  stop(): Promise<StudentEnd[]>;
  [Symbol.asyncDispose](): Promise<void>;
};

export function createStudentRuns(context: StudentContext): StudentRuns {
  const running = new Map<number, StudentRun>();
  const ends: Promise<StudentEnd>[] = [];
  const stop = async () => {
    for (const student of running.values()) student.stop();
    return Promise.all(ends);
  };
  return {
    start(agent, request) {
      const { channel } = request;
      if (running.size >= MAX_AT_ONCE || running.has(channel)) {
        agent.send({ type: 'student-exit', channel, code: NOT_STARTED, how: null });
        return;
      }
      const student = startStudentRun(context, request, {
        output: (stream, bytes) => agent.sendBytes(stream, channel, bytes),
        stdinTaken: (bytes) => agent.send({ type: 'stdin-taken', channel, bytes }),
        stdinClosed: () => agent.send({ type: 'stdin-closed', channel }),
      });
      running.set(channel, student);
      const end = student.end.then((ended) => {
        running.delete(channel);
        agent.send({ type: 'student-exit', channel, code: ended.code, how: ended.how });
        return ended;
      });
      ends.push(end);
    },
    stdin: (channel, bytes) => running.get(channel)?.stdin(bytes),
    tell(words) {
      const student = running.get(words.channel);
      if (words.type === 'signal') student?.signal(words.signal);
      else if (words.type === 'output-taken') student?.outputTaken(words.stream, words.bytes);
      else student?.closeStdin();
    },
    active: () => running.size > 0,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}
