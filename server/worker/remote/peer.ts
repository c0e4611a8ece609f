/** Questions between two processes. Each side names what it answers, and checks the values that come with it. */
import { z } from 'zod';
import { ERROR_CODES, GradeportError } from '../../rules/errors.ts';

/** A channel that keeps the order of its messages. Messages that are sent after its end are lost. */
export type Link = {
  send(message: Message): void;
  onMessage(listener: (message: unknown) => void): void;
  onEnd(listener: () => void): void;
};

/** The questions and notices that the other side may send, by name. */
export type Handlers = Readonly<Record<string, (given: unknown) => unknown>>;

export type Peer = {
  /** Fails as the other side failed, and with "unreachable" when it is gone. */
  ask(name: string, given?: unknown): Promise<unknown>;
  /** Sends a notice, which has no answer. */
  tell(name: string, given?: unknown): void;
  isGone(): boolean;
};

const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ask'), id: z.int(), name: z.string(), given: z.unknown() }),
  z.object({ kind: z.literal('tell'), name: z.string(), given: z.unknown() }),
  z.object({ kind: z.literal('answer'), id: z.int(), value: z.unknown() }),
  z.object({ kind: z.literal('refusal'), id: z.int(), code: z.enum(ERROR_CODES), message: z.string() }),
]);
type Message = z.infer<typeof messageSchema>;

const gone = (): GradeportError => new GradeportError('unreachable', 'The other process is gone.');

/** @param failed called with the error of a message that could not be handled and that asks for no answer */
export function createPeer(link: Link, handlers: Handlers, failed: (error: unknown) => void): Peer {
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  let isGone = false;

  async function handle(name: string, given: unknown): Promise<unknown> {
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
    if (!handler) throw new GradeportError('usage', `This process does not answer "${name}".`);
    return handler(given);
  }

  async function answer(id: number, name: string, given: unknown): Promise<void> {
    try {
      link.send({ kind: 'answer', id, value: await handle(name, given) });
    } catch (error) {
      const code = error instanceof GradeportError ? error.code : 'internal';
      link.send({
        kind: 'refusal',
        id,
        code,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }

  function settle(message: Extract<Message, { kind: 'answer' | 'refusal' }>): void {
    const asked = open.get(message.id);
    open.delete(message.id);
    if (message.kind === 'answer') asked?.resolve(message.value);
    else asked?.reject(new GradeportError(message.code, message.message));
  }

  link.onMessage((given) => {
    const { success, data, error } = messageSchema.safeParse(given);
    if (!success) failed(error);
    else if (data.kind === 'ask') void answer(data.id, data.name, data.given);
    else if (data.kind === 'tell') handle(data.name, data.given).catch(failed);
    else settle(data);
  });
  link.onEnd(() => {
    isGone = true;
    for (const { reject } of open.values()) reject(gone());
    open.clear();
  });

  return {
    ask(name, given) {
      if (isGone) return Promise.reject(gone());
      last += 1;
      const asked = Promise.withResolvers<unknown>();
      open.set(last, asked);
      link.send({ kind: 'ask', id: last, name, given });
      return asked.promise;
    },
    tell: (name, given) => link.send({ kind: 'tell', name, given }),
    isGone: () => isGone,
  };
}
