/** Composes what browsers and programs use: the pages, the API and the live connections, on one listening server. */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { whyNewer } from '../environments/updates/update-plan.ts';
import type { User } from '../model/collections.ts';
import { createSessions } from '../people/sessions.ts';
import { createSecondFactors } from '../people/sign-in/second-factor.ts';
import { createSignIn } from '../people/sign-in/sign-in.ts';
import { createUsers } from '../people/users.ts';
import { createSecrets } from '../rules/files/secrets.ts';
import { createApp } from '../site/app.ts';
import type { AppDeps } from '../site/deps.ts';
import { owesSecondFactor } from '../site/door/second-factor.ts';
import { createLive, type Live, type LiveDeps } from '../site/live/gateway.ts';
import { boundConnections, type ConnectionBounds } from './bound-connections.ts';
import { listen } from './listen.ts';

const PURGE_SESSIONS_MS = 60 * 60 * 1000;

type SiteDeps = Omit<
  AppDeps,
  | 'config'
  | 'sessions'
  | 'secondFactors'
  | 'signIn'
  | 'setRole'
  | 'leaveCourse'
  | 'onSignOut'
  | 'onSessionsEnded'
> &
  Pick<LiveDeps, 'events' | 'terminals'> & {
    config: Parameters<typeof listen>[1] & {
      web: ConnectionBounds;
      data: string;
      registryKey: string | null;
    };
  };

/**
 * @param undo gets everything that is to be closed
 * @returns where the server listens
 */
export async function openSite(deps: SiteDeps, undo: AsyncDisposableStack): Promise<string> {
  const { store, config, clock, log } = deps;
  const users = createUsers(store, clock);
  const sessions = createSessions(store, clock, config.signIn.sessions);
  const secondFactors = createSecondFactors(
    store,
    createSecrets(join(config.data, 'registries'), config.registryKey),
    clock,
  );
  await secondFactors.sealAll();
  const withoutDebt = (user: User | null) =>
    user && owesSecondFactor(config.signIn.secondFactor, user) ? null : user;
  let live: Live | null = null;
  const app = createApp({
    ...deps,
    sessions,
    signIn: createSignIn({ ...users, secondFactors, clock, limits: config.signIn }),
    setRole: users.setRole,
    leaveCourse: users.leaveCourse,
    secondFactors,
    config: { ...config, whoOwes: config.signIn.secondFactor },
    onSessionsEnded: () => void live?.recheck(),
    onSignOut: (token) => live?.signedOut(token),
  });
  const server = createServer(app);
  boundConnections(server, config.web, config.publicUrl === null);
  live = createLive({
    ...deps,
    server,
    sessions: { resolve: async (token) => withoutDebt(await sessions.resolve(token)) },
    whyNewer: whyNewer(deps.updates),
    position: deps.grading.position,
    publicUrl: config.publicUrl,
  });
  undo.defer(async () => {
    live.close();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const url = await listen(server, config);
  const purging = setInterval(
    () => void sessions.purge().catch((err: unknown) => log.error({ err })),
    PURGE_SESSIONS_MS,
  );
  undo.defer(() => clearInterval(purging));
  return url;
}
