/**
 * What is wrong in all the files together: each is read as far as it can be, and everything is said at once, because a
 * person mends a configuration in one go. What follows only from another slip is left out where that can be known.
 */
import { GatehouseError } from '../model/errors.ts'

/** More is one mistake made many times; the rest is counted. */
const MOST_SHOWN = 200

const UNSHOWN = /^… and (\d+) more$/

export type Problems = {
  add(sentence: string): void
  /** Of a file that is not there, or not for us. */
  addUnreadable(sentence: string): void
  /** Undefined where it throws `config-invalid` or `config-unreadable`, which is noted. */
  attempt<T>(work: () => T): T | undefined
  readonly none: boolean
  /** With all that was noted: `config-unreadable` where that is all, else `config-invalid`. */
  all(): GatehouseError
  throwAny(): void
}

export function problems(): Problems {
  const sentences = new Set<string>()
  let isInvalid = false
  /** Left out already by those whose problems these were. */
  let unshown = 0
  const note = (message: string) => {
    for (const sentence of message.split('\n')) {
      const [, more] = UNSHOWN.exec(sentence) ?? []
      if (more === undefined) sentences.add(sentence)
      else unshown += Number(more)
    }
  }
  const it: Problems = {
    get none() {
      return sentences.size === 0
    },
    add(sentence) {
      isInvalid = true
      note(sentence)
    },
    addUnreadable: note,
    attempt(work) {
      try {
        return work()
      } catch (cause) {
        if (!isOfConfiguration(cause)) throw cause
        isInvalid ||= cause.code === 'config-invalid'
        note(cause.message)
        return undefined
      }
    },
    all() {
      const shown = [...sentences].slice(0, MOST_SHOWN)
      const more = sentences.size - shown.length + unshown
      if (more > 0) shown.push(`… and ${more} more`)
      return new GatehouseError(isInvalid ? 'config-invalid' : 'config-unreadable', shown.join('\n'))
    },
    throwAny() {
      if (!it.none) throw it.all()
    },
  }
  return it
}

export const isOfConfiguration = (cause: unknown): cause is GatehouseError =>
  cause instanceof GatehouseError && (cause.code === 'config-invalid' || cause.code === 'config-unreadable')
