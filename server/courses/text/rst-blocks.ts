/** Our additions to rst-compiler: INGInious' directives, and texts that do not stop at their first error. */
import type {
  RstCompiler,
  RstDirective,
  RstGeneratorState,
  RstHyperlinkRef,
  RstInterpretedText,
  RstNode,
} from 'rst-compiler';
import { readInstants } from '../../text/written-instants.ts';
import { type CodeBlock, codeHtml, inlineCode, PLACE, putSourceBack } from './rst-code.ts';
import { escapeHtml, showAmpersands } from './rst-source.ts';
import { forgive, type Generate } from './rst-tolerance.ts';

const ADMONITIONS = 'attention caution danger error hint important note tip warning admonition'.split(' ');
/** INGInious' words for colours, from Bootstrap. */
const COLOURS = 'danger warning info success primary secondary light dark'.split(' ');

/** Takes HTML that is hidden until a moment; returns what stands in its place. null: it is never shown. */
export type Hide = (html: string, from: number | null) => string;

export function extend(compiler: RstCompiler, blocks: readonly CodeBlock[], hide: Hide): void {
  const directive = (names: string[], generate: Generate<RstDirective>) => {
    for (const name of names) compiler.directiveGenerators.set(name, { directives: [name], generate });
  };
  const role = (name: string, generate: Generate<RstInterpretedText>) =>
    compiler.interpretedTextGenerators.set(name, { roles: [name], generate });
  directive(['code', 'code-block', 'sourcecode'], codeBlock);
  directive([PLACE.toLowerCase()], (state, node) => {
    const block = blocks[Number(node.initContentText)];
    if (block) state.writeText(codeHtml({ ...block, code: block.code || NO_CONTENT }));
  });
  directive(ADMONITIONS, admonition);
  directive(['hidden-until'], (state, node) => {
    const [from] = readInstants(node.initContentText) ?? [];
    state.writeText(hide(hiddenHtml(state, node), from ?? null));
  });
  // ".. role:: java(code)" names a role for code; the look of other roles would be up to a style sheet.
  directive(['role', 'default-role'], (_, node) => {
    const name = /^([\w-]+)\s*\(\s*code\s*\)/.exec(node.initContentText)?.[1];
    if (name) role(name, (state, text) => state.writeText(inlineCode(text.textContent)));
  });
  // Written without line prefixes, which would change a pre element.
  directive(['raw'], (state, node) => {
    if (node.initContentText !== 'html') return;
    state.writeText(`${showAmpersands(putSourceBack(node.rawBodyText, blocks))}\n`);
  });
  role('code', (state, node) => state.writeText(inlineCode(node.textContent)));
  withFormulas(compiler);
  withAlignment(compiler);
  compiler.nodeGenerators.set('InlineLiteral', {
    nodeType: 'InlineLiteral',
    generate: (state, node) => state.writeText(inlineCode(node.textContent)),
  });
  compiler.nodeGenerators.set('HyperlinkRef', { nodeType: 'HyperlinkRef', generate: reference });
  compiler.nodeGenerators.set('LiteralBlock', {
    nodeType: 'LiteralBlock',
    generate: (state, node) =>
      state.writeText(codeHtml({ code: putSourceBack(node.rawTextContent, blocks), language: '' })),
  });
  forgive(compiler);
}

/** The parser must know which directives keep their text unchanged, and which have an argument on their first line. */
export const parserOptions = {
  directivesWithRawText: ['sourcecode'],
  directivesWithInitContent: [PLACE, 'sourcecode', 'hidden-until', 'role', 'default-role'],
};

const NO_CONTENT = '[no content]';

/** For code in tables, where blocks are not taken out. */
const codeBlock: Generate<RstDirective> = (state, node) =>
  state.writeText(codeHtml({ code: node.rawBodyText || NO_CONTENT, language: node.initContentText.trim() }));

/** The colour comes from the argument or the class ("alert alert-danger"), the title from :title: or the argument. */
const admonition: Generate<RstDirective> = (state, node) => {
  const argument = node.initContentText.trim();
  const classes = (node.config?.getField('class') ?? '').split(/[\s-]+/);
  const isColour = COLOURS.includes(argument.toLowerCase());
  const colour = isColour ? argument.toLowerCase() : classes.find((word) => COLOURS.includes(word));
  const kind = colour ?? (node.directive === 'admonition' ? 'note' : node.directive);
  const title = node.config?.getField('title') ?? (isColour ? '' : argument);
  state.writeText(`<div class="admonition ${kind}">\n`);
  if (title) state.writeText(`<p class="admonition-title">${escapeHtml(title)}</p>\n`);
  state.visitNodes(node.children);
  state.writeText('</div>\n');
};

/** Programs print names like "last_"; only a reference with a target is a link. */
const reference: Generate<RstHyperlinkRef> = (state, node) => {
  const url = state.resolveHyperlinkRefToUrl(node).trim();
  const isBare = !node.isEmbeded && url === node.target;
  if (isBare && /^[a-z][a-z0-9+.-]*:/i.test(url)) return bareAddress(state, url);
  const label = escapeHtml(node.label);
  state.writeText(isBare ? `${label}_` : `<a href="${escapeHtml(url)}">${label}</a>`);
};

/** The marks after an address are of its sentence. */
function bareAddress(state: RstGeneratorState, url: string): void {
  const [, address = url, rest = ''] = /^(.*[_~*/=+a-zA-Z0-9])(.*)$/s.exec(url) ?? [];
  const shown = escapeHtml(address);
  state.writeText(`<a href="${shown}">${shown}</a>${escapeHtml(rest)}`);
}

/** Never fails, because the text of a directive that fails is shown instead (rst-tolerance.ts). */
function hiddenHtml(state: RstGeneratorState, node: RstDirective): string {
  try {
    return state.getChildrenText(() => state.visitNodes(node.children));
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return codeHtml({ code: node.rawBodyText || node.textContent, language: '' });
  }
}

const SIDES = ['left', 'center', 'right'];
const WIDTH = /^(\d+(?:\.\d+)?)(px)?$/;

/** The option :align: of pictures, and :scale: of those whose width is written: a picture's own is not known here. */
function withAlignment(compiler: RstCompiler): void {
  for (const name of ['image', 'figure']) {
    const made = compiler.directiveGenerators.get(name);
    if (!made) continue;
    const generate: Generate<RstDirective> = (state, node) => {
      const html = state.getChildrenText(() => made.generate(state, node));
      const side = node.config?.getField('align')?.trim() ?? '';
      const scaled = scaledWidth(node);
      const aligned = SIDES.includes(side)
        ? html.replace(/<(img|figure)\b/, `<$1 class="align-${side}"`)
        : html;
      state.writeText(scaled === null ? aligned : aligned.replace(/ width="[^"]*"/, ` width="${scaled}"`));
    };
    compiler.directiveGenerators.set(name, { directives: [name], generate });
  }
}

function scaledWidth({ config }: RstDirective): number | null {
  const [, percent] = /^(\d{1,4}) ?%?$/.exec(config?.getField('scale')?.trim() ?? '') ?? [];
  const [, width] = WIDTH.exec(config?.getField('width')?.trim() ?? '') ?? [];
  return percent === undefined || width === undefined
    ? null
    : Math.round((Number(width) * Number(percent)) / 100);
}

/** KaTeX knows \\mbox only with formulas in it; in text mode they are the same. */
const forKatex = (formula: string): string => formula.replace(/\\mbox(?![a-zA-Z])/g, '\\text');

/** Formulas get the source's own ampersands; inline formulas are made like blocks: as MathML, without warnings. */
function withFormulas(compiler: RstCompiler): void {
  const block = compiler.directiveGenerators.get('math');
  if (!block) return;
  const display = (state: RstGeneratorState, node: RstNode, text: string): void =>
    block.generate(state, Object.create(node, { rawBodyText: { value: forKatex(showAmpersands(text)) } }));
  compiler.directiveGenerators.set('math', {
    ...block,
    generate: (state, node) => display(state, node, node.rawBodyText),
  });
  compiler.interpretedTextGenerators.set('math', {
    roles: ['math'],
    generate: (state, node) => {
      const html = state.getChildrenText(() => display(state, node, node.rawTextContent));
      const inner = html.replace(/^\s*<div[^>]*>\s*|\s*<\/div>\s*$/g, '').replace(' display="block"', '');
      state.writeText(`<span class="formula">${inner}</span>`);
    },
  });
}
