/** What comes from an agent: its frames, cut into messages and bytes, and a way to wait for them. */
import { FRAME_JSON, type FromGradingAgent, type FromStudentAgent } from '../../../grading-api/protocol.ts';

export type Message = FromGradingAgent | FromStudentAgent;
type Bytes = { stream: number; channel: number; data: Buffer };

/** Cuts what an agent says into messages and bytes. */
function frameReader(onMessage: (value: unknown) => void, onBytes: (bytes: Bytes) => void) {
  let rest: Buffer = Buffer.alloc(0);
  return (data: Buffer): void => {
    rest = rest.length ? Buffer.concat([rest, data]) : data;
    while (rest.length >= 5 && rest.length >= 4 + rest.readUInt32BE(0)) {
      const end = 4 + rest.readUInt32BE(0);
      const payload = rest.subarray(5, end);
      if (rest[4] === FRAME_JSON) onMessage(JSON.parse(payload.toString('utf8')));
      else
        onBytes({
          stream: payload.readUInt8(0),
          channel: payload.readUInt32BE(1),
          data: payload.subarray(5),
        });
      rest = rest.subarray(end);
    }
  };
}

export function frame(kind: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + 1, 0);
  head.writeUInt8(kind, 4);
  return Buffer.concat([head, payload]);
}

/** @param check throws at a message that is not of the protocol */
export function createInbox(check: (value: unknown) => void) {
  const messages: Message[] = [];
  const printed = new Map<string, Buffer[]>();
  const listeners = new Set<() => void>();
  const onBytes = new Set<(bytes: Bytes) => void>();
  const onMessage = new Set<(message: Message) => void>();
  let complaints = '';
  let exitStatus: number | null | undefined;
  const wake = () => {
    for (const listener of [...listeners]) listener();
  };
  const nextNews = () =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        listeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, 1000);
      listeners.add(done);
    });

  /** Wait until something is true of what came; fails when the agent ended without it. */
  async function until<T>(what: string, look: () => T | undefined): Promise<T> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      const gone = exitStatus !== undefined;
      if (gone || Date.now() > deadline)
        throw new Error(`${what}: ${gone ? 'the agent ended' : 'nothing came'}\n${complaints}`);
      await nextNews();
    }
  }

  return {
    messages,
    onBytes,
    onMessage,
    until,
    message: <K extends Message['type']>(type: K, nth = 0) =>
      until(`the message ${type}`, () => {
        const found = messages.filter((one) => one.type === type);
        return found[nth] as Extract<Message, { type: K }> | undefined;
      }),
    printed: (stream: number, channel = 0) =>
      Buffer.concat(printed.get(`${stream}/${channel}`) ?? []).toString('utf8'),
    complaints: () => complaints,
    exitStatus: () => exitStatus,
    complain(data: Buffer): void {
      complaints += data.toString();
    },
    end(status: number | null): void {
      exitStatus = status;
      wake();
    },
    read: frameReader(
      (value) => {
        check(value);
        const one = value as Message; // as it came: what the schema does not know must be seen here too
        messages.push(one);
        for (const listener of onMessage) listener(one);
        wake();
      },
      (bytes) => {
        const key = `${bytes.stream}/${bytes.channel}`;
        printed.set(key, [...(printed.get(key) ?? []), bytes.data]);
        for (const listener of onBytes) listener(bytes);
        wake();
      },
    ),
  };
}
