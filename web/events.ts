/** The words between browser and server over socket.io: one map, used and checked on both sides. */
import { z } from 'zod';
import type { EnvironmentView, FeedbackView, VerdictView } from './view-models.ts';

/** A run's story so far and as it goes on; seq counts from 1 within one attempt. */
export type RunStep = { seq: number; attempt: number; at: string } & (
  | { type: 'queued'; position: number | null }
  | { type: 'starting'; environment: string; runtime: string }
  | { type: 'started'; startMs: number }
  | { type: 'output'; stream: 'stdout' | 'stderr'; text: string }
  /** Output that was left out because there was too much. */
  | { type: 'omitted'; bytes: number }
  | { type: 'feedback'; feedback: FeedbackView }
  | { type: 'requeued'; reason: string }
  | { type: 'done'; verdict: VerdictView; feedback: FeedbackView }
);

/** The client's last seen position: everything after it is sent again. 0/0: from the beginning. */
export const joinRunSchema = z.strictObject({
  run: z.string().min(1).max(100),
  attempt: z.int().min(0),
  after: z.int().min(0),
});
export type JoinRun = z.infer<typeof joinRunSchema>;

export type Ack<T> = { ok: true; value: T } | { ok: false; error: string };

export type ClientToServer = {
  'run:join': (request: JoinRun, reply: (answer: Ack<{ steps: RunStep[] }>) => void) => void;
  'run:leave': (run: string) => void;
  /** Live list of environments: the whole list at once, then again after every change. */
  'environments:join': (
    reply: (
      answer: Ack<{ environments: EnvironmentView[]; engine: { ok: boolean; sentence: string } }>,
    ) => void,
  ) => void;
};
export type ServerToClient = {
  'run:step': (run: string, step: RunStep) => void;
  environments: (list: {
    environments: EnvironmentView[];
    engine: { ok: boolean; sentence: string };
  }) => void;
};
