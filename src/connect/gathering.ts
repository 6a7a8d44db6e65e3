/**
 * When messages that came in go on together. A few go at the end of their turn of the event loop. Where many
 * come, what follows gathers for five milliseconds: each commit costs half a millisecond of its own whatever
 * it holds, and at ten thousand messages a second it would hold fourteen (docs/decisions/0037).
 */

/**
 * Long enough to make a commit of fifty where a turn would make one of fourteen, and short beside a commit to
 * a slow disk.
 */
const GATHER_MS = 5
/** A batch of fewer is no load: nobody waits because of it. */
const FEW = 8

/**
 * `handOn` takes what has gathered and says how many messages that was. What comes back is called when the
 * first of the next has come.
 */
export function gathering(handOn: () => number): () => void {
  let isResting = false
  let isDue = false
  const go = () => {
    isDue = false
    if (handOn() < FEW) return
    isResting = true
    // Real time even where the gateway runs on a virtual clock: it is the load of this process that counts.
    setTimeout(() => {
      isResting = false
      if (isDue) go()
    }, GATHER_MS)
  }
  return () => {
    isDue = true
    if (!isResting) setImmediate(go)
  }
}
