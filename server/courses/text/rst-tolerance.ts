/** Keeps one error in a text from hiding the rest of it. */
import type { RstCompiler, RstDirective, RstGeneratorState, RstNode } from 'rst-compiler';
import { codeHtml } from './rst-code.ts';
import { escapeHtml } from './rst-source.ts';

export type Generate<N> = (state: RstGeneratorState, node: N) => void;

/** A dead reference, an unknown role or directive: its text is shown, and the rest of the page is right. */
export function forgive(compiler: RstCompiler): void {
  const plain = (state: RstGeneratorState, node: RstNode): void =>
    state.writeText(escapeHtml(node.textContent));
  const content: Generate<RstDirective> = (state, node) => {
    if (node.rawBodyText) state.writeText(codeHtml({ code: node.rawBodyText, language: '' }));
    else state.visitNodes(node.children);
  };
  for (const [name, kept] of compiler.nodeGenerators) {
    if (!name.endsWith('Ref')) continue;
    const generate = kept.generate as Generate<RstNode>;
    const safe = { ...kept, generate: orElse(generate, plain) };
    compiler.nodeGenerators.set(name, safe as typeof kept);
  }
  for (const [name, kept] of compiler.interpretedTextGenerators) {
    compiler.interpretedTextGenerators.set(name, { ...kept, generate: orElse(kept.generate, plain) });
  }
  withDefault(compiler.interpretedTextGenerators, { roles: [], generate: plain });
  for (const [name, kept] of compiler.directiveGenerators) {
    compiler.directiveGenerators.set(name, { ...kept, generate: orElse(kept.generate, content) });
  }
  withDefault(compiler.directiveGenerators, { directives: [], generate: content });
}

function orElse<N>(generate: Generate<N>, otherwise: Generate<N>): Generate<N> {
  return (state, node) => {
    try {
      generate(state, node);
    } catch (error) {
      // Text that is nested too deeply would only get deeper with another try.
      if (error instanceof RangeError) throw error;
      otherwise(state, node);
    }
  };
}

function withDefault<V>(map: Map<string, V>, value: V): void {
  map.get = (key) => Map.prototype.get.call(map, key) ?? value;
}
