// A choice on its way to the server: one after the other, so that the last one made is also the last that arrives.

/** @typedef {{ question: number, choice: number }} Choice */

/**
 * @param {(sent: Choice) => Promise<{ fine: boolean, found: any }>} send
 * @param {(question: number, counts: number | null, wrong: string) => void} answered  the choice that the server has of
 *   this question, and why the last one is not that; called when no newer choice waits
 */
export function new_ballot(send, answered) {
  /** @type {Choice | null} */
  let wanted = null // the newest choice, until the server has it
  /** @type {number | null} */
  let held = null // the one that it has of the question that is put now
  let put = 0
  let sending = false

  async function send_all() {
    sending = true
    while (wanted) {
      const sent = wanted
      const wrong = await refused(sent)
      if (!wrong && sent.question === put) held = sent.choice
      if (wanted !== sent) continue // another was made meanwhile, which goes next
      wanted = null
      answered(sent.question, held, wrong)
    }
    sending = false
  }

  /**
   * Send it; why it does not count, or nothing.
   * @param {Choice} sent
   * @returns {Promise<string>}
   */
  async function refused(sent) {
    try {
      const { fine, found } = await send(sent)
      if (!fine) return found.said
      return found.counts ? '' : 'Too late: the answer is shown.'
    } catch {
      return 'It could not be sent. Please choose again.'
    }
  }

  return {
    /**
     * @param {number} question
     * @param {number} choice
     */
    cast(question, choice) {
      wanted = { question, choice }
      if (!sending) send_all()
    },
    /**
     * The choice to show with what the server says: a newer one, of which it does not know yet, stays.
     * @param {{ question: number, shown: boolean, vote: number | null }} news
     */
    stands(news) {
      held = news.vote
      put = news.question
      return wanted?.question === news.question && !news.shown ? wanted.choice : news.vote
    },
    /**
     * Whether a choice of this question is still on its way.
     * @param {number} question
     */
    waits: question => wanted?.question === question,
  }
}
