/** A signed-in user of the API. */
import { z } from 'zod';

export type ApiUser = {
  get(path: string): Promise<{ status: number; body: unknown }>;
  post(path: string, body: unknown): Promise<{ status: number; body: unknown }>;
  cookie: string;
};

export async function signIn(url: string, name: string, password: string): Promise<ApiUser> {
  const json = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ name, password }),
  });
  if (!answer.ok) throw new Error(`signing in as ${name}: ${answer.status} ${await answer.text()}`);
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const read = async (response: Response) => ({
    status: response.status,
    body: (await response.json()) as unknown,
  });
  return {
    cookie,
    get: async (path) => read(await fetch(url + path, { headers: { cookie } })),
    post: async (path, body) =>
      read(
        await fetch(url + path, { method: 'POST', headers: { ...json, cookie }, body: JSON.stringify(body) }),
      ),
  };
}

const submitted = z.object({ submission: z.string(), run: z.string() });

/** Submits and returns the run's id. */
export async function submitTo(user: ApiUser, task: string, answers: unknown): Promise<string> {
  const { status, body } = await user.post(`/api/courses/demo/tasks/${task}/submissions`, { answers });
  if (status !== 202) throw new Error(`submitting: ${status} ${JSON.stringify(body)}`);
  return submitted.parse(body).run;
}
