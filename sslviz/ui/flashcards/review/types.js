// What Python sends to the review, and what the view remembers.

/** @import { Part } from '../../live/view.js' */
/** @import { Hand } from './queue.js' */

/**
 * What Python sends; mirrors Review in flashcards/review.py.
 * @typedef {object} Review
 * @property {boolean} ready  whether Python has heard who is learning
 * @property {string} learner  by which learners are told apart
 * @property {string} choice  which cards are asked for
 * @property {ReviewCard[]} queue  the next few
 * @property {ReviewCounts} counts
 * @property {number} done  cards that were graded today
 * @property {number} left  cards of today that were not graded yet
 * @property {string} trouble
 * @property {string} waiting  why no card comes yet
 * @property {ReviewEnd | null} end  what is said when there is nothing more to do
 * @property {string[]} seen  sends that Python has heard
 * @property {string[]} acked  sends that are written down
 */

/**
 * Of a text: its mark (b, code, or empty) and the text itself.
 * @typedef {['' | 'b' | 'code', string]} Piece
 */

/**
 * Mirrors ReviewCounts in flashcards/review.py.
 * @typedef {object} ReviewCounts
 * @property {number} new
 * @property {number} learning
 * @property {number} due
 */

/**
 * Mirrors ReviewEnd in flashcards/review.py.
 * @typedef {object} ReviewEnd
 * @property {string} title
 * @property {string[]} lines
 * @property {string} ahead  what the button says that studies ahead, or ''
 */

/**
 * Mirrors ReviewCard in flashcards/review.py.
 * @typedef {object} ReviewCard
 * @property {string} id
 * @property {string} kind
 * @property {(Piece[] | ReviewGap)[]} front
 * @property {[number, Piece[]][]} back  depth and text
 * @property {Piece[][]} options
 * @property {number} right  number of the option; -1: there are none
 * @property {ReviewPicture | null} picture
 * @property {ReviewTask} task
 * @property {string} level
 * @property {string} source
 * @property {string} was
 * @property {string} count
 * @property {string[]} previews  when it comes back, by grade
 * @property {boolean} first  whether it has not been graded today
 * @property {boolean} preview  whether it is only shown, and cannot be graded
 */

/**
 * Mirrors ReviewGap in flashcards/review.py.
 * @typedef {object} ReviewGap
 * @property {string} text
 * @property {string} hint
 */

/**
 * Mirrors ReviewTask in flashcards/review.py.
 * @typedef {object} ReviewTask
 * @property {string} name
 * @property {string} title
 * @property {string} page
 * @property {string} href
 */

/**
 * Mirrors ReviewPicture in flashcards/review.py.
 * @typedef {object} ReviewPicture
 * @property {string} ask
 * @property {string[]} choices
 * @property {number} right
 * @property {string} text
 * @property {[string, string][][]} lines  words with their kind
 * @property {[string, string][]} images  name and data address
 * @property {string} because
 * @property {string} credit
 */

/**
 * @typedef {Part<Review> & Hand & Nodes} Desk
 */

/**
 * What the learner can do.
 * @typedef {object} Acts
 * @property {(chosen?: number | null) => void} open
 * @property {(value: number) => void} grade
 * @property {(event: object) => void} tell
 */

/**
 * @typedef {object} Nodes
 * @property {Acts} acts
 * @property {boolean} listening  to keys
 * @property {number} count  of events
 * @property {number} tries  to send what was not acknowledged
 * @property {ReturnType<typeof setTimeout>} [timer]
 * @property {string} card_key  what is drawn in each place
 * @property {string} actions_key
 * @property {string} turn
 * @property {HTMLElement} tally
 * @property {HTMLProgressElement} progress
 * @property {HTMLElement} counts
 * @property {HTMLButtonElement} undo
 * @property {HTMLButtonElement} keys
 * @property {HTMLElement} trouble
 * @property {HTMLElement} card
 * @property {HTMLElement} actions
 */

export {}
