/**
 * The paths through the house that most changes touch, each a list of the functions that one request, report or event
 * enters one after the other (helpers that return to their caller are no hops). flows/*.json are written by hand; what is
 * written is checked against the code: the function is in its file, and a file before it names the function, or names what
 * it is handed over by (`through`: a member of a port, a callback, a frame).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Expression, parseSync, Visitor } from 'oxc-parser';
import { z } from 'zod';
import { ROOT } from './imports.ts';

const FOLDER = join(import.meta.dirname, 'flows');

const hopSchema = z.strictObject({
  file: z.string(),
  function: z.string(),
  /** The name under which a hop before reaches this one, where it is another. */
  through: z.string().optional(),
});

const flowSchema = z.strictObject({
  name: z.string(),
  /** From where to where, for people. */
  title: z.string(),
  hops: z.array(hopSchema).min(2),
});

export type Flow = z.infer<typeof flowSchema>;

/** What a flow may cost at most (issue "A house with room"). */
export const MOST: Record<string, { functions: number; files: number }> = {
  submission: { functions: 16, files: 11 },
  report: { functions: 16, files: 16 },
  environment: { functions: 14, files: 14 },
};

export const readFlows = (): Flow[] =>
  readdirSync(FOLDER)
    .sort()
    .map((name) => flowSchema.parse(JSON.parse(readFileSync(join(FOLDER, name), 'utf8'))));

/** Files in the order in which they are entered: one that is left and entered again is there twice. */
export const entered = ({ hops }: Flow): string[] =>
  hops.map(({ file }) => file).filter((file, at, all) => file !== all[at - 1]);

/** What is written and not so, one sentence each. */
export const faultsOf = ({ hops }: Flow): string[] =>
  hops.flatMap(({ file, function: name, through = name }, at) => {
    if (bodiesOf(file, name).length === 0) return [`${file} has no function ${name}`];
    const before = [...new Set(hops.slice(0, at).map((hop) => hop.file))];
    const isNamed = before.some((one) => new RegExp(`\\b${through}\\b`).test(sourceOf(one)));
    return at === 0 || isNamed ? [] : [`no file before ${file} names ${through}`];
  });

const sourceOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The source of each function of that name in a file: there may be several, as methods of several objects. */
export function bodiesOf(file: string, name: string, source = sourceOf(file)): string[] {
  return file.endsWith('.py') ? pythonBodies(source, name) : scriptBodies(file, name, source);
}

function pythonBodies(source: string, name: string): string[] {
  const start = new RegExp(`^([ \\t]*)(?:async )?def ${name}\\(`, 'gm');
  return [...source.matchAll(start)].map(({ 0: head, 1: indent = '', index }) => {
    const rest = source.slice(index + head.length);
    const end = new RegExp(`^[ \\t]{0,${indent.length}}\\S`, 'm').exec(rest.slice(rest.indexOf('\n') + 1));
    return head + (end ? rest.slice(0, rest.indexOf('\n') + 1 + end.index) : rest);
  });
}

function scriptBodies(file: string, name: string, source: string): string[] {
  const found: string[] = [];
  const add = (id: unknown, value: { type: string; start: number; end: number } | null) => {
    if (nameOf(id) !== name || !value || !/Function/.test(value.type)) return;
    found.push(source.slice(value.start, value.end));
  };
  new Visitor({
    FunctionDeclaration: (node) => add(node.id, node),
    VariableDeclarator: (node) => add(node.id, functionIn(node.init)),
    Property: (node) => add(node.key, node.value),
    MethodDefinition: (node) => add(node.key, node.value),
  }).visit(parseSync(file, source).program);
  return found;
}

/** `coalesced(async () => …)` and `verb({ run() {} })` are functions under the name of their variable, too, and so is
 * another name of a function. */
const functionIn = (value: Expression | null) => {
  const isFunction =
    value?.type === 'Identifier' || (value?.type === 'CallExpression' && value.arguments.length > 0);
  return isFunction ? { ...value, type: 'Function' } : value;
};

const nameOf = (id: unknown): unknown =>
  typeof id === 'object' && id !== null && 'name' in id ? id.name : undefined;
