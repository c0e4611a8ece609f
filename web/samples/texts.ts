/** Texts that put a layout to the test. */

export const HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(1)">\u202E{{evil}}';
export const LONG_WORD =
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2);
export const LONG =
  'Implement a lock-free, wait-free and starvation-free queue, prove it correct, and measure it on four architectures, ' +
  `with and without hyper-threading; ${LONG_WORD}`;
export const AT = '2026-11-20T10:58:00.000Z';
export const DIGEST = `sha256:${'3f9a'.repeat(16)}`;
export const PROSE =
  '<p>Write a function that <em>adds</em> two numbers.</p><pre><code>add(1, 2)</code></pre>';

/** A partial with its states: a name for each, and its model. */
export type Sample = {
  partial: string;
  states: Readonly<Record<string, object>>;
  /** What the partial has to be in: it is a part of a list, a table …; block: it wraps something itself. */
  inside?: 'list' | 'table' | 'select' | 'problem' | 'output' | 'block';
};

export const sample = <Model extends object>(
  partial: string,
  states: Readonly<Record<string, Model>>,
  inside?: NonNullable<Sample['inside']>,
): Sample => ({ partial, states, ...(inside && { inside }) });
