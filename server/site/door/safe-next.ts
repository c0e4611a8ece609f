/** Where to go after signing in: always a path of this site, whatever the link says. */
const HERE = 'http://here.invalid';

export function safeNext(wanted: string): string {
  // Browsers read "//evil" and "/\evil" as other hosts, and drop tabs and line ends inside.
  if (!wanted.startsWith('/') || wanted.length > 2000 || !URL.canParse(wanted, HERE)) return '/';
  const url = new URL(wanted, HERE);
  if (url.origin !== HERE) return '/';
  const path = `${url.pathname}${url.search}${url.hash}`;
  return path.startsWith('//') || path.startsWith('/sign-') ? '/' : path;
}
