/** What is wrong with the engine's address or on the way there: a sentence, and what to do next. */
export class AddressFault extends Error {
  /**
   * @param {string} message
   * @param {string} next a sentence
   * @param {ErrorOptions} [options]
   */
  constructor(message, next, options) {
    super(message, options);
    this.name = 'AddressFault';
    this.next = next;
  }
}
