/**
 * Reads the classic builder's output as lines and facts. Its own words and what the steps print come in one stream and
 * cannot be told apart for certain: what is read here is only shown, or checked with the engine before it counts.
 */
import { StringDecoder } from 'node:string_decoder';
import { z } from 'zod';
import { GradeportError } from '../../../rules/errors.ts';
import { plainLine } from '../../../text/hostile.ts';

const messageSchema = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  error: z.string().optional(),
  aux: z.object({ ID: z.string().optional() }).optional(),
});

export type BuildListener = {
  line(text: string): void;
  /** A step begins: its number (from 1), how many there are, and the instruction. */
  step(number: number, of: number, text: string): void;
  /** A step's container was made; it starts now. */
  container(id: string): void;
  /** A step's image is there, or was found in the cache. */
  image(id: string): void;
  /** The builder fetches an image from a registry. */
  pulling(): void;
};

/** The engine sends pieces of 32 KiB at most. */
const MAX_MESSAGE = 4 * 2 ** 20;
const MAX_LINE = 8 * 1024;
const MAX_SHOWN = 2000;
const STEP = /^Step (\d{1,4})\/(\d{1,4}) : (.*)$/;
const CONTAINER = /^ ---> Running in ([\da-f]{12})$/;
const IMAGE = /^ ---> ([\da-f]{12})$/;
/** The engine prints in red what a step wrote to stderr. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const COLOURS = /\u001b\[[0-9;]*m/g;

export function createBuildOutput(listener: BuildListener) {
  // A character may lie across two pieces.
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let partial = '';
  let steps = 0;
  let id = '';
  let error: string | null = null;

  function line(text: string): void {
    if (text.trim() === '') return;
    const step = STEP.exec(text);
    // Only the next number counts: a step may print such lines, too.
    if (step && Number(step[1]) === steps + 1) {
      steps += 1;
      listener.step(steps, Number(step[2]), plainLine(step[3] ?? '', MAX_SHOWN));
    }
    const container = CONTAINER.exec(text)?.[1];
    if (container !== undefined) listener.container(container);
    const image = IMAGE.exec(text)?.[1];
    if (image !== undefined) listener.image(image);
    listener.line(plainLine(text, MAX_SHOWN));
  }

  function print(text: string): void {
    const lines = (partial + text.replace(COLOURS, '')).split('\n');
    partial = lines.pop() ?? '';
    for (const one of lines) line(one);
    if (partial.length <= MAX_LINE) return;
    line(partial);
    partial = '';
  }

  function message(json: string): void {
    const { stream, status, error: failure, aux } = messageSchema.parse(JSON.parse(json));
    if (failure !== undefined) error ??= plainLine(failure.trim(), MAX_SHOWN);
    if (aux?.ID !== undefined) id = aux.ID;
    if (stream !== undefined) print(stream);
    if (status?.startsWith('Pulling from ')) listener.pulling();
  }

  return {
    push(chunk: Buffer): void {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_MESSAGE)
        throw new GradeportError('internal', 'The engine sent a message without an end.');
      for (const json of lines) if (json.trim() !== '') message(json);
    },
    /** The resulting image, and why the build failed. */
    end(): { id: string; error: string | null } {
      if (rest.trim() !== '') message(rest);
      line(partial);
      partial = '';
      return { id, error };
    },
  };
}
