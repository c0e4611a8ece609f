/** Makes the server listen, or explains why it cannot. */
import type { Server } from 'node:http';
import type { Config } from '../config/config.ts';
import { GradeportError } from '../rules/errors.ts';

/** Resolves to the address that it really has; fails with a sentence that says what to do. */
export function listen(server: Server, { host, port }: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
    server.listen(port, host, () => {
      const address = server.address();
      const actual = typeof address === 'object' && address ? address.port : port;
      const shown =
        host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
      resolve(`http://${shown}:${actual}`);
    });
  });
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new GradeportError(
      'conflict',
      `Port ${port} is in use by another program. Stop it, or choose another port: npm start -- --port ${port + 1}`,
      { cause: error },
    );
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new GradeportError('usage', `This machine has no address "${host}" to listen on; see --host.`, {
      cause: error,
    });
  }
  if (error.code === 'EACCES') {
    return new GradeportError(
      'denied',
      `Port ${port} may be opened by root only; choose one above 1023 with --port.`,
      { cause: error },
    );
  }
  return error;
}
