// One line that shows a step's progress: rewritten in place on a terminal, a new line from time to time in a log.
import process from 'node:process';

const out = process.stderr;
const LOG_EVERY_MS = 4000;
const TICK_MS = 1000;

export class ProgressLine {
  /** @type {ProgressLine | undefined} the current line, so that hints do not land in its middle */
  static current;
  #detail = '';
  #startedMs = performance.now();
  #loggedMs = performance.now();
  #ticker = setInterval(() => this.#draw(), TICK_MS);

  /** @param {string} title */
  constructor(title) {
    this.title = title;
    this.#ticker.unref();
    ProgressLine.current = this;
    this.#draw();
  }

  /** @param {string} detail */
  show(detail) {
    this.#detail = detail.trim();
    this.#draw();
  }

  /** @param {string} result */
  end(result) {
    clearInterval(this.#ticker);
    ProgressLine.current = undefined;
    out.write(`${out.isTTY ? '\r\x1b[2K' : ''}${this.title} ${result}\n`);
  }

  #draw() {
    const nowMs = performance.now();
    if (!out.isTTY) return this.#log(nowMs);
    const seconds = Math.floor((nowMs - this.#startedMs) / 1000);
    const text = `${this.title} ${seconds > 1 ? `${seconds} s ` : ''}${this.#detail}`;
    out.write(`\r\x1b[2K${text.slice(0, (out.columns || 80) - 1)}`);
  }

  /** @param {number} nowMs */
  #log(nowMs) {
    if (nowMs - this.#loggedMs < LOG_EVERY_MS) return;
    this.#loggedMs = nowMs;
    out.write(`${this.title} ${Math.floor((nowMs - this.#startedMs) / 1000)} s ${this.#detail}\n`);
  }

  /** @param {string} text */
  static interrupt(text) {
    const current = ProgressLine.current;
    out.write(`${current && out.isTTY ? '\r\x1b[2K' : ''}${text}\n`);
    if (current && out.isTTY) current.#draw();
  }
}
