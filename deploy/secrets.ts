/** Secrets of the container: from variables, or from files that only root can read. */

type Variables = Record<string, string | undefined>;

/** Each may come from a file that NAME_FILE names. */
const SECRETS = ['GRADEPORT_STORE', 'GRADEPORT_METRICS_TOKEN', 'GRADEPORT_REGISTRY_KEY', 'MONGO_PASSWORD'];

/**
 * The variables that the secrets' files change.
 * @param read returns a file's text; throws where it cannot
 * @throws Error with a sentence for the operator, without the secret
 */
export function secretsIn(variables: Variables, read: (path: string) => string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of SECRETS) {
    const path = variables[`${name}_FILE`] ?? '';
    if (path !== '') found[name] = contentOf(path, `${name}_FILE`, read);
  }
  const address = found['GRADEPORT_STORE'] ?? variables['GRADEPORT_STORE'] ?? '';
  const user = variables['MONGO_USER'] ?? '';
  const password = found['MONGO_PASSWORD'] ?? variables['MONGO_PASSWORD'] ?? '';
  if ((user === '') !== (password === '')) {
    throw new Error(`${user === '' ? 'MONGO_USER' : 'MONGO_PASSWORD'} is missing: set both, or neither.`);
  }
  if (password !== '') found['GRADEPORT_STORE'] = withPassword(address, user, password);
  return found;
}

function contentOf(path: string, name: string, read: (path: string) => string): string {
  const content = tryRead(path, name, read).replace(/\r?\n$/, '');
  if (content === '') throw new Error(`The file ${path}, which ${name} names, is empty.`);
  return content;
}

function tryRead(path: string, name: string, read: (path: string) => string): string {
  try {
    return read(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The file that ${name} names cannot be read: ${why}`, { cause: error });
  }
}

/** An address that has a user already is somebody's own database: it stays as it is. */
function withPassword(address: string, user: string, password: string): string {
  const [, scheme, rest] = /^(mongodb(?:\+srv)?:\/\/)([^@]+)$/.exec(address) ?? [];
  if (scheme === undefined || rest === undefined) return address;
  const known = `${scheme}${encodeURIComponent(user)}:${encodeURIComponent(password)}@${rest}`;
  // The image of MongoDB makes its first user in the database "admin".
  return /[?&]authSource=/.test(rest) ? known : `${known}${rest.includes('?') ? '&' : '?'}authSource=admin`;
}
