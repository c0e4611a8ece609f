/** Functions that are too long to be read at a glance, with their first line. */
import { parseSync, Visitor } from 'oxc-parser';

const MOST_LINES = 75;

/** "describe", "test.each(…)", "describeWithMongo": what groups or declares tests. */
const DECLARES = /^(?:describe|test|beforeEach)[A-Za-z.]*$/;

type Span = { start: number; end: number };

/** A function that declares tests is a list of them, as a file is: the lines of each test count, not those of the list. */
export function longFunctionsIn(file: string, source: string, most = MOST_LINES): string[] {
  if (lineAt(source, source.length) <= most) return [];
  const functions: Span[] = [];
  const declarations: Span[] = [];
  const keep = (list: Span[]) => (node: Span) => void list.push(node);
  new Visitor({
    FunctionDeclaration: keep(functions),
    FunctionExpression: keep(functions),
    ArrowFunctionExpression: keep(functions),
    CallExpression({ start, end, callee }) {
      if (DECLARES.test(source.slice(callee.start, callee.end).replace(/\(.*/s, ''))) {
        declarations.push({ start, end });
      }
    },
  }).visit(parseSync(file, source).program);
  const isIn = (inner: Span, outer: Span) => outer.start < inner.start && inner.end < outer.end;
  return functions
    .filter((one) => linesOf(source, one) > most && !declarations.some((each) => isIn(each, one)))
    .map(({ start }) => `${file}:${lineAt(source, start)}`);
}

const lineAt = (source: string, offset: number): number => linesOf(source, { start: 0, end: offset });
const linesOf = (source: string, { start, end }: Span): number => source.slice(start, end).split('\n').length;
