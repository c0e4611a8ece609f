/** Languages the editor knows, each loaded only when a task asks for it. */
import type { Extension } from '@codemirror/state';

type Load = () => Promise<Extension>;

const cpp: Load = async () => (await import('@codemirror/lang-cpp')).cpp();
const java: Load = async () => (await import('@codemirror/lang-java')).java();
const python: Load = async () => (await import('@codemirror/lang-python')).python();

const dockerfile: Load = async () => (await import('./dockerfile-mode.ts')).dockerfile();

const LOADERS = new Map<string, Load>([
  ['dockerfile', dockerfile],
  ['c', cpp],
  ['cpp', cpp],
  ['c++', cpp],
  ['java', java],
  ['java8', java],
  ['python', python],
  ['python3', python],
]);

/** Nothing for an unknown language: the editor then shows plain text. */
export async function loadLanguage(name: string): Promise<Extension> {
  const load = LOADERS.get(name.trim().toLowerCase());
  return load ? await load() : [];
}
