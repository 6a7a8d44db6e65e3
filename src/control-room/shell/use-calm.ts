/**
 * A live region that is read out no more often than once in a while: in a flood its counts change every
 * second, and who listens hears nothing else.
 */
import { useEffect, useRef, useState } from 'react'

/** The first change is read out at once. */
const READ_MS = 1_000
const QUIET_MS = 20_000

/**
 * Busy for a while after a change; assistive technology keeps what changes meanwhile until it is not (ARIA
 * `aria-busy`).
 */
export function useCalm(text: string): boolean {
  const [since, setSince] = useState<'still' | 'changed' | 'busy'>('still')
  const last = useRef(text)
  useEffect(() => {
    if (last.current === text) return
    last.current = text
    setSince((was) => (was === 'still' ? 'changed' : was))
  }, [text])
  useEffect(() => {
    if (since === 'still') return
    const next = since === 'changed' ? ('busy' as const) : ('still' as const)
    const timer = setTimeout(() => setSince(next), since === 'changed' ? READ_MS : QUIET_MS)
    return () => clearTimeout(timer)
  }, [since])
  return since === 'busy'
}
