/** Where to go after signing in: a path of this site, whatever a link asks for. */
const HERE = 'http://here.invalid';

export function safeNext(wanted: string): string {
  // "//evil" and "/\evil" are other hosts to a browser, which also drops tabs and line ends within.
  if (!wanted.startsWith('/') || wanted.length > 2000 || !URL.canParse(wanted, HERE)) return '/';
  const url = new URL(wanted, HERE);
  if (url.origin !== HERE) return '/';
  const path = `${url.pathname}${url.search}${url.hash}`;
  return path.startsWith('//') || path.startsWith('/sign-') ? '/' : path;
}
