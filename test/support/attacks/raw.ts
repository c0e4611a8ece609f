/** Requests that no honest client would send, byte by byte. */
import net from 'node:net';

/** Sends bytes as they are and returns what came back until the server hung up or said enough. */
export function rawRequest(url: string, bytes: string | Buffer, patienceMs = 5000): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = net.connect(Number(port), hostname);
    let heard = '';
    const end = () => {
      socket.destroy();
      resolve(heard);
    };
    socket.setTimeout(patienceMs, end);
    socket.on('data', (data) => {
      heard += data.toString('latin1');
      if (heard.includes('\r\n\r\n')) end();
    });
    socket.on('error', end);
    socket.on('close', end);
    socket.write(bytes);
  });
}

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

/** Opens connections that never finish what they began; returns how to end them. */
export async function halfRequests(url: string, count: number, begin: string): Promise<() => void> {
  const { hostname, port } = new URL(url);
  const sockets = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<net.Socket>((resolve) => {
          const socket = net.connect(Number(port), hostname, () => {
            socket.write(begin);
            resolve(socket);
          });
          socket.on('error', () => {});
        }),
    ),
  );
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

/** A multipart form of any fields and files, well formed or not. */
export function multipart(parts: readonly { name: string; filename?: string; content: string | Buffer }[]): {
  body: Buffer<ArrayBuffer>;
  type: string;
} {
  const boundary = 'gradeportattack';
  const blocks = parts.flatMap(({ name, filename, content }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n\r\n`,
    ),
    Buffer.from(content as string),
    Buffer.from('\r\n'),
  ]);
  return {
    body: Buffer.concat([...blocks, Buffer.from(`--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  };
}
