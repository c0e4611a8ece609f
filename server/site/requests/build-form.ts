/** What the editor sends: a Dockerfile as text, an archive of files, or both; bounded before it is read. */
import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { z } from 'zod';
import { MAX_DOCKERFILE_BYTES } from '../../environments/builds/dockerfile/lint.ts';
import { parseInput } from '../../model/parse-input.ts';
import { GradeportError } from '../../rules/errors.ts';
import { bytesText } from '../../text/quantities.ts';

const OVERHEAD_BYTES = 64 * 1024;
/** An archive, compressed or not, is never much larger than its content. */
const TAR_OVERHEAD_BYTES = 4 * 2 ** 20;

const formSchema = z.object({
  /** Absent or empty: the archive contains it. Browsers send line ends as two characters. */
  dockerfile: z
    .string()
    .transform((text) => text.replaceAll('\r\n', '\n'))
    .default(''),
  /** "name/3": the kept build whose other files are reused. */
  from: z.string().max(250).default(''),
});
export type BuildForm = z.infer<typeof formSchema> & { archive: Buffer | null };

export async function readBuildForm(req: Request, res: Response, contextBytes: number): Promise<BuildForm> {
  if (!req.is('multipart/form-data')) {
    throw new GradeportError('usage', 'Send the Dockerfile or the archive as multipart/form-data.');
  }
  const mostBytes = contextBytes + TAR_OVERHEAD_BYTES + MAX_DOCKERFILE_BYTES + OVERHEAD_BYTES;
  const length = Number(req.headers['content-length'] ?? Number.NaN);
  if (Number.isNaN(length)) throw new GradeportError('usage', 'A form must say its Content-Length.');
  if (length > mostBytes) {
    throw new GradeportError(
      'too-large',
      `The archive is larger than the limit of ${bytesText(contextBytes)}.`,
    );
  }
  await parse(req, res, contextBytes + TAR_OVERHEAD_BYTES);
  const form = parseInput(formSchema, req.body);
  const archive = req.file?.buffer ?? null;
  return { ...form, archive: archive?.length ? archive : null };
}

function parse(req: Request, res: Response, fileSize: number): Promise<void> {
  const upload = multer({
    storage: multer.memoryStorage(),
    // Line ends of a form count twice.
    limits: {
      fileSize,
      fieldSize: 2 * MAX_DOCKERFILE_BYTES,
      fieldNameSize: 100,
      files: 1,
      fields: 5,
      parts: 6,
    },
  }).single('archive');
  return new Promise((resolve, reject) => {
    upload(req, res, (error: unknown) => (error ? reject(named(error, fileSize)) : resolve()));
  });
}

function named(error: unknown, fileSize: number): unknown {
  if (error instanceof MulterError && error.code === 'LIMIT_FILE_SIZE') {
    return new GradeportError(
      'too-large',
      `The archive is larger than the limit of ${bytesText(fileSize)}.`,
      { cause: error },
    );
  }
  if (error instanceof MulterError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new GradeportError('usage', `The form is malformed: ${message}.`, { cause: error });
}
