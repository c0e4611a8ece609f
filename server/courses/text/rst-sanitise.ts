/** What of a compiled text may reach a browser. Everything that is not named here is removed. */
import sanitise, { type Attributes, type IOptions } from 'sanitize-html';
import { drawingsAsPictures } from './rst-drawings.ts';
import { resolveAddress } from './text-place.ts';

const TEXT =
  'p br hr h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code em strong i b u s del ins sub sup small mark cite q abbr ' +
  'kbd samp var span div section figure figcaption a img details summary';
const TABLE = 'table caption colgroup col thead tbody tfoot tr th td';
/** KaTeX's MathML, which browsers render without script; without annotation, which may contain HTML. */
const MATH =
  'math semantics mrow mi mo mn ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover ' +
  'mtable mtr mtd mstyle mpadded mphantom menclose mmultiscripts mprescripts';

/** Only the classes that our style sheet has for texts: feedback cannot imitate a part of the page. */
const CLASSES =
  'language-* admonition admonition-title attention caution danger error hint important note tip warning info success ' +
  'primary secondary light dark line-block line centered figure formula katex classifier option-list footnotes ' +
  'align-left align-center align-right footnote-definition footnote-reference citations citation-definition citation-reference doctest topic rubric';

const DATA_IMAGE = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*$/;
/** Ids of a text get a prefix, so that labels and scripts of the page do not find them. */
const ID_PREFIX = 'text-';

const options: IOptions = {
  allowedTags: `${TEXT} ${TABLE} ${MATH}`.split(' '),
  allowedClasses: { '*': CLASSES.split(' ') },
  allowedAttributes: {
    '*': ['id', 'title', 'lang', 'dir'],
    a: ['href', 'rel', 'target'],
    img: ['src', 'alt', 'width', 'height'],
    ol: ['start', 'type'],
    th: ['colspan', 'rowspan', 'align'],
    td: ['colspan', 'rowspan', 'align'],
    col: ['span'],
    math: ['display'],
    mo: ['stretchy', 'fence', 'separator', 'lspace', 'rspace', 'minsize', 'maxsize'],
    mi: ['mathvariant'],
    mspace: ['width', 'height'],
    mfrac: ['linethickness'],
    mover: ['accent'],
    munder: ['accentunder'],
    mtable: ['columnalign', 'rowspacing', 'columnspacing'],
    mstyle: ['displaystyle', 'scriptlevel'],
  },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesByTag: { img: ['http', 'https', 'data'] },
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  // Their text is not for reading: removed together with its content.
  nonTextTags: [
    'script',
    'style',
    'textarea',
    'option',
    'noscript',
    'title',
    'template',
    'iframe',
    'annotation',
  ],
  nestingLimit: 100,
};

function apart(attribs: Record<string, string>): Record<string, string> {
  const { id, ...rest } = attribs;
  return id ? { ...rest, id: `${ID_PREFIX}${id}` } : rest;
}

function link(attribs: Attributes, base: string): Attributes {
  const href = attribs['href'] ?? '';
  if (href.startsWith('#')) return { ...attribs, href: `#${ID_PREFIX}${href.slice(1)}` };
  const address = 'href' in attribs ? { href: resolveAddress(href, base) } : {};
  return { ...attribs, ...address, rel: 'noopener noreferrer nofollow', target: '_blank' };
}

function image(attribs: Attributes, base: string, drawings: ReadonlyMap<string, string>): Attributes {
  const { src = '', ...rest } = attribs;
  const drawing = drawings.get(src);
  if (drawing !== undefined) return { ...rest, src: drawing };
  const isOtherData = /^\s*data:/i.test(src) && !DATA_IMAGE.test(src);
  return isOtherData ? { alt: '', ...rest } : { alt: '', ...rest, src: resolveAddress(src, base) };
}

/** A page has its own h1 and h2. */
const HEADINGS = Object.fromEntries(
  [1, 2, 3, 4, 5, 6].map((level) => [`h${level}`, `h${Math.min(level + 2, 6)}`]),
);

/** @param base where relative addresses start */
export function sanitiseHtml(html: string, base: string): string {
  // A text may name a drawing itself, and shows its own one twice then.
  const drawings = new Map<string, string>();
  const pictures = drawingsAsPictures(html, (address) => {
    const short = `drawing:${drawings.size}`;
    drawings.set(short, address);
    return short;
  });
  const transformTags: IOptions['transformTags'] = {
    ...HEADINGS,
    '*': (tagName, attribs) => ({ tagName, attribs: apart(attribs) }),
    a: (tagName, attribs) => ({ tagName, attribs: link(attribs, base) }),
    img: (tagName, attribs) => ({ tagName, attribs: image(attribs, base, drawings) }),
  };
  return sanitise(pictures, { ...options, transformTags }).trim();
}
