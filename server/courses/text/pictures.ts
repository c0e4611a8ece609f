/**
 * Pictures within a text ("data:image/png;base64,…"). They are taken out before anything measures, compiles or cuts the
 * text, and come back where they were if they are pictures that a browser may be given. In the place of others a sentence
 * says why.
 */
import { randomBytes } from 'node:crypto';
import { disableTypes, imageSize, types } from 'image-size';
import { bytesText } from '../../text/quantities.ts';

/** docs/teachers.md says so. */
const MOST_BYTES = 512 * 1024;
/** A browser takes four bytes for each point, however few the file has. */
const MOST_POINTS = 40e6;
const KINDS = new Map([
  ['png', 'png'],
  ['jpg', 'jpeg'],
  ['gif', 'gif'],
  ['webp', 'webp'],
]);
disableTypes(types.filter((type) => !KINDS.has(type)));

/** Wrapped at 60 or more characters, as encoders do, or in one line. */
const PICTURE =
  /data:image\/([a-z.+-]{1,30});base64,([a-z\d+/=]+(?:\s+[a-z\d+/]{60,}={0,2})*(?:\s+[a-z\d+/]{1,76}={0,2}(?=["']))?)/gi;
/** The agent has left out the picture, because the report had no room for it: grading-api/agent/pictures.py. */
const LEFT_OUT = 'gradeport-left-out';

export type TakenPictures = {
  /** The text with marks, which no one can know beforehand. */
  text: string;
  /** @param html sanitised */
  putBack(html: string): string;
};

export function takePicturesOut(source: string): TakenPictures {
  const name = randomBytes(12).toString('hex');
  const pictures: ({ data: string } | { why: string })[] = [];
  const text = source.replace(PICTURE, (_, kind: string, data: string) => {
    const at = pictures.push(checked(kind.toLowerCase(), data)) - 1;
    return `data:image/png;base64,${name}${at}a`;
  });
  if (pictures.length === 0) return { text, putBack: (html) => html };
  const mark = `data:image/png;base64,${name}(\\d+)a`;
  const [tag, anywhere] = [new RegExp(`<img[^>]*?src="${mark}"[^>]*>`, 'g'), new RegExp(mark, 'g')];
  return {
    text,
    putBack: (html) =>
      html
        .replace(tag, (whole, at: string) => {
          const picture = pictures[Number(at)];
          return picture && 'why' in picture ? `<em>[${picture.why}]</em>` : whole;
        })
        .replace(anywhere, (_, at: string) => {
          const picture = pictures[Number(at)];
          return picture && 'data' in picture ? picture.data : 'data:…';
        }),
  };
}

function checked(kind: string, data: string): { data: string } | { why: string } {
  if (kind === LEFT_OUT) return { why: tooLarge(Number(data)) };
  const bytes = Buffer.from(data, 'base64');
  if (bytes.length > MOST_BYTES) return { why: tooLarge(bytes.length) };
  const size = sizeOf(bytes);
  const type = KINDS.get(size?.type ?? '');
  if (size === null || type === undefined)
    return { why: 'A picture is not shown: it is no PNG, JPEG, GIF or WebP.' };
  if (size.width * size.height > MOST_POINTS)
    return {
      why: `A picture of ${size.width} × ${size.height} points is not shown: at most ${MOST_POINTS / 1e6} million.`,
    };
  return { data: `data:image/${type};base64,${data.replace(/\s+/g, '')}` };
}

const tooLarge = (bytes: number): string =>
  `A picture of ${bytesText(bytes)} is not shown: pictures may have ${bytesText(MOST_BYTES)} each, and a report 1 MiB.`;

/** null: it is no picture. */
function sizeOf(bytes: Buffer) {
  try {
    return imageSize(bytes);
  } catch {
    return null;
  }
}
