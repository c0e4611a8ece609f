/** As much of MongoDB's wire protocol as a proxy needs: frames, and the documents in them. No compression. */
import { mongo } from 'mongoose';

export type Body = Record<string, unknown>;

export type Message = {
  id: number;
  /** The id of the request that it answers; 0 in requests. */
  answerTo: number;
  kind: 'msg' | 'query' | 'reply';
  /** False for writes without acknowledgement. */
  wantsAnswer: boolean;
  body: Body;
};

// Opcodes and layout: MongoDB's manual, "MongoDB Wire Protocol".
const OPCODES = { msg: 2013, query: 2004, reply: 1 } as const;
const HEADER = 16;
const FLAGS = 4;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;

/** Calls back with each whole frame of a stream of chunks. */
export function splitFrames(onFrame: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= HEADER && rest.length >= rest.readInt32LE(0)) {
      const frame = rest.subarray(0, rest.readInt32LE(0));
      rest = rest.subarray(frame.length);
      onFrame(frame);
    }
  };
}

export function decode(frame: Buffer): Message {
  const kind = kindOf(frame.readInt32LE(12));
  const flags = frame.readInt32LE(HEADER);
  return {
    id: frame.readInt32LE(4),
    answerTo: frame.readInt32LE(8),
    kind,
    wantsAnswer: kind !== 'msg' || (flags & MORE_TO_COME) === 0,
    body: bodyOf(frame, kind, flags),
  };
}

function kindOf(opcode: number): Message['kind'] {
  for (const kind of ['msg', 'query', 'reply'] as const) if (OPCODES[kind] === opcode) return kind;
  throw new Error(`the proxy does not know the opcode ${opcode}`);
}

function bodyOf(frame: Buffer, kind: Message['kind'], flags: number): Body {
  if (kind === 'msg') return sectionsOf(frame, flags);
  // A reply has a cursor id, a start and a count; a query a name that ends with 0, a number to skip and one to return.
  const at = kind === 'reply' ? HEADER + FLAGS + 16 : frame.indexOf(0, HEADER + FLAGS) + 1 + 8;
  return documentAt(frame, at);
}

/** The command with the lists that travel beside it, such as the documents of an insert. */
function sectionsOf(frame: Buffer, flags: number): Body {
  const end = frame.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  const body: Body = {};
  let at = HEADER + FLAGS;
  while (at < end) {
    const isList = frame[at] === 1;
    const size = frame.readInt32LE(at + 1);
    if (isList) Object.assign(body, listAt(frame.subarray(at + 5, at + 1 + size)));
    else Object.assign(body, documentAt(frame, at + 1));
    at += 1 + size;
  }
  return body;
}

function listAt(section: Buffer): Body {
  const nameEnd = section.indexOf(0);
  const documents: Body[] = [];
  let at = nameEnd + 1;
  while (at < section.length) {
    documents.push(documentAt(section, at));
    at += section.readInt32LE(at);
  }
  return { [section.toString('utf8', 0, nameEnd)]: documents };
}

const documentAt = (bytes: Buffer, at: number): Body =>
  mongo.BSON.deserialize(bytes.subarray(at, at + bytes.readInt32LE(at)));

/** An answer in the form of its request: old commands get old replies. */
export function encodeAnswer(request: Pick<Message, 'id' | 'kind'>, body: Body): Buffer {
  const document = mongo.BSON.serialize(body);
  const isOld = request.kind === 'query';
  const before = Buffer.alloc(isOld ? 20 : 5);
  if (isOld) before.writeInt32LE(1, 16); // one document
  const header = Buffer.alloc(HEADER);
  header.writeInt32LE(HEADER + before.length + document.length, 0);
  header.writeInt32LE(request.id, 8);
  header.writeInt32LE(isOld ? OPCODES.reply : OPCODES.msg, 12);
  return Buffer.concat([header, before, document]);
}
