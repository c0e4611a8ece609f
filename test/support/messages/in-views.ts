/** What views say: the messages that they use, and text that is in no catalogue. Read with Handlebars' own parser. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';

type Node = hbs.AST.Node;
/** A message as a view asks for it. set: all words of a set, of which a value chooses one. */
export type Use = { place: string; key: string; parameters: string[] | null };
export type ViewFile = { path: string; program: hbs.AST.Program };

const VIEWS = join(PROJECT_FOLDER, 'web/views');
const MESSAGE_HELPERS = ['t', 'rich'];

export function readViews(): ViewFile[] {
  return readdirSync(VIEWS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.hbs'))
    .sort()
    .map((path) => ({ path, program: Handlebars.parse(readFileSync(join(VIEWS, path), 'utf8')) }));
}

type Call = hbs.AST.MustacheStatement | hbs.AST.SubExpression | hbs.AST.BlockStatement;

/** Every call of a helper, and every string that is written in a view. */
class Reader extends Handlebars.Visitor {
  readonly calls: Call[] = [];
  readonly strings: hbs.AST.StringLiteral[] = [];
  readonly partials: string[] = [];

  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    this.calls.push(node);
    super.MustacheStatement(node);
  }
  override SubExpression(node: hbs.AST.SubExpression): void {
    this.calls.push(node);
    super.SubExpression(node);
  }
  override StringLiteral(node: hbs.AST.StringLiteral): void {
    this.strings.push(node);
  }
  override PartialStatement(node: hbs.AST.PartialStatement): void {
    this.partials.push(nameOf(node.name));
    super.PartialStatement(node);
  }
  override PartialBlockStatement(node: hbs.AST.PartialBlockStatement): void {
    this.partials.push(nameOf(node.name));
    super.PartialBlockStatement(node);
  }
}

function read({ program }: ViewFile): Reader {
  const reader = new Reader();
  reader.accept(program);
  return reader;
}

const nameOf = (node: Node): string => ('original' in node ? String(node.original) : '');

function textOf(node: Node | undefined): string | null {
  return node?.type === 'StringLiteral' && 'value' in node ? String(node.value) : null;
}

export function messagesOf(view: ViewFile): Use[] {
  return read(view).calls.flatMap(({ path, params, hash }): Use[] => {
    const place = `web/views/${view.path}:${path.loc.start.line}`;
    const [first] = params;
    const key = textOf(first);
    if (MESSAGE_HELPERS.includes(nameOf(path)))
      return [
        { place, key: key ?? '(not a literal)', parameters: (hash?.pairs ?? []).map((one) => one.key) },
      ];
    return nameOf(path) === 'words' ? [{ place, key: `live.${key}-*`, parameters: null }] : [];
  });
}

/** Names of the partials that a view renders. */
export const partialsOf = (view: ViewFile): string[] => read(view).partials;

const READ_ATTRIBUTES = /\s(aria-label|title|placeholder|alt|data-on-mac)="([^"]*)"/g;
/** Commands and what goes into files are the same in every language. */
const CODE = /<(code|pre|kbd)\b[^>]*>.*?<\/\1>/gs;
const LETTERS = /\p{L}/u;

/** Text that readers see and that no catalogue has. */
export function literalTextOf(view: ViewFile): string[] {
  const html = markupOf(view.program).replace(CODE, ' ');
  const attributes = [...html.matchAll(READ_ATTRIBUTES)].map(([, , value = '']) => value);
  const texts = html.split(/<[^>]*>/).map((text) => text.replaceAll('Gradeport', ''));
  const { calls, strings } = read(view);
  // Strings that are no text: keys, sets of words, and what a value is compared with.
  const known = new Set(
    calls.flatMap(({ path, params }) => (['t', 'rich', 'words', 'eq'].includes(nameOf(path)) ? params : [])),
  );
  const handed = strings.filter((node) => !known.has(node)).map(({ value }) => value);
  return [...texts, ...attributes, ...handed].map((text) => text.trim()).filter((text) => LETTERS.test(text));
}

/** The markup with every branch, and without what is put in. */
function markupOf(node: Node | undefined): string {
  if (node === undefined) return '';
  if (isProgram(node)) return node.body.map(markupOf).join('');
  if (isContent(node)) return node.value;
  if (isBlock(node)) return markupOf(node.program) + markupOf('inverse' in node ? node.inverse : undefined);
  return '';
}

const isProgram = (node: Node): node is hbs.AST.Program => node.type === 'Program';
const isContent = (node: Node): node is hbs.AST.ContentStatement => node.type === 'ContentStatement';
const isBlock = (node: Node): node is hbs.AST.BlockStatement | hbs.AST.PartialBlockStatement =>
  node.type === 'BlockStatement' || node.type === 'PartialBlockStatement';
