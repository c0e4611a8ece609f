/** A file of a submission as a download: never shown, because students name it and fill it. */
import type { Response } from 'express';

export function sendAnswerFile(
  res: Response,
  { filename, content }: { filename: string; content: Buffer },
): void {
  res
    .attachment(filename)
    .set('Content-Type', 'application/octet-stream')
    .set('Cache-Control', 'private, no-cache')
    .send(content);
}
