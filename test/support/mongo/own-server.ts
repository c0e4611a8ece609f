/** A MongoDB server of the tests' own, which they may kill. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type KeptProcess, startKept } from './kept-process.ts';
import type { Launch } from './launch.ts';
import type { MongoServer } from './mongo-server.ts';

type Running = { port: number; kill(): Promise<void> };

export async function openOwnServer(launch: Launch): Promise<MongoServer> {
  const folder = await mkdtemp(join(tmpdir(), 'gradeport-mongo-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    let running = await start(launch, folder, await launch.firstPort());
    const { port } = running;
    return {
      name: launch.name,
      genuine: launch.genuine,
      url: (database) => `mongodb://127.0.0.1:${port}/${database}`,
      kill: () => running.kill(),
      restart: async () => {
        running = await start(launch, folder, port);
      },
      async [Symbol.asyncDispose]() {
        await running.kill();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function start(launch: Launch, folder: string, port: number): Promise<Running> {
  const command = launch.command(folder, port);
  const server = startKept(folder, command);
  const kill = () => killWithContainer(server, command.end);
  try {
    const [, chosen] = await server.says(launch.ready);
    return { port: chosen === undefined ? port : Number(chosen), kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

async function killWithContainer(server: KeptProcess, end: string): Promise<void> {
  if (end) await promisify(execFile)('sh', ['-c', end]);
  await server.kill();
}
