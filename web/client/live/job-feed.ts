/** The updates of one job, over any number of reconnections; over plain HTTP if no live connection can be made. */
import type { JobNews } from '../../events.ts';
import { t } from '../shared/messages.ts';
import { connect } from './live-socket.ts';

export type JobListener = {
  news(news: JobNews): void;
  /** A sentence about a broken connection, null when it works. */
  connection(sentence: string | null): void;
};

const JOIN_MS = 5000;
const FAILURES_BEFORE_RELOADING = 3;
const RELOAD_MS = 5000;

/** @param from the number of the first line that the page does not show yet */
export function followJob(job: string, from: number, listener: JobListener): () => void {
  const socket = connect();
  let next = from;
  let failures = 0;
  let reloading = 0;

  function take(news: JobNews): void {
    next = news.next;
    listener.news(news);
    if (news.job.isOver) close();
  }

  async function join(): Promise<void> {
    const answer = await socket.timeout(JOIN_MS).emitWithAck('job:join', { job, from: next });
    if (!answer.ok) return listener.connection(answer.error);
    failures = 0;
    listener.connection(null);
    take(answer.value);
  }

  function failed(): void {
    failures += 1;
    listener.connection(t('live.connectionLost'));
    // A network that blocks live connections: reload the page, as a reader without script would.
    if (failures === FAILURES_BEFORE_RELOADING) {
      reloading = setTimeout(() => location.reload(), RELOAD_MS);
      listener.connection(t('live.reloading'));
    }
  }

  function close(): void {
    clearTimeout(reloading);
    socket.off();
    socket.disconnect();
  }

  socket.on('connect', () => {
    clearTimeout(reloading);
    void join().catch(failed);
  });
  socket.on('job:news', (news) => {
    if (news.job.id === job) take(news);
  });
  socket.on('disconnect', () => listener.connection(t('live.connectionLost')));
  socket.on('connect_error', failed);
  return close;
}
