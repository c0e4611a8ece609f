/** The health check of the image: whether the server answers, and its store does. */
const port = process.env['GRADEPORT_PORT'] || '8080';
const TIMEOUT_MS = 4000;

try {
  const url = `http://127.0.0.1:${port}/readyz`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  console.log(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  console.log(
    `${error instanceof Error ? error.message : error}: the server does not answer yet, or no longer.`,
  );
  process.exitCode = 1;
}
