/**
 * Drawings (inline SVG) as pictures. In a picture no script runs and nothing is loaded, whatever the drawing says; what
 * could is left out anyway.
 */
import { Parser } from 'htmlparser2';
import { escapeHtml } from './rst-source.ts';

const BEGIN = /<svg(?=[\s>])/i;
const END = /<\/svg\s*>/i;
/** Their content goes, too. */
const LEFT_OUT = new Set([
  'script',
  'foreignobject',
  'iframe',
  'object',
  'embed',
  'audio',
  'video',
  'handler',
]);
const NAME = /^[a-z][\w.-]*(:[a-z][\w.-]*)?$/i;
const SPACES = { xmlns: 'http://www.w3.org/2000/svg', 'xmlns:xlink': 'http://www.w3.org/1999/xlink' };

/**
 * Drawings that do not end are left to the sanitiser, which removes them.
 * @param keep keeps a drawing's address, which is long, and gives a short one for it
 */
export function drawingsAsPictures(html: string, keep: (address: string) => string): string {
  const out: string[] = [];
  let rest = html;
  for (;;) {
    const begin = BEGIN.exec(rest)?.index ?? -1;
    const end = begin < 0 ? null : END.exec(rest.slice(begin));
    if (end === null) break;
    const after = begin + end.index + end[0].length;
    out.push(rest.slice(0, begin), picture(rest.slice(begin, after), keep));
    rest = rest.slice(after);
  }
  out.push(rest);
  return out.join('');
}

/** HTML is more forgiving than XML, which a picture must be: it is written anew. */
function picture(svg: string, keep: (address: string) => string): string {
  const out: string[] = [];
  const size: Record<string, string> = {};
  let [title, isTitle, depth, hidden] = ['', false, 0, 0];
  const parser = new Parser(
    {
      onopentag(name, attribs) {
        if (hidden > 0 || !NAME.test(name) || LEFT_OUT.has(name.toLowerCase())) {
          hidden += 1;
          return;
        }
        isTitle = name === 'title' && title === '';
        if (depth === 0) Object.assign(size, attribs);
        out.push(`<${name}${written(depth === 0 ? { ...attribs, ...SPACES } : attribs)}>`);
        depth += 1;
      },
      ontext(text) {
        if (hidden > 0) return;
        if (isTitle) title += text;
        out.push(escapeHtml(text));
      },
      onclosetag(name) {
        isTitle = false;
        if (hidden > 0) {
          hidden -= 1;
          return;
        }
        depth -= 1;
        out.push(`</${name}>`);
      },
    },
    { lowerCaseTags: false, lowerCaseAttributeNames: false, recognizeSelfClosing: true },
  );
  parser.end(svg);
  const data = Buffer.from(out.join('')).toString('base64');
  const sides = ['width', 'height'].flatMap((side) => {
    const [pixels] = /^\d{1,5}(?=(\.\d+)?(px)?$)/.exec(size[side]?.trim() ?? '') ?? [];
    return pixels === undefined ? [] : [` ${side}="${pixels}"`];
  });
  return `<img alt="${escapeHtml(title.trim())}" src="${keep(`data:image/svg+xml;base64,${data}`)}"${sides.join('')}>`;
}

function written(attribs: Readonly<Record<string, string>>): string {
  return Object.entries(attribs)
    .filter(([name, value]) => NAME.test(name) && isHarmless(name.toLowerCase(), value))
    .map(([name, value]) => ` ${name}="${escapeHtml(value)}"`)
    .join('');
}

function isHarmless(name: string, value: string): boolean {
  if (name.startsWith('on')) return false;
  return !name.endsWith('href') || /^\s*(#|data:image\/(png|jpeg|gif|webp);)/i.test(value);
}
