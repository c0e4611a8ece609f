/** gradeport slots: the state of a running server's warm slots. */
import { Command } from 'commander';
import { loadConfig } from '../../config/config.ts';
import { type SlotStats, slotStatsSchema } from '../../ports/slots.ts';
import { GradeportError } from '../../rules/errors.ts';
import { durationText } from '../../text/quantities.ts';
import { data, harmless, json, table } from '../ui/terminal.ts';

type SlotsOptions = { url?: string; json?: boolean };
const TIMEOUT_MS = 10_000;

export function slotsCommand(): Command {
  return new Command('slots')
    .description('how the warm slots of a running server do: how many wait, hits, misses, time of a refill')
    .option('--url <address>', 'the server (default: host and port of the configuration)')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  gradeport slots\n  gradeport slots --url https://grade.example.org --json\nOn the machine of the server it needs no permission. Else set GRADEPORT_METRICS_TOKEN to the metricsToken of its configuration.',
    )
    .action(async ({ url, json: asJson }: SlotsOptions) => {
      const stats = await askForSlots(url);
      if (asJson) return json(stats);
      showSlots(stats);
    });
}

function addressOf(url: string | undefined): URL {
  const { host, port } = loadConfig({});
  const own = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const given = url ?? `http://${own}:${port}`;
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) {
    throw new GradeportError(
      'usage',
      `--url: expected an address such as http://127.0.0.1:8080; got "${given}".`,
    );
  }
  return new URL('/api/slots', given);
}

async function askForSlots(url: string | undefined): Promise<SlotStats> {
  const address = addressOf(url);
  const { metricsToken } = loadConfig({});
  const headers = metricsToken === null ? {} : { authorization: `Bearer ${metricsToken}` };
  const answer = await fetch(address, {
    headers,
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    const sentence = `No server answers at ${address.origin}. Start one (npm start), or say where it is with --url.`;
    throw new GradeportError('unreachable', sentence, { cause });
  });
  if (answer.status === 401 || answer.status === 403) {
    throw new GradeportError(
      'denied',
      `${address.origin} shows this to its operators only: set GRADEPORT_METRICS_TOKEN to its metricsToken.`,
    );
  }
  const parsed = slotStatsSchema.safeParse(await answer.json().catch(() => null));
  if (!answer.ok || !parsed.success) {
    throw new GradeportError(
      'unreachable',
      `What answers at ${address.origin} is no Gradeport of this version.`,
    );
  }
  return parsed.data;
}

function showSlots(stats: SlotStats): void {
  const ms = (value: number | null) => (value === null ? '-' : durationText(value));
  const mean = stats.refills === 0 ? null : stats.refillMs / stats.refills;
  const rows = stats.keys.map(({ environment, runtime, idle, target }) => [
    harmless(environment),
    harmless(runtime),
    String(idle),
    String(target),
  ]);
  data(table(['ENVIRONMENT', 'RUNTIME', 'WAITING', 'WANTED'], rows));
  data(
    `hits ${stats.hits} · misses ${stats.misses} · being made ${stats.opening} · refill ${ms(mean)} on average, last ${ms(stats.lastRefillMs)}`,
  );
}
