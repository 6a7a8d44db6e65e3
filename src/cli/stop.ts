/**
 * The end of a stop. All that was acknowledged survives a kill, so nothing is lost by not waiting longer for
 * a disk or a server that does not answer.
 */
import type { Clock } from '../model/instant.ts'

/**
 * Less than the 10 s that the documents promise and after which Docker kills: the end of the process takes
 * some too.
 */
export const STOP_WITHIN_MS = 9_000

/** Whether it ended in time. Throws what it throws by then; what it throws later is nobody's any more. */
export async function endsWithin(limitMs: number, clock: Clock, ending: Promise<void>): Promise<boolean> {
  let callOff = () => {}
  const over = new Promise<false>((resolve) => {
    callOff = clock.after(limitMs, () => resolve(false))
  })
  try {
    return await Promise.race([ending.then(() => true), over])
  } finally {
    callOff()
  }
}
