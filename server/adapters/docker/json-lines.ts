/** Reads the engine's reports on long work: one JSON object per line. */
import { GradeportError } from '../../rules/errors.ts';

/** No line of an engine is that long: a longer one comes from something else. */
const MAX_LINE = 2 ** 20;

export async function* jsonLines(stream: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk as Uint8Array, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE)
      throw new GradeportError('internal', 'The engine sent a line without an end.');
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
  }
  if (rest.trim() !== '') yield JSON.parse(rest);
}
