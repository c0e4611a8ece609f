/** Shows progress on stderr: on a terminal one line that is rewritten, otherwise a line now and then. */
const EVERY_MS = 10_000;

export function createProgress(stream: NodeJS.WriteStream = process.stderr) {
  let last = Number.NEGATIVE_INFINITY;
  return {
    say(text: string): void {
      if (stream.isTTY) {
        stream.write(`\r\x1b[K${text.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
      } else if (performance.now() - last > EVERY_MS) {
        last = performance.now();
        stream.write(`${text}\n`);
      }
    },
    end(): void {
      if (stream.isTTY) stream.write('\r\x1b[K');
    },
  };
}
