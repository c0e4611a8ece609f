/** A piece of SQL with its parameters, kept together so that their order cannot slip. */
import type { SQLInputValue } from 'node:sqlite';

export type Fragment = { readonly text: string; readonly params: readonly SQLInputValue[] };

export const sql = (text: string, ...params: SQLInputValue[]): Fragment => ({ text, params });

export const join = (parts: readonly Fragment[], between: string): Fragment => ({
  text: parts.map((part) => part.text).join(between),
  params: parts.flatMap((part) => part.params),
});
