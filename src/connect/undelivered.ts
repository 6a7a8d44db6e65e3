/**
 * What was taken from a broker and is not durable yet. Once it is too much the connection is not read, until
 * there is less of it.
 */
import type { Publish } from './connector.ts'

export type Undelivered = {
  readonly messages: number
  taken(message: Publish): void
  /** Durable or given up. Whoever was held back goes on once there is room. */
  released(messages: readonly Publish[]): void
  readonly isFull: boolean
  /** Called once, when there is room again; whoever was held back before is forgotten. */
  holdBack(goOn: () => void): void
  /** Whoever was held back has ended. */
  forget(): void
}

export type UndeliveredLimits = { readonly maxUndelivered: number; readonly maxUndeliveredBytes: number }

export function undeliveredOf({ maxUndelivered, maxUndeliveredBytes }: UndeliveredLimits): Undelivered {
  let count = 0
  let bytes = 0
  let heldBack: (() => void) | undefined
  const isFull = () => count >= maxUndelivered || bytes >= maxUndeliveredBytes
  return {
    get messages() {
      return count
    },
    get isFull() {
      return isFull()
    },
    taken({ payload }) {
      count++
      bytes += payload.length
    },
    released(messages) {
      count -= messages.length
      for (const { payload } of messages) bytes -= payload.length
      if (isFull()) return
      const goOn = heldBack
      heldBack = undefined
      goOn?.()
    },
    holdBack(goOn) {
      heldBack = goOn
    },
    forget() {
      heldBack = undefined
    },
  }
}
